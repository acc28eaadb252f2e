using Tandem.Linux.Native;

namespace Tandem.Linux.Devices;

/// <summary>Why /dev/net/tun cannot be opened, and what to do about it.</summary>
/// <param name="Text">The problem.</param>
/// <param name="Remedy">What to do.</param>
internal sealed record TunProblem(string Text, string Remedy)
{
    /// <summary>The problem behind an error of opening the device; null if the error has no known cause.</summary>
    public static TunProblem? Of(int errno) =>
        errno switch
        {
            Errno.ENOENT => new(
                $"{Tun.DevicePath} is missing",
                $"load the kernel module tun (modprobe tun), or give the container --device {Tun.DevicePath}"
            ),
            Errno.ENODEV or Errno.ENXIO => new(
                $"{Tun.DevicePath} exists, but the kernel has no tun driver",
                "load the kernel module tun (modprobe tun), or use a kernel with CONFIG_TUN"
            ),
            Errno.EACCES or Errno.EPERM => new(
                $"no permission to open {Tun.DevicePath}",
                $"run as root, or allow the device to the container (--device {Tun.DevicePath})"
            ),
            _ => null,
        };

    /// <inheritdoc/>
    public override string ToString() => $"{Text}: {Remedy}";
}
