using System.Collections.Immutable;
using System.Runtime.InteropServices;
using Tandem.Core.Hashing;

namespace Tandem.Core.Forwarding;

/// <summary>How a plan picks the member that carries a frame of the host.</summary>
public enum TransmitRule : byte
{
    /// <summary>No member can carry frames: drop them.</summary>
    None = 0,

    /// <summary>All frames leave on <see cref="ForwardingPlan.Transmit"/>[0].</summary>
    One = 1,

    /// <summary>Members take turns, <see cref="ForwardingPlan.PacketsPerMember"/> frames each.</summary>
    RoundRobin = 2,

    /// <summary>The flow's hash picks the member.</summary>
    Hash = 3,

    /// <summary>Each member carries a copy.</summary>
    Broadcast = 4,

    /// <summary>A table of buckets picks the member, by <see cref="ForwardingPlan.Balancing"/>.</summary>
    Buckets = 5,
}

/// <summary>
/// What is to be done with each frame, decided beforehand. A data path needs nothing beside it and never asks the brain.
/// Members appear as slots: small numbers that a member keeps for as long as it belongs to the bond.
/// </summary>
public sealed record ForwardingPlan
{
    /// <summary>Members that a bond can have; slots run from 0 to one less.</summary>
    public const int MaxMembers = 64;

    /// <summary>The plan of a bond without members: everything is dropped.</summary>
    public static ForwardingPlan Empty { get; } = new();

    /// <summary>Counts up with each plan of a bond; 0 is <see cref="Empty"/>.</summary>
    public long Generation { get; init; }

    /// <summary>How the member for a frame is picked.</summary>
    public TransmitRule Rule { get; init; }

    /// <summary>The hash for <see cref="TransmitRule.Hash"/>.</summary>
    public HashPolicy Policy { get; init; }

    /// <summary>Frames that a member carries before the turn passes on, for <see cref="TransmitRule.RoundRobin"/>; 0 picks at random.</summary>
    public uint PacketsPerMember { get; init; } = 1;

    /// <summary>
    /// Slots to pick from, in member order. For <see cref="TransmitRule.RoundRobin"/> one entry a member, where a member that cannot
    /// carry frames is replaced by the next one that can; for the other rules only members that can.
    /// </summary>
    public ImmutableArray<byte> Transmit { get; init; } = [];

    /// <summary>
    /// For <see cref="TransmitRule.One"/>: the slots that carry the frames if the one in <see cref="Transmit"/> fails, in order of preference. Only
    /// told so far: a data path waits for the next plan.
    /// </summary>
    public ImmutableArray<byte> Standby { get; init; } = [];

    /// <summary>The slot that carries IGMP under <see cref="TransmitRule.RoundRobin"/>, so that one switch port has the memberships; -1 if none.</summary>
    public int GroupSlot { get; init; } = -1;

    /// <summary>
    /// Transmit queues of the bond's device whose frames leave on a member of their own, whatever the rule says: only members that can.
    /// A data path whose device has one queue knows none.
    /// </summary>
    public ImmutableArray<QueueSlot> Queues { get; init; } = [];

    /// <summary>Whether ARP and neighbour discovery leave on all members, whatever the rule says (broadcast_neighbor).</summary>
    public bool BroadcastsNeighbors { get; init; }

    /// <summary>What <see cref="TransmitRule.Buckets"/> needs; null for the other rules.</summary>
    public BucketRule? Balancing { get; init; }

    /// <summary>A bit for each slot: frames that arrive there are delivered to the host. Frames on other slots are dropped and counted.</summary>
    public ulong Deliver { get; init; }

    /// <summary>The control frames that the brain hears, on whatever slot they arrive; else they are frames like all others.</summary>
    public ControlFrameKinds Hears { get; init; }

    /// <summary>Whether each of <see cref="Transmit"/> carries a copy of a frame of the host.</summary>
    public bool Broadcasts(ReadOnlySpan<byte> frame) =>
        Rule == TransmitRule.Broadcast
        || (
            BroadcastsNeighbors
            && ControlClass.Of(frame, hasTag: false) is { Kind: ControlFrameKinds.Arp or ControlFrameKinds.NeighborDiscovery }
        );

    /// <summary>Whether all frames that arrive on a slot reach the host.</summary>
    public bool Delivers(int slot) => (Deliver >> slot & 1) != 0;

    /// <summary>Whether a frame that arrives on a slot reaches the host.</summary>
    public bool Delivers(int slot, ReadOnlySpan<byte> frame) => Delivers(slot) || (Balancing?.Delivers(slot, frame) ?? false);

    /// <summary>Whether two plans treat every frame alike, whatever their generation.</summary>
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

/// <summary>A transmit queue of the bond's device and the member that carries it.</summary>
/// <param name="Queue">The queue's number, from 1 on.</param>
/// <param name="Slot">The member's slot.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct QueueSlot(ushort Queue, byte Slot);
