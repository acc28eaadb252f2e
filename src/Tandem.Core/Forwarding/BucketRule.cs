using System.Collections.Immutable;
using Tandem.Core.Packets;

namespace Tandem.Core.Forwarding;

/// <summary>Parameters of <see cref="TransmitRule.Buckets"/>: balance-tlb and balance-alb.</summary>
/// <remarks>
/// Only frames with the bond's source address are balanced; they leave with the source address of their member. Frames of other stations
/// behind the bond (guests on a bridge, macvlans) keep their address and leave on the active member. Otherwise a switch would see these
/// stations move between ports.
/// </remarks>
public sealed record BucketRule
{
    /// <summary>Number of buckets in a table.</summary>
    public const int Size = 256;

    /// <summary>The bond's address.</summary>
    public required MacAddress Address { get; init; }

    /// <summary>Index of the active member in <see cref="ForwardingPlan.Transmit"/>; it carries what is not balanced.</summary>
    public required int Active { get; init; }

    /// <summary>Source address of each member's frames, by index in <see cref="ForwardingPlan.Transmit"/>.</summary>
    public required ImmutableArray<MacAddress> Sources { get; init; }

    /// <summary>
    /// Index into <see cref="ForwardingPlan.Transmit"/> by bucket. Empty if the flow's hash picks the member directly (tlb_dynamic_lb 0).
    /// </summary>
    public ImmutableArray<byte> Buckets { get; init; } = [];

    /// <summary>
    /// Index into <see cref="ForwardingPlan.Transmit"/> by <see cref="PeerBucket"/>: the member whose address ARP gives to IPv4 peers.
    /// Empty where received traffic is not balanced (balance-tlb).
    /// </summary>
    public ImmutableArray<byte> Peers { get; init; } = [];

    /// <summary>
    /// Bit mask of slots that also deliver frames to the bond's address or to one of <see cref="Stations"/>, beside the slots of <see
    /// cref="ForwardingPlan.Deliver"/>. Frames to other stations that a switch floods to all members are not delivered.
    /// </summary>
    public ulong DeliverToStation { get; init; }

    /// <summary>Addresses of members. The destination of frames to them is replaced by the bond's address before delivery.</summary>
    public ImmutableArray<MacAddress> Stations { get; init; } = [];

    /// <summary>The bucket of an IPv4 or IPv6 address: exclusive or of all its bytes, as in the driver's balance-alb.</summary>
    public static byte PeerBucket(ReadOnlySpan<byte> address)
    {
        byte bucket = 0;
        foreach (var octet in address)
            bucket ^= octet;
        return bucket;
    }

    /// <summary>Whether a frame is delivered because its destination is the bond or one of <see cref="Stations"/>.</summary>
    public bool Delivers(int slot, ReadOnlySpan<byte> frame) =>
        (DeliverToStation >> slot & 1) != 0
        && frame.Length >= EthernetHeader.Length
        && MacAddress.Read(frame) is var destination
        && (destination == Address || Stations.AsSpan().Contains(destination));

    /// <summary>Replaces a destination among <see cref="Stations"/> by the bond's address.</summary>
    public void ToBond(Span<byte> frame)
    {
        if (!Stations.IsEmpty && frame.Length >= EthernetHeader.Length && Stations.AsSpan().Contains(MacAddress.Read(frame)))
            Address.Write(frame);
    }

    /// <summary>Whether both rules treat every frame alike.</summary>
    public bool SameAs(BucketRule? other) =>
        other is not null
        && Address == other.Address
        && Active == other.Active
        && DeliverToStation == other.DeliverToStation
        && Sources.AsSpan().SequenceEqual(other.Sources.AsSpan())
        && Buckets.AsSpan().SequenceEqual(other.Buckets.AsSpan())
        && Peers.AsSpan().SequenceEqual(other.Peers.AsSpan())
        && Stations.AsSpan().SequenceEqual(other.Stations.AsSpan());
}
