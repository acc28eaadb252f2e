using Tandem.Core;
using Tandem.Linux.Native;

namespace Tandem.Linux.Devices;

/// <summary>
/// A TAP device: a virtual Ethernet interface whose frames this process reads and writes. Frames have virtio-net headers, so large
/// segments pass whole.
/// </summary>
public sealed unsafe class TapDevice : IDisposable
{
    private readonly FileDescriptor _fd;

    private TapDevice(FileDescriptor fd, string name, bool hasUso) => (_fd, Name, HasUso) = (fd, name, hasUso);

    /// <summary>The interface's name.</summary>
    public string Name { get; }

    /// <summary>Whether the stack also passes large UDP segments whole.</summary>
    public bool HasUso { get; }

    /// <summary>The descriptor for reading and writing frames; non-blocking.</summary>
    internal FileDescriptor Descriptor => _fd;

    /// <summary>
    /// Creates a TAP device in the calling thread's network namespace. With <paramref name="reattach"/> an existing persistent device
    /// that no process has open is taken over; otherwise an existing device of that name is an error.
    /// </summary>
    public static LinuxResult<TapDevice> Open(string name, bool reattach)
    {
        if (InterfaceName.Problem(name) is { } problem)
            return Failed(new LinuxResult(Errno.EINVAL, $"\"{name}\" cannot be the name of an interface: {problem}"));
        var fd = Files.Open(Tun.DevicePath, Files.O_RDWR | Files.O_NONBLOCK | Files.O_CLOEXEC);
        if (fd.IsInvalid)
        {
            var error = LinuxResult.Last();
            fd.Dispose();
            return Failed(error with { Detail = TunProblem.Of(error.Errno)?.ToString() ?? $"cannot open {Tun.DevicePath}" });
        }
        var flags = (short)(Tun.IFF_TAP | Tun.IFF_NO_PI | Tun.IFF_VNET_HDR | (reattach ? 0 : Tun.IFF_TUN_EXCL));
        var request = new IfReq(name) { Flags = flags };
        if (Files.Ioctl(fd, Tun.TUNSETIFF, &request) < 0)
        {
            var error = LinuxResult.Last();
            fd.Dispose();
            return Failed(error with { Detail = AttachAdvice(name, error.Errno, reattach) });
        }
        return Finish(fd, name);
    }

    /// <summary>Takes over a device that an earlier process opened.</summary>
    public static LinuxResult<TapDevice> From(FileDescriptor device, string name)
    {
        var found = NameOf(device);
        if (found == name)
            return Finish(device, name);
        device.Dispose();
        return Failed(new LinuxResult(Errno.EINVAL, $"the descriptor handed over for {name} is {found ?? "no TAP device"}"));
    }

    /// <summary>The present name of an open TAP device; null if the descriptor is something else.</summary>
    public static string? NameOf(FileDescriptor device)
    {
        var request = default(IfReq);
        return Files.Ioctl(device, Tun.TUNGETIFF, &request) < 0 ? null : request.NameText;
    }

    /// <summary>Sets the carrier of the interface.</summary>
    public LinuxResult SetCarrier(bool up)
    {
        var value = up ? 1 : 0;
        return Files.Ioctl(_fd, Tun.TUNSETCARRIER, &value) < 0 ? LinuxResult.Last() : LinuxResult.Ok;
    }

    /// <summary>Sets whether the interface stays when this process ends.</summary>
    public LinuxResult SetPersistent(bool persistent) =>
        Files.IoctlValue(_fd, Tun.TUNSETPERSIST, persistent ? 1u : 0u) < 0 ? LinuxResult.Last() : LinuxResult.Ok;

    /// <summary>Closes the device. The interface is removed unless it is persistent.</summary>
    public void Dispose() => _fd.Dispose();

    private static LinuxResult<TapDevice> Finish(FileDescriptor fd, string name)
    {
        const uint Offloads = Tun.TUN_F_CSUM | Tun.TUN_F_TSO4 | Tun.TUN_F_TSO6 | Tun.TUN_F_TSO_ECN;
        var hasUso = Files.IoctlValue(fd, Tun.TUNSETOFFLOAD, Offloads | Tun.TUN_F_USO4 | Tun.TUN_F_USO6) == 0;
        if (!hasUso && Files.IoctlValue(fd, Tun.TUNSETOFFLOAD, Offloads) < 0)
        {
            var error = LinuxResult.Last($"{Tun.DevicePath} has no segmentation offload");
            fd.Dispose();
            return Failed(error);
        }
        return new LinuxResult<TapDevice>(new TapDevice(fd, name, hasUso));
    }

    private static LinuxResult<TapDevice> Failed(LinuxResult error) => new(null, error);

    private static string AttachAdvice(string name, int errno, bool reattach) =>
        errno switch
        {
            Errno.EPERM => $"no permission to create the interface {name}: CAP_NET_ADMIN is needed in this network namespace",
            Errno.EBUSY when reattach => $"another process has the interface {name} open: stop it, or choose another name",
            Errno.EBUSY or Errno.EEXIST => $"an interface {name} exists: remove it (ip link delete {name}), or choose another name",
            Errno.EINVAL => $"an interface {name} exists and is no TAP device that Tandem can use: remove it, or choose another name",
            _ => $"cannot create the interface {name}",
        };
}
