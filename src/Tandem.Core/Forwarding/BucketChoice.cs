using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tandem.Core.Hashing;
using Tandem.Core.Packets;

namespace Tandem.Core.Forwarding;

/// <summary>The choice of <see cref="TransmitRule.Buckets"/> for one frame of the host.</summary>
[StructLayout(LayoutKind.Auto)]
public readonly struct BucketChoice
{
    /// <summary>The bucket number of frames that are in no bucket.</summary>
    public const int None = BucketRule.Size;

    private readonly int _arp;

    private BucketChoice(int target, BucketReason reason, int bucket = None, int arp = 0, bool tellsAll = false) =>
        (Target, Reason, Bucket, _arp, TellsAll) = (target, reason, bucket, arp, tellsAll);

    /// <summary>The chosen member, as an index into <see cref="ForwardingPlan.Transmit"/>.</summary>
    public int Target { get; }

    /// <summary>The bucket that counts the frame's bytes; <see cref="None"/> if it is not balanced, or balanced without a
    /// table.</summary>
    public int Bucket { get; }

    /// <summary>Why this member was chosen.</summary>
    public BucketReason Reason { get; }

    /// <summary>Whether the frame is balanced. If not, the active member carries it, and its addresses stay as they are.</summary>
    public bool IsBalanced => Reason <= BucketReason.TellsPeer;

    /// <summary>
    /// True for a broadcast ARP request or gratuitous reply: every host that hears it replaces the address it had by the one in this
    /// packet.
    /// </summary>
    public bool TellsAll { get; }

    /// <summary>Chooses the member for a frame, given from its destination address on.</summary>
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

    /// <summary>Writes the member's address as the frame's source, in ARP also as the sender's hardware address.</summary>
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

    // Gratuitous ARP and ARP probes (sender 0.0.0.0) are left to the active member.
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

    // 33:33:00:00:00:01, the address of all IPv6 nodes.
    private static MacAddress AllNodes => new(0x3333_0000_0001);
}
