using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Devices;

/// <summary>The interface of a bond that the host sees. Belongs to one thread at a time, in the bond's network namespace.</summary>
internal abstract class BondDevice : IDisposable
{
    /// <summary>What it is; never <see cref="DeviceKind.Auto"/>.</summary>
    public abstract DeviceKind Kind { get; }

    /// <summary>Its number, in the namespace where it is.</summary>
    public abstract int Ifindex { get; }

    /// <summary>The number of its other end; null if it has none.</summary>
    public virtual int? OtherEnd => null;

    /// <summary>The TAP device that this process reads and writes; null for other kinds.</summary>
    public virtual TapDevice? Tap => null;

    /// <summary>Why frames of a transmit queue that a member is tied to cannot be told from others; null if they can.</summary>
    public abstract string? QueueProblem { get; }

    /// <summary>How the programs of the fast path stand around it.</summary>
    public abstract Wiring Wiring { get; }

    /// <summary>Asks about interfaces where the device is.</summary>
    public abstract RouteSocket Route { get; }

    /// <summary>Changes something about the device, wherever it is.</summary>
    /// <param name="change">Given the device's number, and a socket in its namespace.</param>
    public abstract LinuxResult Change(Func<RouteSocket, int, LinuxResult> change);

    /// <summary>The device as it is now, wherever it is; ENODEV if it is gone.</summary>
    public abstract LinuxResult<LinkInfo> Read();

    /// <summary>Gives the device another MTU, in bytes.</summary>
    public virtual LinuxResult SetMtu(int mtu) => Change((route, ifindex) => route.SetMtu(ifindex, mtu));

    /// <summary>Whether the device sees a partner at the other end of its cable.</summary>
    public abstract LinuxResult SetCarrier(bool up);

    /// <summary>What the device reports as its speed (Mbit/s, 0 unknown) and duplex, as far as its kind has a say in that.</summary>
    public abstract void SetSpeed(uint speedMbps, Duplex duplex);

    /// <summary>Takes in that the device has another name.</summary>
    public abstract void Renamed(string name);

    /// <summary>Has its guard stand again, if it has one.</summary>
    public virtual void Guard() { }

    /// <summary>Looks after what belongs to the device; says in words what others did to it, and what became of that.</summary>
    public abstract IReadOnlyList<string> Inspect();

    /// <summary>Closes what this process has open of the device, which stays.</summary>
    public abstract void LetGo();

    /// <summary>Removes the device.</summary>
    public abstract void Dispose();
}
