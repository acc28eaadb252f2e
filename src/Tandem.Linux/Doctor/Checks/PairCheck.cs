using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>What came of making and removing pairs of devices.</summary>
internal sealed record Pairs(LinuxResult Netkit, LinuxResult Veth)
{
    /// <summary>The kind that a bond gets; null where there is none.</summary>
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
            (0, _) => Verdict.Ok("netkit pairs can be made"),
            // A kernel before 6.7 cannot have it; a later one without it is a little slower, and no less right.
            (_, 0) => Verdict.Ok(
                pairs.Netkit.Errno == Errno.EOPNOTSUPP
                    ? "veth pairs can be made; no netkit here"
                    : $"veth pairs can be made; netkit: {pairs.Netkit}"
            ),
            (Errno.EPERM, _) when !machine.Has(Capability.NetAdmin) => Verdict.Unknown("not to be tried without CAP_NET_ADMIN"),
            (_, Errno.EOPNOTSUPP) => Verdict.Missing(
                "the kernel has neither netkit nor veth devices",
                Cost,
                machine.Config("CONFIG_VETH") == "n"
                    ? "use a kernel with CONFIG_VETH or CONFIG_NETKIT; this one was built without"
                    : "load the kernel module veth (modprobe veth), or use a kernel with CONFIG_VETH or CONFIG_NETKIT"
            ),
            _ => Verdict.Missing($"no pair can be made: {pairs.Veth}", Cost, "see what the kernel says to it (dmesg)"),
        };
}
