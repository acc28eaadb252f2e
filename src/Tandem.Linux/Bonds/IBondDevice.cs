using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths;

namespace Tandem.Linux.Bonds;

/// <summary>The device, the data path and the members of one bond: what its brain does to them, and what the service asks beside.</summary>
public interface IBondDevice : IBondHost, IDisposable
{
    /// <summary>The most that is kept of a control frame that arrives, in bytes.</summary>
    const int ControlFrameLength = Paths.Sockets.ControlFrames.FrameLength;

    /// <summary>Control frames of one slot that may wait.</summary>
    const int ControlFrameCapacity = Paths.Sockets.ControlFrames.Capacity + 1;

    /// <summary>The number of the bond's device, in the network namespace where it is.</summary>
    int Ifindex { get; }

    /// <summary>The number of the device's other end, in the service's network namespace; null if it has none.</summary>
    int? OtherEnd { get; }

    /// <summary>The id of the network namespace where the device is; null for that of the service.</summary>
    int? Netnsid { get; }

    /// <summary>What the bond's device is.</summary>
    DeviceKind Kind { get; }

    /// <summary>Frames of the host that no member could carry.</summary>
    ulong NoMemberDropped { get; }

    /// <summary>Frames of the host that the kernel left to the service, because the plan changed just then.</summary>
    ulong LeftByKernel { get; }

    /// <summary>Whether the kernel carries the frames, and not the service.</summary>
    bool IsInKernel { get; }

    /// <summary>Why the kernel or the service carries the frames, in words.</summary>
    string DataPathReason { get; }

    /// <summary>
    /// What the bond's device does not count: what the kernel carried past it, and frames dropped between it and the members in either direction,
    /// as of the last <see cref="NoteRefused"/>.
    /// </summary>
    SlotCounters PastDevice { get; }

    /// <summary>The part of it that the kernel's maps no longer have: it is to be remembered for the next process.</summary>
    SlotCounters PastOfEarlierPath { get; set; }

    /// <summary>The bond's device as it is now, in whatever network namespace; null if it is gone.</summary>
    /// <exception cref="InvalidOperationException">The kernel does not tell.</exception>
    LinkInfo? Read();

    /// <summary>Sets the bond's device administratively up or down.</summary>
    HostResult SetUp(bool up);

    /// <summary>Takes in that the bond's device has another name.</summary>
    void Renamed(string name);

    /// <summary>Puts back what others changed of the device, and tells about that. Waits for the kernel's lock on interfaces (RTNL).</summary>
    void Inspect();

    /// <summary>Tells of what others did to the programs in the kernel, what became of that, and what keeps frames from them.</summary>
    void InspectPrograms();

    /// <summary>
    /// Whether a report tells of a member's carrier that was lost after the member was last read (<see cref="IBondHost.ReadLink"/>), and is not
    /// the echo of something before. Asks the kernel nothing.
    /// </summary>
    bool HasLostCarrier(LinkInfo reported);

    /// <summary>
    /// What the data path counted on a slot, and what the member's device did not take as of the last <see cref="NoteRefused"/>; zeros if the slot
    /// is not open.
    /// </summary>
    SlotCounters ReadCounters(int slot);

    /// <summary>Takes in what the bond's interfaces have counted of frames that they did not take.</summary>
    void NoteRefused(LinkReading reading);

    /// <summary>
    /// Takes the oldest control frame that waits on a slot; its length, 0 if none does. No more than <see cref="ControlFrameCapacity"/>
    /// ever wait, and of each at most <see cref="ControlFrameLength"/> bytes.
    /// </summary>
    int TakeControl(int slot, Span<byte> frame);

    /// <summary>Control frames of a slot that were dropped because there were too many.</summary>
    ulong ControlExcess(int slot);

    /// <summary>
    /// Keeps what the next process is to know of the bond in the kernel, beside the programs that carry its frames, where there are any
    /// (<see cref="Leftovers.ReadMemories"/>). Blocks neither on the disk nor on the kernel's lock on interfaces.
    /// </summary>
    void Remember(byte[] text);

    /// <summary>
    /// Takes in that the firewall changed: guards members again whose guard someone else removed, or that have another name than their guard,
    /// and tells of chains that frames pass by.
    /// </summary>
    void FirewallChanged();

    /// <summary>Takes in that a member has another name; its guard takes that name too.</summary>
    void MemberRenamed(int ifindex, string name);

    /// <summary>Takes in the speed and duplex of a member that somebody else has read: <see cref="IBondHost.ReadLink"/> says the same from then on.</summary>
    void SpeedSeen(int ifindex, uint speedMbps, Duplex duplex);

    /// <summary>
    /// Takes in what flags a member has. There is one flag for all who want an interface to hear everything: one that is not as it was left
    /// was changed by a user, who gets it so when the interface is given back; until then it is on for as long as either wants it.
    /// </summary>
    void MemberSeen(LinkInfo link);

    /// <summary>
    /// Whether members hear all unicast frames: to be on while the bond's device is promiscuous itself (a bridge port, or below a
    /// macvlan).
    /// </summary>
    void SetPromiscuous(bool promiscuous);

    /// <summary>
    /// Lets members hear the frames of all VLANs from now on: to be called when the bond has VLAN devices. Their ids cannot be registered
    /// with a member's card without a VLAN device on it, so a card that filters becomes promiscuous, which ends its filter.
    /// </summary>
    void HearVlans();
}
