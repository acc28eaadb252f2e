using Tandem.Linux.Devices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>Results of trying TAP devices.</summary>
/// <param name="Opened">Result of opening /dev/net/tun.</param>
/// <param name="Made">Result of creating a device with virtio-net headers and segmentation; null if it was not tried.</param>
/// <param name="HasUso">Whether it supports UDP segmentation.</param>
/// <param name="Carrier">Result of setting its carrier.</param>
internal sealed record Tap(LinuxResult Opened, LinuxResult? Made, bool HasUso, LinuxResult Carrier);

/// <summary>Whether bond0 can be a TAP device.</summary>
internal static class TapChecks
{
    private const string NoBond = "no bond with data_path csharp, and none at all on a kernel without device pairs";

    public static Check Tun { get; } =
        Check.Of("tun", "bond0, where the service carries the frames", Need.Tap, machine => machine.Tap, JudgeTun);

    public static Check TapDevice { get; } =
        Check.Of("tap-device", "passing large segments whole", Need.Tap, machine => machine.Tap, JudgeDevice);

    private static Verdict JudgeTun(Tap tap, Machine machine)
    {
        if (tap.Opened.IsOk)
            return Verdict.Ok($"{Native.Tun.DevicePath} can be opened");
        if (TunProblem.Of(tap.Opened.Errno) is not { } problem)
            return Verdict.Missing($"{Native.Tun.DevicePath}: {tap.Opened}", NoBond, "look for the kernel's reason in its log (dmesg)");
        var isImpossible = tap.Opened.Errno == Errno.ENOENT && machine.Config("CONFIG_TUN") == "n";
        return Verdict.Missing(
            problem.Text,
            NoBond,
            isImpossible ? "use a kernel with CONFIG_TUN; this one was built without" : problem.Remedy
        );
    }

    private static Verdict JudgeDevice(Tap tap, Machine machine)
    {
        if (tap.Made is not { } made)
            return Verdict.Unknown("not tested: /dev/net/tun cannot be opened");
        if (made.Errno == Errno.EPERM)
            return machine.Has(Capability.NetAdmin)
                ? Verdict.Missing(
                    "no device can be created, although CAP_NET_ADMIN is present",
                    NoBond,
                    "the network namespace belongs to another user namespace: create one of your own (unshare --net)"
                )
                : Verdict.Unknown("cannot be tested without CAP_NET_ADMIN");
        if (!made.IsOk)
            return Verdict.Missing($"no device can be created: {made}", NoBond, "look for the kernel's reason in its log (dmesg)");
        if (!tap.Carrier.IsOk)
            return Verdict.Missing(
                $"the carrier cannot be set: {tap.Carrier}",
                "no such bond: bond0 must lose its carrier when no member has a link",
                "use kernel 5.0 or newer"
            );
        return tap.HasUso
            ? Verdict.Ok("virtio-net headers, TSO and USO")
            : Verdict.Limited(
                "virtio-net headers and TSO, no USO",
                "the stack segments large UDP sends, which costs processor time",
                "use kernel 6.2 or newer"
            );
    }
}
