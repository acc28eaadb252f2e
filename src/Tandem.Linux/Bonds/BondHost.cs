using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Linux.Announcing;
using Tandem.Linux.Devices;
using Tandem.Linux.Hosting;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths;
using Tandem.Linux.Paths.Sockets;
using Tandem.Linux.Paths.Switching;

namespace Tandem.Linux.Bonds;

/// <summary>
/// The environment of one bond's brain: the bond's device, its data path and its members. Used by one thread at a time, in the network
/// namespace of the thread that created it.
/// </summary>
public sealed partial class BondHost : IBondDevice
{
    private readonly IBondJournal _journal;
    private readonly Action<BondEvent> _events;
    private readonly IDeviceStore? _store;
    private readonly Presence _presence;
    private readonly RouteSocket _route;
    private readonly Ethtool _ethtool;
    private readonly MemberKeeper _keeper;
    private readonly BondDevice _device;
    private readonly SocketPath _sockets;
    private readonly PathSwitch _paths;
    private readonly Dictionary<int, SavedMember> _left;
    private readonly Dictionary<int, (SavedMember Saved, LinkReader Link)> _members = [];
    private readonly HashSet<(string Member, string Chain)> _passedChains = [];
    private (bool IsInKernel, string Reason) _told;
    private bool _toldOfQueues;
    private bool _isPromiscuous;
    private bool _hasVlans;
    private bool _isDisposed;

    /// <summary>Creates the bond's device and starts its data path. The device is down, without carrier and without members.</summary>
    /// <exception cref="InvalidOperationException">The device cannot be created; the message says why and what to do.</exception>
    public BondHost(string name, BondHostOptions options, IBondJournal journal, Action<BondEvent> events)
    {
        ArgumentNullException.ThrowIfNull(options);
        (Name, _journal, _events) = (name, journal, events);
        _stackChanged = options.StackChanged ?? (static _ => { });
        _store = options.Store;
        _left = options.Left.ToDictionary(member => member.Ifindex);
        try
        {
            _presence = Presence.Announce();
            _route = new RouteSocket();
            _ethtool = new Ethtool();
            _keeper = new MemberKeeper(_route);
            (_device, _sockets, _paths) = Open(options);
        }
        catch
        {
            _keeper?.Dispose();
            _ethtool?.Dispose();
            _route?.Dispose();
            _presence?.Dispose();
            throw;
        }
        KeepDevice();
    }

    /// <summary>The bond's name.</summary>
    public string Name { get; private set; }

    /// <inheritdoc/>
    public int Ifindex => _device.Ifindex;

    /// <inheritdoc/>
    public int? OtherEnd => _device.OtherEnd;

    /// <inheritdoc/>
    public int? Netnsid => _device.Route.Netnsid;

    /// <inheritdoc/>
    public DeviceKind Kind => _device.Kind;

    /// <inheritdoc/>
    public ulong NoMemberDropped => _paths.NoMember;

    /// <inheritdoc/>
    public ulong LeftByKernel => _paths.LeftByKernel;

    /// <inheritdoc/>
    public bool IsInKernel => _paths.IsInKernel;

    /// <inheritdoc/>
    public string DataPathReason => _paths.Reason;

    /// <inheritdoc/>
    public ulong ToldAll => _paths.ToldAll;

    /// <inheritdoc/>
    public void ReadLoads(Span<ulong> bytes) => _paths.ReadBucketBytes(bytes);

    /// <inheritdoc/>
    public SlotCounters ReadCounters(int slot) => _paths.ReadCounters(slot);

    /// <inheritdoc/>
    public void NoteRefused(LinkReading reading) => _paths.NoteRefused(reading);

    /// <inheritdoc/>
    public SlotCounters PastDevice
    {
        get
        {
            var (tx, rx) = _paths.Dropped;
            return _paths.PastDevice with { TxDropped = tx, RxDropped = rx };
        }
    }

    /// <inheritdoc/>
    public SlotCounters PastOfEarlierPath
    {
        get => _paths.PastOfEarlierPath;
        set => _paths.PastOfEarlierPath = value;
    }

    /// <summary>Sends a control frame on a slot.</summary>
    public LinuxResult SendControl(int slot, ReadOnlySpan<byte> frame) => _sockets.SendControl(slot, frame);

    /// <inheritdoc/>
    public int TakeControl(int slot, Span<byte> frame) => _sockets.TakeControl(slot, frame);

