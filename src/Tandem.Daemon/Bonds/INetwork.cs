using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>The kernel's interfaces, as far as the service deals with them; tests put another in its place.</summary>
internal interface INetwork : IDisposable
{
    /// <summary>The interface of that name; null if there is none.</summary>
    LinkInfo? Find(string name);

    /// <summary>The interface of that number; null if there is none.</summary>
    LinkInfo? Find(int ifindex);

    /// <summary>All interfaces.</summary>
    IReadOnlyList<LinkInfo> Links();

    /// <summary>Makes the device of a bond.</summary>
    Opened OpenBond(string name, DeviceRequest request, IBondJournal journal, BondReports reports);

    /// <summary>Takes over the device of a bond that an earlier service left, with what is still known of the members.</summary>
    /// <param name="name">The bond's name.</param>
    /// <param name="otherEnd">The number of the device's other end; null for a TAP device.</param>
    /// <param name="members">What the members were like before they joined.</param>
    /// <param name="journal">Told of members that are taken and given back.</param>
    /// <param name="reports">Where news go.</param>
    Opened ReopenBond(string name, int? otherEnd, IReadOnlyList<SavedMember> members, IBondJournal journal, BondReports reports);

    /// <summary>Removes an interface. Says what went wrong, or null.</summary>
    string? Remove(int ifindex);

    /// <summary>Removes the guard of an interface that is gone.</summary>
    void Unguard(int ifindex);

    /// <summary>Gives an interface back that an earlier service had as a member. Says what went wrong, or null.</summary>
    string? GiveBack(SavedMember member);
}

/// <summary>The device and the data path of one bond.</summary>
internal interface IBondDevice : IBondHost, IDisposable
{
    /// <summary>The number of the bond's own interface, in the network namespace where it is.</summary>
    int Ifindex { get; }

    /// <summary>The number of the interface at its other end, in the service's network namespace; null if there is none.</summary>
    int? OtherEnd { get; }

    /// <summary>The id of the network namespace where the bond's own interface is; null for that of the service.</summary>
    int? Netnsid { get; }

    /// <summary>What the bond's interface is.</summary>
    DeviceKind Kind { get; }

    /// <summary>The bond's own interface as it is now, in whatever network namespace; null if it is gone.</summary>
    LinkInfo? Read();

    /// <summary>Sets the bond's own interface administratively up or down.</summary>
    HostResult SetUp(bool up);

    /// <summary>Frames of the host that no member could carry.</summary>
    ulong NoMemberDropped { get; }

    /// <summary>Frames of the host that the kernel left to the service.</summary>
    ulong LeftByKernel { get; }

    /// <summary>Whether the kernel carries the frames, and not the service.</summary>
    bool IsInKernel { get; }

    /// <summary>Why the kernel or the service carries the frames, in words.</summary>
    string DataPathReason { get; }

    /// <summary>Looks after the data path in the kernel, which others may have touched.</summary>
    void Inspect();

    /// <summary>Takes in that the bond's own interface has another name.</summary>
    void Renamed(string name);

    /// <summary>What the kernel carried past the bond's interface, which does not count it.</summary>
    Api.MemberCounters PastDevice { get; }

    /// <summary>The part of it that nothing but the service knows, for the state file.</summary>
    SlotCounters PastOfEarlierPath { get; set; }

    /// <summary>What the data path counted on a slot.</summary>
    Api.MemberCounters CountersOf(int slot);

    /// <summary>Takes the oldest control frame that waits on a slot; its length, 0 if none does.</summary>
    int TakeControl(int slot, Span<byte> frame);

    /// <summary>Control frames of a slot that were dropped because there were too many.</summary>
    ulong ControlExcess(int slot);

    /// <summary>Takes in that the firewall changed: keeps members' frames from the host's own stack again, where someone else ended that.</summary>
    void FirewallChanged();

    /// <summary>Takes in that a member has another name.</summary>
    void MemberRenamed(int ifindex, string name);

    /// <summary>Takes in a member's flags, which others may have changed.</summary>
    void MemberSeen(LinkInfo link);

    /// <summary>Lets members take frames for any address, as someone asks of the bond's interface.</summary>
    void SetPromiscuous(bool promiscuous);

    /// <summary>Lets members take frames of all VLANs from now on, as the bond has VLAN devices.</summary>
    void HearVlans();
}

/// <summary>What kind of device a bond is to get.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="DataPath">Who is to carry the frames, which goes with some kinds only.</param>
/// <param name="Queues">Transmit queues.</param>
internal sealed record DeviceRequest(DeviceKind Kind, DataPathChoice DataPath, int Queues);

/// <summary>Where the device of a bond sends its news. All are called on any thread, and must only pass them on.</summary>
/// <param name="Event">Something happened.</param>
/// <param name="MemberFault">The data path found a slot's interface down or gone. Says whether the news was taken.</param>
/// <param name="ControlArrived">A control frame waits on some slot.</param>
/// <param name="VerifierLog">All that the kernel's verifier said when it refused programs.</param>
/// <param name="StackChanged">What the host's IP stack has on the bond, where the brain asked for it.</param>
internal sealed record BondReports(
    Action<BondEvent> Event,
    Func<int, bool> MemberFault,
    Action ControlArrived,
    Action<string> VerifierLog,
    Action<HostStack> StackChanged
);

/// <summary>The device of a bond, or why there is none.</summary>
internal readonly record struct Opened(IBondDevice? Device, string? Problem);
