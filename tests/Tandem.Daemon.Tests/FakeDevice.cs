using System.Collections.Concurrent;
using System.Net;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Daemon.Bonds;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths;

namespace Tandem.Daemon.Tests;

/// <summary>A bond's device in a <see cref="FakeNetwork"/>: no data path; control frames go between members that are connected.</summary>
internal sealed class FakeDevice(
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
        var saved = journal.ToRestore(SavedMember.From(network.Find(setup.Ifindex)!, [], null, now: 0));
        if (journal.Remember(saved) is { IsOk: false } lost)
            return lost;
        network.Taken.Add(setup.Ifindex);
        var mtu = setup.Mtu;
        network.Change(setup.Ifindex, link => link with { Mtu = mtu });
        if (setup.Address is { } address)
            network.Change(setup.Ifindex, link => link with { AddressBytes = FakeNetwork.Octets(address) });
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

    // A member is unchanged if it is up and has the address that the service gave it.
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

    public void StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due) { }

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
        network.Do(() => network.Change(target, link => link with { AddressBytes = FakeNetwork.Octets(address) }));
}
