using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tandem.Core.Hashing;
using Tandem.Core.Packets;

namespace Tandem.Core.Forwarding;

/// <summary>What <see cref="TransmitRule.Buckets"/> says of one frame of the host.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct BucketChoice
{
    /// <summary>The bucket of a frame that is in none: the number behind those of the buckets.</summary>
    public const int None = BucketRule.Size;

    private readonly int _arp;

    private BucketChoice(int target, BucketReason reason, int bucket = None, int arp = 0, bool tellsAll = false) =>
        (Target, Reason, Bucket, _arp, TellsAll) = (target, reason, bucket, arp, tellsAll);

    /// <summary>The place in <see cref="ForwardingPlan.Transmit"/>.</summary>
    public int Target { get; }

    /// <summary>The bucket that the frame's bytes are counted on; <see cref="None"/> if it is not balanced, or by no table.</summary>
    public int Bucket { get; }

    /// <summary>Why it is that member.</summary>
    public BucketReason Reason { get; }

    /// <summary>False for a frame that the active member carries because it is not balanced, and that leaves as it is.</summary>
    public bool IsBalanced => Reason <= BucketReason.TellsPeer;

    /// <summary>
    /// True for an ARP request, or a gratuitous answer, to all: every host that hears it learns the address that it is told, whichever it knew
    /// before.
    /// </summary>
    public bool TellsAll { get; }

    /// <summary>Chooses for a frame, from its destination address on.</summary>
    public static BucketChoice For(ForwardingPlan plan, BucketRule rule, ReadOnlySpan<byte> frame)
    {
        if (!EthernetHeader.TryRead(frame, readTag: true, out var header))
            return new(rule.Active, BucketReason.CutOff);
        if (header.Source != rule.Address)
            return new(rule.Active, BucketReason.OtherStation);
        var packet = frame[header.PayloadOffset..];
        return header.Type switch
        {
            EtherType.Arp when !rule.Peers.IsEmpty => ForArp(rule, header, packet),
            EtherType.Ip4 => WhyNot4(rule, header, packet) is { } reason
                ? new(rule.Active, reason)
                : Pick(plan, rule, frame, packet[(Ip4Header.Addresses + Ip4Header.AddressLength)..Ip4Header.Length]),
            EtherType.Ip6 => WhyNot6(rule, header, packet) is { } reason
                ? new(rule.Active, reason)
                : Pick(plan, rule, frame, packet[(Ip6Header.Addresses + Ip6Header.AddressLength)..Ip6Header.Length]),
            _ => new(rule.Active, BucketReason.OtherProtocol),
        };
    }

    /// <summary>Gives the frame the address with which it is to leave, in ARP also as what peers are told.</summary>
    public void Readdress(BucketRule rule, Span<byte> frame)
    {
        if (!IsBalanced)
            return;
        var source = rule.Sources[Target];
        source.Write(frame[MacAddress.Length..]);
        if (_arp > 0)
            source.Write(frame[_arp..]);
    }

    private static BucketChoice Pick(ForwardingPlan plan, BucketRule rule, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> destination)
    {
        if (rule.Buckets.IsEmpty)
            return new((int)(FlowHash.Compute(plan.Policy, frame) % (uint)plan.Transmit.Length), BucketReason.Hash);
        if (!rule.Peers.IsEmpty)
            return Of(rule, BucketReason.DestinationBucket, BucketRule.PeerBucket(destination));
        return Of(rule, BucketReason.FlowBucket, (int)(FlowHash.Compute(plan.Policy, frame) % BucketRule.Size));
    }

    private static BucketChoice Of(BucketRule rule, BucketReason reason, int bucket) => new(rule.Buckets[bucket], reason, bucket);

    // What is told to nobody in particular (gratuitous) or asks whether an address is free (from 0.0.0.0) is the active member's.
    private static BucketChoice ForArp(BucketRule rule, in EthernetHeader header, ReadOnlySpan<byte> packet)
    {
        if (!ArpPacket.TryRead(packet, out var arp) || arp.SenderMac != rule.Address)
            return new(rule.Active, BucketReason.OtherArp);
        if (arp.SenderIp is 0)
            return new(rule.Active, BucketReason.ArpToAll);
        if (arp.SenderIp == arp.TargetIp)
            return new(rule.Active, BucketReason.ArpToAll, tellsAll: header.Destination.IsMulticast);
        Span<byte> peer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(peer, arp.TargetIp);
        return new(
            rule.Peers[BucketRule.PeerBucket(peer)],
            BucketReason.TellsPeer,
            arp: header.PayloadOffset + ArpPacket.SenderMacOffset,
            tellsAll: arp.IsRequest && header.Destination.IsMulticast
        );
    }

    // Why an IPv4 packet is not balanced; null if it is.
    private static BucketReason? WhyNot4(BucketRule rule, in EthernetHeader header, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ip4Header.Length)
            return BucketReason.CutOff;
        if (rule.Peers.IsEmpty)
            return header.Destination.IsMulticast ? BucketReason.ToGroup : null;
        if (
            header.Destination == MacAddress.Broadcast
            || BinaryPrimitives.ReadUInt32BigEndian(packet[(Ip4Header.Addresses + Ip4Header.AddressLength)..]) == uint.MaxValue
        )
            return BucketReason.ToAll;
        return packet[Ip4Header.Protocol] == IpProtocol.Igmp ? BucketReason.Igmp : null;
    }

    private static BucketReason? WhyNot6(BucketRule rule, in EthernetHeader header, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ip6Header.Length)
            return BucketReason.CutOff;
        if (ControlClass.IsNeighborDiscovery(packet))
            return BucketReason.NeighborDiscovery;
        if (rule.Peers.IsEmpty)
            return header.Destination.IsMulticast ? BucketReason.ToGroup : null;
        if (header.Destination == MacAddress.Broadcast || header.Destination == AllNodes)
            return BucketReason.ToAll;
        return packet.Slice(Ip6Header.Addresses, Ip6Header.AddressLength).ContainsAnyExcept((byte)0) ? null : BucketReason.FromNoAddress;
    }

    // 33:33:00:00:00:01, to which all IPv6 nodes listen.
    private static MacAddress AllNodes => new(0x3333_0000_0001);
}
