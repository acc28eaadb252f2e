using System.Collections.Concurrent;
using System.Net;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Daemon.Bonds;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths;

namespace Tandem.Daemon.Tests;

/// <summary>A kernel without a kernel: interfaces are entries of a list.</summary>
internal sealed class FakeNetwork : INetwork
{
    private const ushort Ethernet = 1;
    private readonly Lock _gate = new();
    private readonly List<LinkInfo> _links = [];
    private readonly Dictionary<int, int> _cables = [];
    private readonly Dictionary<int, Action<byte[]>> _ends = [];
    private int _lastIfindex = 1;

    /// <summary>Names of interfaces that were given back.</summary>
    public List<string> GivenBack { get; } = [];

    /// <summary>What the next thing that is done to an interface fails with; null if it does not fail.</summary>
    public string? NextFailure { get; set; }

    /// <summary>How often members were told to hear all VLANs.</summary>
    public int HearVlans { get; private set; }

    /// <summary>What the host's IP stack has on each bond.</summary>
    public HostStack Stack { get; init; } = HostStack.Unknown;

    /// <summary>If set, reading interfaces throws it.</summary>
    public Exception? Fault { get; set; }

    public LinkInfo Add(string name, string? kind = null, string? address = null)
    {
        lock (_gate)
        {
            var ifindex = ++_lastIfindex;
            var link = new LinkInfo
            {
                Ifindex = ifindex,
                Name = name,
                Kind = kind,
                HardwareType = Ethernet,
                Mtu = 1500,
                AddressBytes = Octets(
                    MacAddress.TryParse(address, out var given) ? given : new MacAddress(0x0200_0000_0000 + (ulong)ifindex)
                ),
                BroadcastBytes = [255, 255, 255, 255, 255, 255],
            };
            _links.Add(link);
            return link;
        }
    }

    /// <summary>Has two members hear each other's control frames.</summary>
    public void Connect(LinkInfo one, LinkInfo other)
    {
        lock (_gate)
            (_cables[one.Ifindex], _cables[other.Ifindex]) = (other.Ifindex, one.Ifindex);
    }

    public void Delete(string name)
    {
        lock (_gate)
            _links.RemoveAll(link => link.Name == name);
    }

    public void Delete(int ifindex)
    {
        lock (_gate)
            _links.RemoveAll(link => link.Ifindex == ifindex);
    }

    public void Change(int ifindex, Func<LinkInfo, LinkInfo> change)
    {
        lock (_gate)
        {
            var i = _links.FindIndex(link => link.Ifindex == ifindex);
            if (i >= 0)
                _links[i] = change(_links[i]);
        }
    }

    /// <summary>Called when interfaces are read.</summary>
    public Action? OnRead { get; set; }

    /// <summary>How often members were made promiscuous.</summary>
    public int Promiscuous { get; private set; }

    public IReadOnlyList<LinkInfo> Links()
    {
        OnRead?.Invoke();
        if (Fault is not null)
            throw Fault;
        lock (_gate)
            return [.. _links];
    }

    public LinkInfo? Find(string name) => Links().FirstOrDefault(link => link.Name == name);

    public LinkInfo? Find(int ifindex) => Links().FirstOrDefault(link => link.Ifindex == ifindex);

    /// <summary>Reports an interface to a registry, as the kernel does.</summary>
    public void Tell(BondRegistry registry, long now, int ifindex) =>
        registry.Links.LinkReported(
            now,
            Find(ifindex)
                ?? new LinkInfo
                {
                    Ifindex = ifindex,
                    Name = "gone",
                    AddressBytes = [],
                    BroadcastBytes = [],
                }
        );

    public Sighting Look(Outlook outlook) =>
        new(
            Find(outlook.Device),
            null,
            false,
            Speeds.ToDictionary(
                pair => pair.Key,
                pair => new LinkStatus(true, Find(pair.Key) is { IsRunning: true }, pair.Value.SpeedMbps, pair.Value.Duplex)
            )
        );

    /// <summary>Called when a bond's interfaces are read with their counters.</summary>
    public Action? OnCounters { get; set; }

    public LinkReading Read(Outlook outlook)
    {
        OnCounters?.Invoke();
        var all = Links();
        var members = all.Where(link => outlook.Members.Contains(link.Ifindex));
        return new LinkReading(
            all.FirstOrDefault(link => link.Ifindex == outlook.Device) is { } device ? new NamedLink(device, null, null) : null,
            null,
            members.ToDictionary(link => link.Ifindex, static link => new NamedLink(link, null, null)),
            new Dictionary<int, RefusedFrames>()
        );
    }

    /// <summary>Speeds of interfaces, by number.</summary>
    public Dictionary<int, (uint SpeedMbps, Duplex Duplex)> Speeds { get; } = [];

