using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Devices;

/// <summary>
/// A TAP device, which this process reads and writes: for the socket data path, where the carrier should end with the process. With the
/// kernel data path, programs are attached at its egress, and the device does not count their frames.
/// </summary>
internal sealed class TapBondDevice : BondDevice
{
    private readonly TapDevice _tap;
    private readonly Ethtool _ethtool;
    private string _name;

    private TapBondDevice(TapDevice tap, int ifindex, RouteSocket route, Ethtool ethtool) =>
        (_tap, Ifindex, Route, _ethtool, _name) = (tap, ifindex, route, ethtool, tap.Name);

    public override DeviceKind Kind => DeviceKind.Tap;

    public override int Ifindex { get; }

    public override TapDevice Tap => _tap;

    public override string QueueProblem => "a TAP device has one queue";

    public override Wiring Wiring =>
        new()
        {
            Transmit = new Place(Hook.Here, Ifindex, HookPoint.Egress),
            HasService = true,
            Host = Wiring.Into(Ifindex),
            ShortHost = Wiring.Into(Ifindex),
        };

    public override RouteSocket Route { get; }

    /// <summary>Creates a device without carrier that outlives this process.</summary>
    public static LinuxResult<TapBondDevice> Make(string name, RouteSocket route, Ethtool ethtool)
    {
        var made = Found(TapDevice.Open(name, reattach: false), route, ethtool);
        if (made.Value is not { } device)
            return made;
        device.SetCarrier(false);
        if (device._tap.SetPersistent(true) is not { IsOk: false } failed)
            return made;
        device.Dispose();
        return new LinuxResult<TapBondDevice>(null, failed with { Detail = $"cannot make {name} persistent" });
    }

    /// <summary>Takes over the device of the previous service, by its descriptor if that was handed over, otherwise by name.</summary>
    public static LinuxResult<TapBondDevice> TakeOver(string name, FileDescriptor? open, RouteSocket route, Ethtool ethtool) =>
        Found(open is null ? TapDevice.Open(name, reattach: true) : TapDevice.From(open, name), route, ethtool);

    public override LinuxResult<LinkInfo> Read() => Route.GetLink(Ifindex);

    public override LinuxResult Change(Func<RouteSocket, int, LinuxResult> change) => change(Route, Ifindex);

    public override LinuxResult SetCarrier(bool up)
    {
        var result = _tap.SetCarrier(up);
        // If a user removed the device, there is no carrier to set.
        return result.Errno == Errno.EBADFD ? LinuxResult.Ok : result;
    }

    // Before Linux 4.20 the device always reports 10 Mbit/s.
    public override void SetSpeed(uint speedMbps, Duplex duplex) => _ethtool.SetSpeed(_name, speedMbps, duplex);

    public override void Renamed(string name) => _name = name;

    public override IReadOnlyList<string> Inspect() => [];

    public override void LetGo() => _tap.Dispose();

    public override void Dispose()
    {
        _tap.SetPersistent(false);
        LetGo();
    }

    private static LinuxResult<TapBondDevice> Found(LinuxResult<TapDevice> opened, RouteSocket route, Ethtool ethtool)
    {
        if (opened.Value is not { } tap)
            return new LinuxResult<TapBondDevice>(null, opened.Error);
        var link = route.GetLink(tap.Name);
        if (link.Value is { } found)
            return new LinuxResult<TapBondDevice>(new TapBondDevice(tap, found.Ifindex, route, ethtool));
        tap.Dispose();
        return new LinuxResult<TapBondDevice>(null, link.Error with { Detail = $"{tap.Name} vanished" });
    }
}
