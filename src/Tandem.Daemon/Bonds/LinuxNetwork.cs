using System.Net;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Daemon.Hosting;
using Tandem.Linux;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>The kernel itself, in the network namespace of this process.</summary>
/// <param name="handedOver">Open devices of bonds that an earlier process handed over.</param>
internal sealed class LinuxNetwork(HandedOver handedOver) : INetwork
{
    private const int NoSuchDevice = 19; // ENODEV

    private readonly RouteSocket _routes = new();
    private readonly List<Device> _devices = [];

    /// <summary>The open devices of bonds whose frames pass through this process.</summary>
    public IReadOnlyList<(string Bond, FileDescriptor Device)> Devices =>
        [.. _devices.Where(device => device.Descriptor is not null).Select(device => (device.Name, device.Descriptor!))];

    // A request may name anything; what no interface can be named is simply not there.
    public LinkInfo? Find(string name) => InterfaceName.Problem(name) is null ? Found(_routes.GetLink(name)) : null;

    public LinkInfo? Find(int ifindex) => Found(_routes.GetLink(ifindex));

    public Opened OpenBond(string name, DeviceRequest request, IBondJournal journal, BondReports reports)
    {
        var options = new BondHostOptions
        {
            Kind = request.Kind,
            DataPath = request.DataPath,
            Queues = request.Queues,
        };
        return Open(name, options, journal, reports);
    }

    public Opened ReopenBond(string name, int? otherEnd, IReadOnlyList<SavedMember> members, IBondJournal journal, BondReports reports)
    {
        var options = new BondHostOptions
        {
            Reattach = true,
            OtherEnd = otherEnd,
            Device = handedOver.Take(name),
            Left = members,
        };
        return Open(name, options, journal, reports);
    }

    public string? GiveBack(SavedMember member)
    {
        using var keeper = new MemberKeeper(_routes);
        return keeper.GiveBack(member) is { IsOk: false } failed ? failed.ToString() : null;
    }

    public IReadOnlyList<LinkInfo> Links()
    {
        var links = _routes.GetLinks();
        return links.Value ?? throw Failure(links.Error);
    }

    public void Unguard(int ifindex)
    {
        using var keeper = new MemberKeeper(_routes);
        keeper.Unguard(ifindex);
    }

    public string? Remove(int ifindex) => _routes.DeleteLink(ifindex) is { IsOk: false } failed ? failed.ToString() : null;

    public void Dispose() => _routes.Dispose();

    private Opened Open(string name, BondHostOptions options, IBondJournal journal, BondReports reports)
    {
        try
        {
            var complete = options with
            {
                Seed = (ulong)Random.Shared.NextInt64(),
                MemberFault = reports.MemberFault,
                ControlArrived = reports.ControlArrived,
                VerifierLog = reports.VerifierLog,
                StackChanged = reports.StackChanged,
            };
            var host = new BondHost(name, complete, journal, reports.Event);
            _devices.Add(new Device(this, host));
            _devices[^1].Keep();
            return new Opened(_devices[^1], null);
        }
        catch (InvalidOperationException e)
        {
            return new Opened(null, e.Message);
        }
    }

    // Only "there is none" may look like an interface that is gone; anything else would tear bonds down for a passing trouble.
    private static LinkInfo? Found(LinuxResult<LinkInfo> result) =>
        result.IsOk ? result.Value
        : result.Error.Errno == NoSuchDevice ? null
        : throw Failure(result.Error);

    private static InvalidOperationException Failure(LinuxResult error) => new($"the kernel does not tell about interfaces: {error}");

    /// <summary>Forwards to the host of a bond.</summary>
    private sealed class Device(LinuxNetwork network, BondHost host) : IBondDevice
    {
        public string Name => host.Name;

        public FileDescriptor? Descriptor => host.Descriptor;

        public int Ifindex => host.Ifindex;

        public int? OtherEnd => host.OtherEnd;

        public int? Netnsid => host.Netnsid;

        public DeviceKind Kind => host.Kind;

        public LinkInfo? Read() => Found(host.ReadDevice());

        public HostResult SetUp(bool up) => host.SetUp(up);