    public HostResult SetUp(int ifindex, bool up) =>
        Do(() => Change(ifindex, link => link with { Flags = up ? LinkFlags.Up | LinkFlags.LowerUp | LinkFlags.Running : LinkFlags.None }));

    public Opened OpenBond(string name, DeviceRequest request, IBondJournal journal, BondReports reports) =>
        Open(() => new Device(this, Add(name, "tun").Ifindex, [], journal, reports));

    public Opened ReopenBond(string name, int? otherEnd, IReadOnlyList<SavedMember> members, IBondJournal journal, BondReports reports) =>
        Open(() => new Device(this, Find(name)!.Ifindex, members, journal, reports));

    string? INetwork.SetUp(int ifindex, bool up) => SetUp(ifindex, up).Problem;

    /// <summary>What the kernel remembers of bonds, by the number of the device.</summary>
    public Dictionary<int, byte[]> Remembered { get; } = [];

    /// <summary>What is left on interfaces.</summary>
    public List<Leftover> Left { get; } = [];

    /// <summary>Interfaces that cannot be given back.</summary>
    public HashSet<string> Stuck { get; } = [];

    public IReadOnlyList<byte[]> Memories() => [.. Remembered.Values];

    public IReadOnlyList<Leftover> Leftovers(IReadOnlySet<int> known) => [.. Left.Where(found => !known.Contains(found.Ifindex))];

    public void Unguard(int ifindex) { }

    public string? Remove(int ifindex)
    {
        Delete(ifindex);
        return null;
    }

    public string? GiveBack(SavedMember member)
    {
        if (Stuck.Contains(member.Name))
            return "Device or resource busy";
        GivenBack.Add(member.Name);
        if (Fault is not null)
            throw Fault;
        Assert.True(MacAddress.TryParse(member.Address, out var address));
        Change(member.Ifindex, link => link with { Flags = (LinkFlags)member.Flags, Mtu = member.Mtu, AddressBytes = Octets(address) });
        return null;
    }

    public void Dispose() { }

    /// <summary>Has a frame arrive on a member.</summary>
    public void Receive(LinkInfo member, byte[] frame)
    {
        Action<byte[]>? take;
        lock (_gate)
            _ends.TryGetValue(member.Ifindex, out take);
        take?.Invoke(frame);
    }

    private void Hear(int ifindex, Action<byte[]> take)
    {
        lock (_gate)
            _ends[ifindex] = take;
    }

    private void Send(int ifindex, ReadOnlySpan<byte> frame)
    {
        Action<byte[]>? take = null;
        lock (_gate)
        {
            if (_cables.TryGetValue(ifindex, out var other))
                _ends.TryGetValue(other, out take);
        }
        take?.Invoke(frame.ToArray());
    }

    private static byte[] Octets(MacAddress address)
    {
        var octets = new byte[MacAddress.Length];
        address.Write(octets);
        return octets;
    }

    private Opened Open(Func<Device> open)
    {
        if (NextFailure is { } problem)
        {
            NextFailure = null;
            return new Opened(null, problem);
        }
        return new Opened(open(), null);
    }

    /// <summary>Which change of an interface from now on is refused, once; 0 for none.</summary>
    public int RefuseNth { get; set; }

    /// <summary>From which change of an interface on all are refused; 0 for none.</summary>
    public int RefuseFrom { get; set; }

    private HostResult Do(Action change)
    {
        if ((RefuseNth > 0 && --RefuseNth == 0) || (RefuseFrom > 0 && --RefuseFrom == 0 && ++RefuseFrom > 0))
            return new HostResult("not with this device");
        if (NextFailure is { } problem)
        {
            NextFailure = null;
            return new HostResult(problem);
        }
        change();
        return HostResult.Done;
    }