    /// <inheritdoc/>
    public ulong ControlExcess(int slot) => _sockets.ControlExcess(slot);

    /// <inheritdoc/>
    public void SetPromiscuous(bool promiscuous)
    {
        _isPromiscuous = promiscuous;
        foreach (var (saved, _) in _members.Values)
            Check(SetHearing(saved), $"cannot make {saved.Name}, a member of {Name}, {(promiscuous ? "" : "no longer ")}promiscuous");
    }

    /// <inheritdoc/>
    public void HearVlans()
    {
        if (_hasVlans)
            return;
        _hasVlans = true;
        foreach (var (saved, _) in _members.Values)
        {
            LookForVlanFilter(saved);
            Check(SetHearing(saved), $"cannot let {saved.Name} hear all VLANs");
        }
    }

    /// <inheritdoc/>
    public void Inspect()
    {
        foreach (var news in _device.Inspect())
            Tell(EventKind.Notice, null, news);
    }

    /// <inheritdoc/>
    public void InspectPrograms()
    {
        foreach (var news in _paths.Inspect(NameOf))
            Tell(EventKind.Notice, null, news);
    }

    /// <inheritdoc/>
    public LinkInfo? Read() => ReadDevice().IfPresent();

    /// <inheritdoc/>
    public void Renamed(string name)
    {
        ReleaseDevice();
        Name = name;
        _device.Renamed(name);
        KeepDevice();
    }

    /// <inheritdoc/>
    public HostResult SetUp(bool up)
    {
        var result = _device.Change((route, ifindex) => route.SetUp(ifindex, up));
        return result.IsOk ? HostResult.Done : Failed($"cannot be set {(up ? "up" : "down")}", result);
    }

    /// <inheritdoc/>
    public HostResult SetMemberMtu(int ifindex, int mtu)
    {
        var result = _route.SetMtu(ifindex, mtu);
        Ipv6Silence.Renew(_route, ifindex);
        return result.IsOk ? HostResult.Done : Failed($"cannot set its MTU to {mtu}", result);
    }

    /// <inheritdoc/>
    public HostResult TakesMtu(int ifindex, int mtu)
    {
        // If the link cannot be read, setting the MTU will report the error.
        if (_route.GetLinkWithoutStatistics(ifindex).Value is not { } link)
            return HostResult.Done;
        var isTaken = mtu >= link.MinMtu && (link.MaxMtu == 0 || mtu <= link.MaxMtu);
        return isTaken ? HostResult.Done : new HostResult($"it takes an MTU of {link.MinMtu} to {link.MaxMtu} only");
    }

    /// <inheritdoc/>
    public HostResult SetBondAddress(MacAddress address)
    {
        var result = _device.Change((route, ifindex) => route.SetAddress(ifindex, address));
        return result.IsOk ? HostResult.Done : Failed($"cannot give {Name} the address {address}", result);
    }

    /// <inheritdoc/>
    public HostResult SetBondMtu(int mtu)
    {
        var result = _device.SetMtu(mtu);
        return result.IsOk ? HostResult.Done : Failed($"cannot set the MTU of {Name} to {mtu}", result);
    }

    /// <inheritdoc/>
    public void SetCarrier(bool up) => Check(_device.SetCarrier(up), $"cannot set the carrier of {Name}");

    /// <inheritdoc/>
    public void SetSpeed(uint speedMbps, Duplex duplex) => _device.SetSpeed(speedMbps, duplex);

    /// <inheritdoc/>
    public HostResult UseDataPath(DataPathChoice choice)
    {
        if (_paths.Use(choice) is { IsOk: false } failed)
            return new HostResult(PathSwitch.Words(failed));
        TellDataPath();
        return HostResult.Done;
    }

    /// <inheritdoc/>
    public HostResult UsePassage(DevicePassage passage)
    {
        var result = _paths.UseShortCut(passage == DevicePassage.Fast);
        TellDataPath();
        return result.IsOk ? HostResult.Done : new HostResult(PathSwitch.Words(result));
    }

    /// <inheritdoc/>
    public void Publish(ForwardingPlan plan)
    {
        if (plan.Queues.IsEmpty || _device.QueueProblem is not { } problem)
        {
            _paths.Publish(plan);
            return;
        }
        _paths.Publish(plan with { Queues = [] });
        if (!_toldOfQueues)
            Tell(EventKind.Notice, null, $"queue_id has no effect: {problem}");
        _toldOfQueues = true;
    }

