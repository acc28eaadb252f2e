using Tandem.Linux.Native;

namespace Tandem.Linux.Doctor.Checks;

/// <summary>What came of trying TAP devices.</summary>
/// <param name="Opened">What came of opening /dev/net/tun.</param>
/// <param name="Made">What came of making a device with virtio-net headers and segmentation; null if it was not tried.</param>
/// <param name="HasUso">Whether it segments UDP too.</param>
/// <param name="Carrier">What came of setting its carrier.</param>
internal sealed record Tap(LinuxResult Opened, LinuxResult? Made, bool HasUso, LinuxResult Carrier);

/// <summary>Whether bond0 can be a TAP device.</summary>
internal static class TapChecks
{
    private const string NoBond =
        "no bond whose frames the service carries (data_path csharp), nor one where the kernel has no pairs of devices";

    public static Check Tun { get; } =
        Check.Of("tun", "bond0, where the service carries the frames", Need.Tap, machine => machine.Tap, JudgeTun);

    public static Check TapDevice { get; } =
        Check.Of("tap-device", "handing large segments over whole", Need.Tap, machine => machine.Tap, JudgeDevice);

    private static Verdict JudgeTun(Tap tap, Machine machine) =>
        tap.Opened.Errno switch
        {
            0 => Verdict.Ok("/dev/net/tun opens"),
            Errno.ENOENT => Verdict.Missing(
                "/dev/net/tun is missing",
                NoBond,
                machine.Config("CONFIG_TUN") == "n"
                    ? "use a kernel with CONFIG_TUN; this one was built without"
                    : "load the kernel module tun (modprobe tun), or give the container --device /dev/net/tun"
            ),
            Errno.ENODEV or Errno.ENXIO => Verdict.Missing(
                "/dev/net/tun is there, and no driver behind it",
                NoBond,
                "load the kernel module tun (modprobe tun), or use a kernel with CONFIG_TUN"
            ),
            Errno.EACCES or Errno.EPERM => Verdict.Missing(
                "/dev/net/tun may not be opened",
                NoBond,
                "run as root, or allow the device to the container (--device /dev/net/tun)"
            ),
            _ => Verdict.Missing($"/dev/net/tun: {tap.Opened}", NoBond, "see what the kernel says to it (dmesg)"),
        };

    private static Verdict JudgeDevice(Tap tap, Machine machine)
    {
        if (tap.Made is not { } made)
            return Verdict.Unknown("not tried: /dev/net/tun does not open");
        if (made.Errno == Errno.EPERM)
            return machine.Has(Capability.NetAdmin)
                ? Verdict.Missing(
                    "no device may be made, although CAP_NET_ADMIN is here",
                    NoBond,
                    "the network namespace belongs to another user namespace: make one of your own (unshare --net)"
                )
                : Verdict.Unknown("not to be tried without CAP_NET_ADMIN");
        if (!made.IsOk)
            return Verdict.Missing($"no device can be made: {made}", NoBond, "see what the kernel says to it (dmesg)");
        if (!tap.Carrier.IsOk)
            return Verdict.Missing(
                $"the carrier cannot be set: {tap.Carrier}",
                "no such bond: bond0 has to say when it has no link",
                "use a kernel of 5.0 or newer"
            );
        return tap.HasUso
            ? Verdict.Ok("virtio-net headers, TSO and USO")
            : Verdict.Limited(
                "virtio-net headers and TSO, no USO",
                "large UDP sends are cut in the stack, which costs time",
                "use a kernel of 6.2 or newer"
            );
    }
}