    private sealed class Device(
        FakeNetwork network,
        int ifindex,
        IReadOnlyList<SavedMember> left,
        IBondJournal journal,
        BondReports reports
    ) : IBondDevice
    {
        private readonly List<SavedMember> _members = [];
        private readonly Dictionary<int, int> _slots = [];
        private readonly ConcurrentDictionary<int, ConcurrentQueue<byte[]>> _arrived = [];

        public int Ifindex => ifindex;

        public int? OtherEnd => null;

        public int? Netnsid => null;

        public DeviceKind Kind => DeviceKind.Tap;

        public LinkInfo? Read() => network.Find(ifindex);

        public HostResult SetUp(bool up) => network.SetUp(ifindex, up);

        public HostResult UsePassage(DevicePassage passage) => HostResult.Done;

        public ulong NoMemberDropped => 0;

        public ulong LeftByKernel => 0;

        public bool IsInKernel => false;

        public string DataPathReason => "this is no kernel";

        public SlotCounters PastDevice => default;

        public SlotCounters PastOfEarlierPath { get; set; }

        public void NoteRefused(LinkReading reading) { }

        public SlotCounters ReadCounters(int slot) => default;

        public ulong ControlExcess(int slot) => 7;

        public int TakeControl(int slot, Span<byte> frame)
        {
            if (!_arrived.TryGetValue(slot, out var waiting) || !waiting.TryDequeue(out var first))
                return 0;
            first.CopyTo(frame);
            return first.Length;
        }

        public void Inspect() { }

        public void InspectPrograms() { }

        public bool HasLostCarrier(LinkInfo reported) => reported.CarrierLosses > 0;

        public void SpeedSeen(int member, uint speedMbps, Duplex duplex) { }

        public void Remember(byte[] text) => network.Remembered[ifindex] = text;

        public void Renamed(string name) { }

        public HostResult UseDataPath(DataPathChoice choice) =>
            choice == DataPathChoice.Ebpf ? new HostResult("this is no kernel") : HostResult.Done;

        public void FirewallChanged() { }

        public void MemberRenamed(int member, string name) { }

        public void MemberSeen(LinkInfo link) { }

        public void SetPromiscuous(bool promiscuous) => network.Promiscuous += promiscuous ? 1 : 0;

        public void HearVlans() => network.HearVlans++;

        public HostResult Attach(in MemberSetup setup)
        {
            if (setup.IsKept)
                return Keep(setup);
            var saved = journal.Owed(setup.Ifindex) ?? SavedMember.From(network.Find(setup.Ifindex)!, [], null, now: 0);
            if (journal.Remember(saved) is { IsOk: false } lost)
                return lost;
            var mtu = setup.Mtu;
            network.Change(setup.Ifindex, link => link with { Mtu = mtu });
            if (setup.Address is { } address)
                network.Change(setup.Ifindex, link => link with { AddressBytes = Octets(address) });
            var result = network.SetUp(setup.Ifindex, true);
            if (result.IsOk)
            {
                _members.Add(saved);
                var slot = setup.Slot;
                _slots[slot] = setup.Ifindex;
                network.Hear(
                    setup.Ifindex,
                    frame =>
                    {
                        _arrived.GetOrAdd(slot, _ => []).Enqueue(frame);
                        reports.ControlArrived();
                    }
                );
            }
            else
                journal.Forget(setup.Ifindex);
            return result;
        }

        // A member is as it was left while it is up and has the address that it was given.
        private HostResult Keep(MemberSetup setup)
        {
            var link = network.Find(setup.Ifindex)!;
            if (!link.IsUp || (setup.Address is { } address && link.Address != address))
                return new HostResult("it is not as it was left");
            _members.Add(left.Single(saved => saved.Ifindex == setup.Ifindex));
            return HostResult.Done;
        }

        public void Detach(int member, int slot)
        {
            foreach (var saved in _members.Where(saved => saved.Ifindex == member).ToList())
            {
                _members.Remove(saved);
                if (network.GiveBack(saved) is { } problem)
                    journal.Owe(saved, problem);
                else
                    journal.Forget(member);
            }
        }

        public HostResult SetMemberAddress(int member, MacAddress address, bool mayGoDown = true) => SetAddress(member, address);

        public HostResult SetMemberMtu(int member, int mtu) => SetMtu(member, mtu);

        public HostResult SetBondAddress(MacAddress address) => SetAddress(ifindex, address);

        public HostResult SetBondMtu(int mtu) => SetMtu(ifindex, mtu);

        public void SetCarrier(bool up) { }

        public void SetSpeed(uint speedMbps, Duplex duplex) { }

        public LinkStatus ReadLink(int member) =>
            network.Find(member) is { } link ? new LinkStatus(link.IsUp, link.Flags.HasFlag(LinkFlags.LowerUp)) : LinkStatus.Gone;

        public void Publish(ForwardingPlan plan) { }

        public void AnnounceAddresses(int slot, bool ofOthers) { }

        public void AnnounceGroups(int slot) { }

        public bool SendControl(int slot, ReadOnlySpan<byte> frame)
        {
            if (_slots.TryGetValue(slot, out var member))
                network.Send(member, frame);
            return true;
        }

        public void KeepAnswer(int slot, ReadOnlySpan<byte> lacpdu, long due) { }

        public void WatchStack(IReadOnlyList<IPAddress>? targets)
        {
            if (targets is not null)
                reports.StackChanged(network.Stack);
        }

        public void ReadLoads(Span<ulong> bytes) => bytes.Clear();

        public ulong ToldAll => 0;

        public void HearAll(int ifindex, bool all) { }

        public ulong FramesReceived(int slot) => 0;

        public void Report(in BondEvent happened) => reports.Event(happened);

        public void Dispose()
        {
            network.Remembered.Remove(ifindex);
            network.Delete(ifindex);
        }

        private HostResult SetMtu(int target, int mtu) => network.Do(() => network.Change(target, link => link with { Mtu = mtu }));

        private HostResult SetAddress(int target, MacAddress address) =>
            network.Do(() => network.Change(target, link => link with { AddressBytes = Octets(address) }));
    }
}
