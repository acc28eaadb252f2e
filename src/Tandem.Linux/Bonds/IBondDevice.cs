using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths;

namespace Tandem.Linux.Bonds;

/// <summary>Device, data path and members of one bond: what the brain requests, and what the service requests in addition.</summary>
public interface IBondDevice : IBondHost, IDisposable
{
    /// <summary>Maximum stored length of a received control frame, in bytes.</summary>
    const int ControlFrameLength = Paths.Sockets.ControlFrames.FrameLength;

    /// <summary>Maximum number of waiting control frames of a slot.</summary>
    const int ControlFrameCapacity = Paths.Sockets.ControlFrames.Capacity + 1;

    /// <summary>Ifindex of the bond's device, in its network namespace.</summary>
    int Ifindex { get; }

    /// <summary>Ifindex of the device's other end, in the service's network namespace; null if it has none.</summary>
    int? OtherEnd { get; }

    /// <summary>ID of the device's network namespace; null for that of the service.</summary>
    int? Netnsid { get; }

    /// <summary>The kind of the bond's device.</summary>
    DeviceKind Kind { get; }

    /// <summary>Frames of the host that no member could carry.</summary>
    ulong NoMemberDropped { get; }

    /// <summary>Frames of the host that the kernel data path left to the service, because the plan was being written.</summary>
    ulong LeftByKernel { get; }

    /// <summary>Whether the kernel data path is in use, instead of the socket data path.</summary>
    bool IsInKernel { get; }

    /// <summary>Why this data path is in use, as text.</summary>
    string DataPathReason { get; }

    /// <summary>
    /// Frames that the bond's device does not count: those that bypassed it, and those dropped between it and the members in either
    /// direction, as of the last <see cref="NoteRefused"/>.
    /// </summary>
    SlotCounters PastDevice { get; }

    /// <summary>The part of <see cref="PastDevice"/> that is no longer in the kernel's maps and must be stored for the next
    /// service.</summary>
    SlotCounters PastOfEarlierPath { get; set; }

    /// <summary>Reads the bond's device, in whatever network namespace it is; null if it is gone.</summary>
    /// <exception cref="InvalidOperationException">The kernel does not answer.</exception>
    LinkInfo? Read();

    /// <summary>Sets the bond's device administratively up or down.</summary>
    HostResult SetUp(bool up);

    /// <summary>The bond's device was renamed.</summary>
    void Renamed(string name);

    /// <summary>Undoes changes of the device by other programs, and reports them. Waits for the kernel's lock on interfaces
    /// (RTNL).</summary>
    void Inspect();

    /// <summary>Reports programs that others detached, their restoration, and hooks that hide frames from them.</summary>
    void InspectPrograms();

    /// <summary>
    /// Whether a report shows that a member's carrier was lost after the member was last read (<see cref="IBondHost.ReadLink"/>), and is
    /// not a late copy of an earlier one. Does not query the kernel.
    /// </summary>
    bool HasLostCarrier(LinkInfo reported);

    /// <summary>
    /// Counters of a slot, including the drops of the member's device as of the last <see cref="NoteRefused"/>; zeros if the slot is not open.
    /// </summary>
    SlotCounters ReadCounters(int slot);

    /// <summary>Stores the counters of frames that the bond's interfaces refused.</summary>
    void NoteRefused(LinkReading reading);

    /// <summary>
    /// Takes the oldest waiting control frame of a slot and returns its length; 0 if none waits. At most <see
    /// cref="ControlFrameCapacity"/> frames of at most <see cref="ControlFrameLength"/> bytes wait.
    /// </summary>
    int TakeControl(int slot, Span<byte> frame);

    /// <summary>Control frames of a slot that were dropped because there were too many.</summary>
    ulong ControlExcess(int slot);

    /// <summary>
    /// Stores the bond's state for the next service in the kernel, in a map of the programs, if the kernel data path is in use (<see
    /// cref="Leftovers.ReadMemories"/>). Blocks neither on the disk nor on RTNL.
    /// </summary>
    void Remember(byte[] text);

    /// <summary>
    /// The firewall changed: restores guards that were removed or whose member was renamed, and reports egress chains that frames bypass.
    /// </summary>
    void FirewallChanged();

    /// <summary>A member was renamed; its guard follows.</summary>
    void MemberRenamed(int ifindex, string name);

    /// <summary>Updates speed and duplex of a member that were read elsewhere, for <see cref="IBondHost.ReadLink"/>.</summary>
    void SpeedSeen(int ifindex, uint speedMbps, Duplex duplex);

    /// <summary>
    /// Updates a member's flags. Promiscuous mode and the like are one flag for all who request it: a flag that differs from the one set
    /// here was changed by a user, and is restored to that state on release. Until then it is on while the bond or the user wants it.
    /// </summary>
    void MemberSeen(LinkInfo link);

    /// <summary>
    /// Sets whether members receive all unicast frames: while the bond's device is promiscuous (a bridge port, or below a macvlan).
    /// </summary>
    void SetPromiscuous(bool promiscuous);

    /// <summary>
    /// Makes members receive frames of all VLANs from now on; call it when the bond has VLAN devices. VLAN IDs can only be registered
    /// with a card by a VLAN device on it, so cards that filter VLANs become promiscuous.
    /// </summary>
    void HearVlans();
}
