using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.Guards;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux.Devices;

/// <summary>
/// One end of a netkit or veth pair. The host's frames pass through it to the other end, where the programs take them; received frames
/// are sent into the other end. The carrier is set by setting the other end up or down. The pair and its carrier outlive the process. The
/// host may have its end in another network namespace.
/// </summary>
internal sealed class PairBondDevice : BondDevice
{
    private const int FirstMtu = 1500;

    private const string Untied =
        "the kernel spreads frames over all queues, since the first one cannot be tied to all processors (/sys/class/net/NAME/queues/tx-0/xps_cpus)";

    private readonly RouteSocket _here;
    private readonly OtherEnd _end;
    private RouteSocket _there;
    private int _ifindex;
    private string _name;
    private bool? _carrier;
    private bool _wasBroughtBack;
    private string? _queueProblem;

    private PairBondDevice(DeviceKind kind, string name, int ifindex, OtherEnd end, RouteSocket route)
    {
        (Kind, _name, _ifindex, _end) = (kind, name, ifindex, end);
        _here = _there = route;
    }

    public override DeviceKind Kind { get; }

    public override int Ifindex => _ifindex;

    public override int? OtherEnd => _end.Ifindex;

    public override RouteSocket Route => _there;

    public override string? QueueProblem => _queueProblem;

    public override Wiring Wiring
    {
        get
        {
            var isHere = _there.Netnsid is null;
            return new()
            {
                Transmit =
                    Kind == DeviceKind.Netkit
                        ? new Place(Hook.Netkit, _end.Ifindex, HookPoint.PeerTransmit)
                        : new Place(Hook.Here, _end.Ifindex, HookPoint.Ingress),
                // Programs at its egress redirect by ifindex, so they work only in the members' namespace.
                Out = isHere ? new Place(Hook.Here, Ifindex, HookPoint.Egress) : null,
                NeedsOut = Kind == DeviceKind.Veth,
                Host = Wiring.OutBy(_end.Ifindex),
                ShortHost = isHere ? Wiring.Into(Ifindex) : Wiring.OutBy(_end.Ifindex),
            };
        }
    }

    /// <summary>Creates a pair with both ends down. EOPNOTSUPP if the kernel lacks such devices.</summary>
    public static LinuxResult<PairBondDevice> Make(DeviceKind kind, string name, int queues, RouteSocket route, IngressGuard? guard)
    {
        var host = new PairEnd(name, RandomAddress(), FirstMtu, queues);
        var end = new PairEnd(Devices.OtherEnd.NameFor(name, route), RandomAddress(), Devices.OtherEnd.MtuFor(FirstMtu), queues);
        var made = kind == DeviceKind.Netkit ? route.CreateNetkit(end, host) : route.CreateVeth(end, host);
        if (!made.IsOk)
            return Failed(made.Errno == Errno.EEXIST ? new LinuxResult(made.Errno, Exists(name)) : made);
        var found = route.GetLink(name);
        if (found.Value is not { Link: { } other } link)
            return Failed(found.Error with { Detail = $"{name} vanished" });
        var device = new PairBondDevice(kind, name, link.Ifindex, new OtherEnd(other, route, guard), route);
        if (device._end.SetUp(name) is { IsOk: false } failed)
        {
            device.Dispose();
            return Failed(failed with { Detail = $"cannot set up the other end of {name}: {failed.Detail}" });
        }
        device._queueProblem = ProblemOf(link, queues == 1 || TransmitQueues.UseFirst(link));
        return new LinuxResult<PairBondDevice>(device);
    }

    /// <summary>Takes over the pair of the previous service, by the other end's ifindex.</summary>
    public static LinuxResult<PairBondDevice> TakeOver(string name, int otherEnd, RouteSocket route, IngressGuard? guard)
    {
        var found = route.GetLink(otherEnd);
        if (
            found.Value is not { } end
            || !Devices.OtherEnd.Is(end, route.GetLink(name).Value?.Ifindex)
            || KindOf(end) is not { } kind
            || end.Link is not { } ifindex
        )
            return Failed(found.IsOk ? new LinuxResult(Errno.ENODEV, $"interface {otherEnd} is another by now") : found.Error);
        var device = new PairBondDevice(kind, name, ifindex, new OtherEnd(otherEnd, route, guard), route);
        device.Follow(end);
        device._end.Guard();
        // In another namespace /sys does not show the setting; it is assumed to be unchanged.
        device._queueProblem = device.Read().Value is { } link
            ? ProblemOf(link, device._there.Netnsid is not null || TransmitQueues.AreTied(link))
            : Untied;
        return new LinuxResult<PairBondDevice>(device);
    }

    /// <summary>The kind of pair that an interface belongs to; null if none.</summary>
    public static DeviceKind? KindOf(LinkInfo link) =>
        link.Kind switch
        {
            "netkit" => DeviceKind.Netkit,
            "veth" => DeviceKind.Veth,
            _ => null,
        };

