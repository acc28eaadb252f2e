using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Devices;

/// <summary>The bond's device on the host. Used by one thread at a time, in the bond's network namespace.</summary>
internal abstract class BondDevice : IDisposable
{
    /// <summary>The device's kind; never <see cref="DeviceKind.Auto"/>.</summary>
    public abstract DeviceKind Kind { get; }

    /// <summary>The device's ifindex, in its namespace.</summary>
    public abstract int Ifindex { get; }

    /// <summary>Ifindex of the other end of the pair; null if there is none.</summary>
    public virtual int? OtherEnd => null;

    /// <summary>The TAP device that this process reads and writes; null for other kinds.</summary>
    public virtual TapDevice? Tap => null;

    /// <summary>Why <c>queue_id</c> does not work with this device; null if it does.</summary>
    public abstract string? QueueProblem { get; }

    /// <summary>Where the eBPF programs are attached.</summary>
    public abstract Wiring Wiring { get; }

    /// <summary>A socket in the device's namespace.</summary>
    public abstract RouteSocket Route { get; }

    /// <summary>Changes the device in its namespace.</summary>
    /// <param name="change">Gets a socket in the device's namespace and the device's ifindex.</param>
    public abstract LinuxResult Change(Func<RouteSocket, int, LinuxResult> change);

    /// <summary>Reads the device in its namespace; ENODEV if it is gone.</summary>
    public abstract LinuxResult<LinkInfo> Read();

    /// <summary>Sets the device's MTU, in bytes.</summary>
    public virtual LinuxResult SetMtu(int mtu) => Change((route, ifindex) => route.SetMtu(ifindex, mtu));

    /// <summary>Sets the device's carrier.</summary>
    public abstract LinuxResult SetCarrier(bool up);

    /// <summary>Sets the speed (Mbit/s, 0 for unknown) and duplex that the device reports, if its kind allows it.</summary>
    public abstract void SetSpeed(uint speedMbps, Duplex duplex);

    /// <summary>The device was renamed.</summary>
    public abstract void Renamed(string name);

    /// <summary>Restores the device's guard, if it has one.</summary>
    public virtual void Guard() { }

    /// <summary>Undoes changes by other programs. Returns a message for each.</summary>
    public abstract IReadOnlyList<string> Inspect();

    /// <summary>Closes the descriptors of this process; the device stays.</summary>
    public abstract void LetGo();

    /// <summary>Removes the device.</summary>
    public abstract void Dispose();
}
