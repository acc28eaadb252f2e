using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tandem.Core.Hashing;

namespace Tandem.Core.Forwarding;

/// <summary>How a plan picks the member for a frame of the host.</summary>
public enum TransmitRule : byte
{
    /// <summary>No member can carry frames: drop all.</summary>
    None = 0,

    /// <summary>All frames leave on <see cref="ForwardingPlan.Transmit"/>[0].</summary>
    One = 1,

    /// <summary>Members take turns, with <see cref="ForwardingPlan.PacketsPerMember"/> frames each.</summary>
    RoundRobin = 2,

    /// <summary>The flow's hash picks the member.</summary>
    Hash = 3,

    /// <summary>Each member carries a copy.</summary>
    Broadcast = 4,

    /// <summary>A table of buckets picks the member; see <see cref="ForwardingPlan.Balancing"/>.</summary>
    Buckets = 5,
}

/// <summary>
/// Immutable instructions for every frame. A data path needs nothing else and never asks the brain. Members appear as slots, small
/// numbers that a member keeps while it belongs to the bond.
/// </summary>
public sealed record ForwardingPlan
{
    /// <summary>Maximum number of members of a bond; slots are 0 to one less.</summary>
    public const int MaxMembers = 64;

    /// <summary>The plan of a bond without members: every frame is dropped.</summary>
    public static ForwardingPlan Empty { get; } = new();

    /// <summary>Increases with each plan of a bond; 0 is <see cref="Empty"/>.</summary>
    public long Generation { get; init; }

    /// <summary>How the member for a frame is picked.</summary>
    public TransmitRule Rule { get; init; }

    /// <summary>The hash for <see cref="TransmitRule.Hash"/>.</summary>
    public HashPolicy Policy { get; init; }

    /// <summary>Frames per turn for <see cref="TransmitRule.RoundRobin"/>; 0 picks a member at random for each frame.</summary>
    public uint PacketsPerMember { get; init; } = 1;

    /// <summary>
    /// Slots to pick from, in member order. <see cref="TransmitRule.RoundRobin"/> has one entry for each member; a member that cannot
    /// carry frames is replaced by the next that can. Other rules list only members that can.
    /// </summary>
    public ImmutableArray<byte> Transmit { get; init; } = [];

    /// <summary>
    /// For <see cref="TransmitRule.One"/>: the slots that take over if the one in <see cref="Transmit"/> fails, in order of preference.
    /// For display only: data paths wait for the next plan.
    /// </summary>
    public ImmutableArray<byte> Standby { get; init; } = [];

    /// <summary>The slot that sends IGMP under <see cref="TransmitRule.RoundRobin"/>, so that a switch sees all memberships on one port;
    /// -1 if none.</summary>
    public int GroupSlot { get; init; } = -1;

    /// <summary>
    /// Transmit queues of the bond's device whose frames leave on their own member, regardless of the rule; only members that can carry
    /// frames. A data path whose device has one queue ignores them.
    /// </summary>
    public ImmutableArray<QueueSlot> Queues { get; init; } = [];

    /// <summary>Whether ARP and neighbour discovery leave on all members, regardless of the rule (broadcast_neighbor).</summary>
    public bool BroadcastsNeighbors { get; init; }

    /// <summary>Parameters of <see cref="TransmitRule.Buckets"/>; null for other rules.</summary>
    public BucketRule? Balancing { get; init; }

    /// <summary>Bit mask of slots whose received frames are delivered to the host. Frames received on other slots are dropped and
    /// counted.</summary>
    public ulong Deliver { get; init; }

    /// <summary>Control frames that the brain receives, from all slots.</summary>
    public ControlFrameKinds Hears { get; init; }

    /// <summary>Whether each member in <see cref="Transmit"/> sends a copy of the frame.</summary>
    public bool Broadcasts(ReadOnlySpan<byte> frame) =>
        Rule == TransmitRule.Broadcast
        || (
            BroadcastsNeighbors
            && ControlClass.Of(frame, hasTag: false) is { Kind: ControlFrameKinds.Arp or ControlFrameKinds.NeighborDiscovery }
        );

    /// <summary>Whether all frames received on a slot are delivered to the host.</summary>
    public bool Delivers(int slot) => (Deliver >> slot & 1) != 0;

    /// <summary>Whether a frame received on a slot is delivered to the host.</summary>
    public bool Delivers(int slot, ReadOnlySpan<byte> frame) => Delivers(slot) || (Balancing?.Delivers(slot, frame) ?? false);

    /// <summary>Whether both plans treat every frame alike, apart from their generations.</summary>
    public bool SameAs(ForwardingPlan other) =>
        Rule == other.Rule
        && Policy == other.Policy
        && PacketsPerMember == other.PacketsPerMember
        && GroupSlot == other.GroupSlot
        && Deliver == other.Deliver
        && Hears == other.Hears
        && BroadcastsNeighbors == other.BroadcastsNeighbors
        && (Balancing?.SameAs(other.Balancing) ?? other.Balancing is null)
        && Transmit.AsSpan().SequenceEqual(other.Transmit.AsSpan())
        && Standby.AsSpan().SequenceEqual(other.Standby.AsSpan())
        && Queues.AsSpan().SequenceEqual(other.Queues.AsSpan());
}

/// <summary>A transmit queue of the bond's device, and the member that sends its frames.</summary>
/// <param name="Queue">The queue's number, from 1 on.</param>
/// <param name="Slot">The member's slot.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QueueSlot(ushort Queue, byte Slot);