    /// <inheritdoc/>
    public void AnnounceAddresses(int slot, bool ofOthers) => Announce(slot, announcer => announcer.Addresses(ofOthers));

    /// <inheritdoc/>
    public void AnnounceGroups(int slot) => Announce(slot, static announcer => announcer.Groups());

    /// <inheritdoc/>
    bool IBondHost.SendControl(int slot, ReadOnlySpan<byte> frame) => SendControl(slot, frame).IsOk;

    /// <inheritdoc/>
    public void StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due) => _paths.StoreLacpdu(slot, lacpdu, due);

    /// <inheritdoc/>
    public void Report(in BondEvent happened) => _events(happened);

    /// <inheritdoc/>
    public void Remember(byte[] text) => _paths.Remember(text);

    /// <summary>Stops the data path, releases all members and removes the bond's device.</summary>
    public void Dispose()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        ReleaseDevice();
        _stack?.Dispose();
        _paths.Dispose();
        foreach (var (saved, _) in _members.Values)
            Return(saved);
        _members.Clear();
        _device.Dispose();
        _keeper.Dispose();
        _ethtool.Dispose();
        _route.Dispose();
        _presence.Dispose();
    }

    // Also detects that the device was moved to another network namespace.
    private LinuxResult<LinkInfo> ReadDevice()
    {
        var (ifindex, netnsid) = (_device.Ifindex, _device.Route.Netnsid);
        var read = _device.Read();
        if (_device.Route.Netnsid != netnsid || _device.Ifindex != ifindex)
        {
            Check(_paths.Rewire(), $"cannot wire {Name} where it is now");
            AskStackAgain();
            Tell(
                EventKind.Notice,
                null,
                _device.Route.Netnsid is { } id
                    ? $"moved to another network namespace (link-netnsid {id}); it continues there, controlled from this namespace"
                    : "back in this network namespace"
            );
        }
        return read;
    }

    private void KeepDevice()
    {
        if (_device.Tap is { } tap)
            _store?.Keep(Name, tap.Descriptor);
    }

    private void ReleaseDevice()
    {
        if (_device.Tap is { } tap)
            _store?.Release(Name, tap.Descriptor);
    }

    private void TellDataPath()
    {
        var now = (_paths.IsInKernel, _paths.Reason);
        if (now == _told)
            return;
        _told = now;
        Tell(
            EventKind.DataPathChanged,
            null,
            $"frames are carried by {(_paths.IsInKernel ? "the kernel" : "the service")}: {_paths.Reason}"
        );
    }

    private string NameOf(int ifindex) =>
        _members.TryGetValue(ifindex, out var member) ? member.Saved.Name
        : ifindex == OtherEnd ? _route.GetLink(ifindex).Value?.Name ?? $"the other end of {Name}"
        : Name;

    // Addresses and groups are those of the namespace in which the bond's device is.
    private void Announce(int slot, Action<Announcer> tell)
    {
        var name = ReadDevice().Value?.Name;
        if (_device.Route.Netnsid is not { } elsewhere)
        {
            tell(new Announcer(_route, Name, Send));
            return;
        }
        if (name is null)
            return;
        var isDone = NetworkNamespaces.TryRun(
            elsewhere,
            _route,
            () =>
            {
                using var there = new RouteSocket();
                tell(new Announcer(there, name, Send));
            }
        );
        if (!isDone)
            Tell(
                EventKind.Fault,
                null,
                "neighbours and switches are not told of the move: the network namespace where the device is cannot be entered; one of a container can be given a name: ip netns attach NAME PID"
            );

        void Send(ReadOnlySpan<byte> frame) => _sockets.SendControl(slot, frame);
    }

    private void Check(LinuxResult result, string what)
    {
        if (!result.IsOk)
            Tell(EventKind.Fault, null, $"{what}: {result}");
    }

    private void Tell(EventKind kind, string? member, string reason) => _events(new BondEvent(Now(), kind, Name, member, reason));

    /// <summary>CLOCK_MONOTONIC in ns, which Stopwatch uses on Linux.</summary>
    private static long Now() => System.Diagnostics.Stopwatch.GetTimestamp();

    private static HostResult Failed(string what, LinuxResult error) => new($"{what}: {error}");
}
