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
    private readonly bool _changes;

    private BucketChoice(int target, int bucket = None, bool changes = false, int arp = 0, bool tellsAll = false) =>
        (Target, Bucket, _changes, _arp, TellsAll) = (target, bucket, changes, arp, tellsAll);

    /// <summary>The place in <see cref="ForwardingPlan.Transmit"/>.</summary>
    public int Target { get; }

    /// <summary>The bucket that the frame's bytes are counted on; <see cref="None"/> if it is not balanced, or by no table.</summary>
    public int Bucket { get; }

    /// <summary>True for an ARP request to all: every host that hears it learns the address that it is told, whichever it knew before.</summary>
    public bool TellsAll { get; }

    /// <summary>Chooses for a frame, from its destination address on.</summary>
    public static BucketChoice For(ForwardingPlan plan, BucketRule rule, ReadOnlySpan<byte> frame)
    {
        var unbalanced = new BucketChoice(rule.Active);
        if (!EthernetHeader.TryRead(frame, readTag: true, out var header) || header.Source != rule.Address)
            return unbalanced;
        var packet = frame[header.PayloadOffset..];
        return header.Type switch
        {
            EtherType.Arp when !rule.Peers.IsEmpty => ForArp(rule, header, packet) ?? unbalanced,
            EtherType.Ip4 when IsBalanced4(rule, header, packet) => Pick(
                plan,
                rule,
                frame,
                packet[(Ip4Header.Addresses + Ip4Header.AddressLength)..Ip4Header.Length]
            ),
            EtherType.Ip6 when IsBalanced6(rule, header, packet) => Pick(
                plan,
                rule,
                frame,
                packet[(Ip6Header.Addresses + Ip6Header.AddressLength)..Ip6Header.Length]
            ),
            _ => unbalanced,
        };
    }

    /// <summary>Gives the frame the address with which it is to leave, in ARP also as what peers are told.</summary>
    public void Readdress(BucketRule rule, Span<byte> frame)
    {
        if (!_changes)
            return;
        var source = rule.Sources[Target];
        source.Write(frame[MacAddress.Length..]);
        if (_arp > 0)
            source.Write(frame[_arp..]);
    }

    private static BucketChoice Pick(ForwardingPlan plan, BucketRule rule, ReadOnlySpan<byte> frame, ReadOnlySpan<byte> destination)
    {
        if (rule.Buckets.IsEmpty)
            return new((int)(FlowHash.Compute(plan.Policy, frame) % (uint)plan.Transmit.Length), changes: true);
        var bucket = rule.Peers.IsEmpty
            ? (int)(FlowHash.Compute(plan.Policy, frame) % BucketRule.Size)
            : BucketRule.PeerBucket(destination);
        return new(rule.Buckets[bucket], bucket, changes: true);
    }

    // What is told to nobody in particular (gratuitous) or asks whether an address is free (from 0.0.0.0) is the active member's.
    private static BucketChoice? ForArp(BucketRule rule, in EthernetHeader header, ReadOnlySpan<byte> packet)
    {
        if (!ArpPacket.TryRead(packet, out var arp) || arp.SenderMac != rule.Address)
            return null;
        if (arp.SenderIp is 0 || arp.SenderIp == arp.TargetIp)
            return null;
        Span<byte> peer = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(peer, arp.TargetIp);
        var target = rule.Peers[BucketRule.PeerBucket(peer)];
        return new(
            target,
            changes: true,
            arp: header.PayloadOffset + ArpPacket.SenderMacOffset,
            tellsAll: arp.IsRequest && header.Destination.IsMulticast
        );
    }

    private static bool IsBalanced4(BucketRule rule, in EthernetHeader header, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ip4Header.Length)
            return false;
        if (rule.Peers.IsEmpty)
            return !header.Destination.IsMulticast;
        return header.Destination != MacAddress.Broadcast
            && packet[Ip4Header.Protocol] != IpProtocol.Igmp
            && BinaryPrimitives.ReadUInt32BigEndian(packet[(Ip4Header.Addresses + Ip4Header.AddressLength)..]) != uint.MaxValue;
    }

    private static bool IsBalanced6(BucketRule rule, in EthernetHeader header, ReadOnlySpan<byte> packet)
    {
        if (packet.Length < Ip6Header.Length || ControlClass.IsNeighborDiscovery(packet))
            return false;
        if (rule.Peers.IsEmpty)
            return !header.Destination.IsMulticast;
        return header.Destination != MacAddress.Broadcast
            && header.Destination != AllNodes
            && packet.Slice(Ip6Header.Addresses, Ip6Header.AddressLength).ContainsAnyExcept((byte)0);
    }

    // 33:33:00:00:00:01, to which all IPv6 nodes listen.
    private static MacAddress AllNodes => new(0x3333_0000_0001);
}