        /// <summary>Has the service manager keep the device open, if that takes anybody.</summary>
        public void Keep()
        {
            if (Descriptor is { } open)
                ServiceManager.Keep(Name, open);
        }

        public ulong NoMemberDropped => host.NoMemberDropped;

        public ulong LeftByKernel => host.LeftByKernel;

        public bool IsInKernel => host.IsInKernel;

        public string DataPathReason => host.DataPathReason;

        public MemberCounters PastDevice => Words(host.PastDevice);

        public SlotCounters PastOfEarlierPath
        {
            get => host.PastOfEarlierPath;
            set => host.PastOfEarlierPath = value;
        }

        public MemberCounters CountersOf(int slot) => Words(host.ReadCounters(slot));

        public int TakeControl(int slot, Span<byte> frame) => host.TakeControl(slot, frame);

        public ulong ControlExcess(int slot) => host.ControlExcess(slot);

        public void FirewallChanged() => host.FirewallChanged();

        public void Inspect() => host.Inspect();

        public void Renamed(string name)
        {
            Release();
            host.Renamed(name);
            Keep();
        }

        public void MemberRenamed(int ifindex, string name) => host.MemberRenamed(ifindex, name);

        public void MemberSeen(LinkInfo link) => host.MemberSeen(link);

        public void SetPromiscuous(bool promiscuous) => host.SetPromiscuous(promiscuous);

        public void HearVlans() => host.HearVlans();

        public HostResult Attach(in MemberSetup setup) => host.Attach(setup);

        public void Detach(int ifindex, int slot) => host.Detach(ifindex, slot);

        public HostResult SetMemberAddress(int ifindex, MacAddress address) => host.SetMemberAddress(ifindex, address);

        public HostResult TakesMtu(int ifindex, int mtu) => host.TakesMtu(ifindex, mtu);

        public HostResult SetMemberMtu(int ifindex, int mtu) => host.SetMemberMtu(ifindex, mtu);

        public HostResult SetBondAddress(MacAddress address) => host.SetBondAddress(address);

        public HostResult SetBondMtu(int mtu) => host.SetBondMtu(mtu);

        public void SetCarrier(bool up) => host.SetCarrier(up);

        public void SetSpeed(uint speedMbps, Duplex duplex) => host.SetSpeed(speedMbps, duplex);

        public LinkStatus ReadLink(int ifindex) => host.ReadLink(ifindex);

        public HostResult UseDataPath(DataPathChoice choice) => host.UseDataPath(choice);

        public HostResult UsePassage(DevicePassage passage) => host.UsePassage(passage);

        public void Publish(ForwardingPlan plan) => host.Publish(plan);

        public void AnnounceAddresses(int slot, bool ofOthers) => host.AnnounceAddresses(slot, ofOthers);

        public void AnnounceGroups(int slot) => host.AnnounceGroups(slot);

        public bool SendControl(int slot, ReadOnlySpan<byte> frame) => host.SendControl(slot, frame).IsOk;

        public void KeepAnswer(int slot, ReadOnlySpan<byte> lacpdu, long due) => host.KeepAnswer(slot, lacpdu, due);

        public void WatchStack(IReadOnlyList<IPAddress>? targets) => host.WatchStack(targets);

        public void ReadLoads(Span<ulong> bytes) => host.ReadLoads(bytes);

        public ulong ToldAll => host.ToldAll;

        public void HearAll(int ifindex, bool all) => host.HearAll(ifindex, all);

        public ulong FramesReceived(int slot) => host.FramesReceived(slot);

        public void Report(in BondEvent happened) => host.Report(happened);

        public void Dispose()
        {
            network._devices.Remove(this);
            Release();
            host.Dispose();
        }

        private void Release()
        {
            if (Descriptor is not null)
                ServiceManager.Release(Name);
        }

        private static MemberCounters Words(SlotCounters counters) =>
            new()
            {
                TxFrames = counters.TxFrames,
                TxBytes = counters.TxBytes,
                TxDropped = counters.TxDropped,
                RxFrames = counters.RxFrames,
                RxBytes = counters.RxBytes,
                RxSuppressed = counters.RxSuppressed,
                RxDropped = counters.RxDropped,
            };
    }
}
