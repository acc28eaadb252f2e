using System.Collections.Immutable;
using Tandem.Core.Packets;

namespace Tandem.Core.Forwarding;

/// <summary>What <see cref="TransmitRule.Buckets"/> needs beside the slots: balance-tlb and balance-alb.</summary>
/// <remarks>
/// Only what the bond's own address sends is balanced, and leaves with an address of the member that carries it. What other stations send
/// through the bond (guests behind a bridge, macvlans) keeps its address and leaves on the active member, for a switch would otherwise see
/// them on one port after the other.
/// </remarks>
public sealed record BucketRule
{
    /// <summary>Entries of a table.</summary>
    public const int Size = 256;

    /// <summary>The bond's address.</summary>
    public required MacAddress Address { get; init; }

    /// <summary>The place of the active member in <see cref="ForwardingPlan.Transmit"/>: it carries what is not balanced.</summary>
    public required int Active { get; init; }

    /// <summary>The address with which frames leave, by place in <see cref="ForwardingPlan.Transmit"/>.</summary>
    public required ImmutableArray<MacAddress> Sources { get; init; }

    /// <summary>
    /// The place in <see cref="ForwardingPlan.Transmit"/> for each bucket; empty where the flow's hash picks among the slots
    /// (tlb_dynamic_lb 0).
    /// </summary>
    public ImmutableArray<byte> Buckets { get; init; } = [];

    /// <summary>
    /// The place in <see cref="ForwardingPlan.Transmit"/> by which IPv4 peers are to send, by <see cref="PeerBucket"/>: what ARP tells
    /// them. Empty where arriving traffic is not balanced (balance-tlb).
    /// </summary>
    public ImmutableArray<byte> Peers { get; init; } = [];

    /// <summary>
    /// A bit for each slot from which frames to the bond's address, or to one of <see cref="Stations"/>, are delivered, beside
    /// <see cref="ForwardingPlan.Deliver"/>. What a switch floods to all members for other stations is not.
    /// </summary>
    public ulong DeliverToStation { get; init; }

    /// <summary>Addresses of members; frames to one of them are the bond's, and get its address before they are delivered.</summary>
    public ImmutableArray<MacAddress> Stations { get; init; } = [];

    /// <summary>The bucket of an IPv4 or IPv6 address: all its bytes, one by one, as with the driver's balance-alb.</summary>
    public static byte PeerBucket(ReadOnlySpan<byte> address)
    {
        byte bucket = 0;
        foreach (var octet in address)
            bucket ^= octet;
        return bucket;
    }

    /// <summary>Whether a frame that arrives on a slot is delivered because it is sent to the bond, or to one of its members.</summary>
    public bool Delivers(int slot, ReadOnlySpan<byte> frame) =>
        (DeliverToStation >> slot & 1) != 0
        && frame.Length >= EthernetHeader.Length
        && MacAddress.Read(frame) is var destination
        && (destination == Address || Stations.AsSpan().Contains(destination));

    /// <summary>Gives a frame that is delivered, and that was sent to a member's address, the bond's.</summary>
    public void ToBond(Span<byte> frame)
    {
        if (!Stations.IsEmpty && frame.Length >= EthernetHeader.Length && Stations.AsSpan().Contains(MacAddress.Read(frame)))
            Address.Write(frame);
    }

    /// <summary>Whether two rules treat every frame alike.</summary>
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