    public override LinuxResult<LinkInfo> Read()
    {
        var end = ReadEnd();
        if (end.Error.Errno == Errno.ENODEV && BringBack())
            end = ReadEnd();
        if (end.Value is not { } found)
            return end;
        Follow(found);
        var link = _there.GetLink(_ifindex);
        if (link.Value is { } host && found.Mtu != Devices.OtherEnd.MtuFor(host.Mtu))
            _end.Fit(host.Mtu);
        return link;
    }

    public override LinuxResult SetMtu(int mtu)
    {
        // The other end first, so that it never is too small for the bond's frames.
        if (_end.Fit(mtu) is { IsOk: false } failed)
            return failed;
        return base.SetMtu(mtu);
    }

    public override LinuxResult Change(Func<RouteSocket, int, LinuxResult> change) =>
        _there.Netnsid is { } elsewhere ? InNamespace(elsewhere, there => change(there, _ifindex)) : change(_here, _ifindex);

    public override LinuxResult SetCarrier(bool up)
    {
        _carrier = up;
        var result = _here.SetUp(_end.Ifindex, up);
        // If a user removed the device, there is no carrier to set.
        return result.Errno == Errno.ENODEV ? LinuxResult.Ok : result;
    }

    // The kernel always reports 10 Gbit/s for such devices, and cannot be told otherwise.
    public override void SetSpeed(uint speedMbps, Duplex duplex) { }

    public override void Renamed(string name)
    {
        _name = name;
        _end.Name(name);
    }

    public override void Guard() => _end.Guard();

    public override IReadOnlyList<string> Inspect()
    {
        var news = _end.Inspect(_name, _carrier);
        if (!_wasBroughtBack)
            return news;
        _wasBroughtBack = false;
        return [$"someone moved the other end of {_name} to another network namespace, where it reaches no member; it is back", .. news];
    }

    /// <inheritdoc/>
    public override void Dispose()
    {
        if (ReadEnd().IsOk)
            _end.Remove();
        // The other end may be in a namespace where it could not be removed.
        if (_there == _here && _here.GetLink(_ifindex).Value is { } link && link.Name == _name && KindOf(link) == Kind)
            _here.DeleteLink(_ifindex);
        _end.Unguard();
        LetGo();
    }

    /// <inheritdoc/>
    public override void LetGo()
    {
        if (_there != _here)
            _there.Dispose();
    }

    // An interface that reuses the other end's ifindex is not the other end.
    private LinuxResult<LinkInfo> ReadEnd()
    {
        var end = _here.GetLinkWithoutStatistics(_end.Ifindex);
        return end.Value is { } found && !Devices.OtherEnd.Is(found, _ifindex)
            ? new LinuxResult<LinkInfo>(null, new LinuxResult(Errno.ENODEV, "its other end is gone"))
            : end;
    }

    private static string? ProblemOf(LinkInfo link, bool areTied) =>
        link.NumTxQueues <= 1 ? "the device has one queue"
        : areTied ? null
        : Untied;

    // If only the other end was moved, the bond's end knows where it is.
    private bool BringBack()
    {
        if (_there != _here || _here.GetLink(_ifindex).Value is not { Link: { } other, LinkNetnsid: { } id })
            return false;
        using var here = NetworkNamespace.OfThisThread();
        if (!InNamespace(id, away => away.Move(other, here.Descriptor, _end.Ifindex)).IsOk)
            return false;
        _end.SetUp(_name);
        // Moving a device sets it down.
        if (_carrier == true)
            _here.SetUp(_end.Ifindex, true);
        return _wasBroughtBack = true;
    }

    private LinuxResult InNamespace(int netnsid, Func<RouteSocket, LinuxResult> work)
    {
        var result = new LinuxResult(
            Errno.EPERM,
            "the network namespace where it is cannot be entered; one of a container can be given a name: ip netns attach NAME PID"
        );
        NetworkNamespaces.TryRun(
            netnsid,
            _here,
            () =>
            {
                using var route = new RouteSocket();
                result = work(route);
            }
        );
        return result;
    }

    // The other end knows the ifindex of the bond's end, and its namespace.
    private void Follow(LinkInfo end)
    {
        _ifindex = end.Link ?? _ifindex;
        if (end.LinkNetnsid == _there.Netnsid)
            return;
        if (_there != _here)
            _there.Dispose();
        _there = end.LinkNetnsid is { } id ? new RouteSocket { Netnsid = id } : _here;
    }

    // A locally administered unicast address.
    private static MacAddress RandomAddress() => new(((ulong)Random.Shared.NextInt64(1L << 48) & ~0x0100_0000_0000UL) | 0x0200_0000_0000UL);

    private static string Exists(string name) => $"an interface {name} exists: remove it (ip link delete {name}), or choose another name";

    private static LinuxResult<PairBondDevice> Failed(LinuxResult error) => new(null, error);
}
