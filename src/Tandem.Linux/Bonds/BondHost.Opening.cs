using Tandem.Core.Options;
using Tandem.Linux.Devices;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Sockets;
using Tandem.Linux.Paths.Switching;

namespace Tandem.Linux.Bonds;

// Chooses the device of a bond: a pair if the kernel data path is possible, otherwise a TAP device.
public sealed partial class BondHost
{
    private (BondDevice Device, SocketPath Sockets, PathSwitch Paths) Open(BondHostOptions options)
    {
        if (options.OtherEnd is { } otherEnd)
            return Start(Required(PairBondDevice.TakeOver(Name, otherEnd, _route, _keeper.Guards)), options);
        if (options.Reattach)
            return Start(Required(TapBondDevice.TakeOver(Name, options.Device, _route, _ethtool)), options);
        var reasons = new List<string>();
        foreach (var kind in Candidates(options))
        {
            if (kind == DeviceKind.Tap)
                return Start(MakeTap(reasons), options, reasons);
            var made = PairBondDevice.Make(kind, Name, options.Queues, _route, _keeper.Guards);
            if (made.Value is { } pair)
            {
                try
                {
                    return Start(pair, options);
                }
                catch (InvalidOperationException e)
                {
                    reasons.Add(e.Message);
                    // With auto, the other kind of pair is tried next: the same programs work with it.
                    if (options.Kind != DeviceKind.Auto || options.DataPath != DataPathChoice.Auto)
                        throw;
                    return Start(MakeTap(reasons), options, reasons);
                }
            }
            if (made.Error.Errno != Errno.EOPNOTSUPP)
                Required(made);
            reasons.Add($"this kernel has no {Word(kind)} devices");
        }
        throw new InvalidOperationException($"{string.Join("; ", reasons)}; accepted here: device_kind auto, or another kind");
    }

    /// <summary>Whether an interface is the other end of the bond device with this ifindex.</summary>
    public static bool IsOtherEnd(LinkInfo link, int? device) => Devices.OtherEnd.Is(link, device);

    /// <summary>
    /// Whether an interface is the other end of the device of a bond with this name. For a process that was killed before it could store
    /// more than the name.
    /// </summary>
    public static bool IsOtherEndOf(LinkInfo link, string bond) =>
        PairBondDevice.KindOf(link) is not null
        && (Devices.OtherEnd.HasAliasOf(link, bond) || link.Name == Devices.OtherEnd.UsualName(bond));

    /// <summary>Whether the other end has no IPv6, and the MTU that belongs to the bond's, in bytes.</summary>
    public static bool FitsOtherEnd(LinkInfo end, int bondMtu) =>
        end.Mtu == Devices.OtherEnd.MtuFor(bondMtu) && end.Inet6AddrGenMode is null or Rt.IN6_ADDR_GEN_MODE_NONE;

    private static IEnumerable<DeviceKind> Candidates(BondHostOptions options) =>
        options switch
        {
            { Kind: not DeviceKind.Auto } => [options.Kind],
            { DataPath: DataPathChoice.CSharp } => [DeviceKind.Tap],
            _ => [DeviceKind.Netkit, DeviceKind.Veth, DeviceKind.Tap],
        };

    // If this fails there is no bond, so the error includes why there is no pair.
    private TapBondDevice MakeTap(List<string> reasons)
    {
        var made = TapBondDevice.Make(Name, _route, _ethtool);
        if (made.Value is null && reasons.Count > 0)
            made = new LinuxResult<TapBondDevice>(
                null,
                made.Error with
                {
                    Detail = $"{made.Error.Detail ?? made.Error.ToString()}; and no pair of devices: {string.Join("; ", reasons)}",
                }
            );
        return Required(made);
    }

    // A pair is useless without the kernel data path: if the programs cannot be loaded, it is removed.
    private (BondDevice Device, SocketPath Sockets, PathSwitch Paths) Start(
        BondDevice device,
        BondHostOptions options,
        List<string>? reasons = null
    )
    {
        SocketPath? sockets = null;
        try
        {
            sockets = new SocketPath(device.Tap, Name, options.Seed, options.MemberFault ?? (static _ => true), options.ControlArrived);
            var reason = reasons is [.., var last] ? last : null;
            var paths = new PathSwitch(device, sockets, _route, options.VerifierLog ?? (static _ => { }), reason);
            if (device.Tap is null && paths.Use(DataPathChoice.Ebpf) is { IsOk: false } failed)
                throw new InvalidOperationException(PathSwitch.Words(failed));
            return (device, sockets, paths);
        }
        catch
        {
            sockets?.Dispose();
            // Devices of the previous service stay.
            if (options.OtherEnd is null && !options.Reattach)
                device.Dispose();
            else
                device.LetGo();
            throw;
        }
    }

    private static string Word(DeviceKind kind) => BondOptions.Known.DeviceKind.Choices[(int)kind];

    private static T Required<T>(LinuxResult<T> opened)
        where T : class => opened.Value ?? throw new InvalidOperationException(opened.Error.Detail ?? opened.Error.ToString());
}
