using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Results of creating and removing pairs of devices.</summary>
internal sealed record Pairs(LinuxResult Netkit, LinuxResult Veth)
{
    /// <summary>The kind that a bond gets; null if there is none.</summary>
    public string? Kind =>
        Netkit.IsOk ? "netkit"
        : Veth.IsOk ? "veth"
        : null;
}

/// <summary>Whether bond0 can be one end of a pair.</summary>
internal static class PairCheck
{
    private const string Cost =
        "bond0 is a TAP device: captures, counters and queueing disciplines on it miss what the kernel sends, and its carrier goes with the service";

    public static Check DevicePair { get; } =
        Check.Of("device-pair", "bond0, where the kernel carries the frames", Need.Pair, machine => machine.Pairs, Judge);

    private static Verdict Judge(Pairs pairs, Machine machine) =>
        (pairs.Netkit.Errno, pairs.Veth.Errno) switch
        {
            (0, _) => Verdict.Ok("netkit pairs can be created"),
            // A kernel before 6.7 lacks netkit; a later one without it is only a little slower.
            (_, 0) => Verdict.Ok(
                pairs.Netkit.Errno == Errno.EOPNOTSUPP
                    ? "veth pairs can be created; the kernel has no netkit"
                    : $"veth pairs can be created; netkit: {pairs.Netkit}"
            ),
            (Errno.EPERM, _) when !machine.Has(Capability.NetAdmin) => Verdict.Unknown("cannot be tested without CAP_NET_ADMIN"),
            (_, Errno.EOPNOTSUPP) => Verdict.Missing(
                "the kernel has neither netkit nor veth devices",
                Cost,
                machine.Config("CONFIG_VETH") == "n"
                    ? "use a kernel with CONFIG_VETH or CONFIG_NETKIT; this one was built without"
                    : "load the kernel module veth (modprobe veth), or use a kernel with CONFIG_VETH or CONFIG_NETKIT"
            ),
            _ => Verdict.Missing($"no pair can be created: {pairs.Veth}", Cost, "look for the kernel's reason in its log (dmesg)"),
        };
}
