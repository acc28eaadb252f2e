using System.Net;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;

namespace Tandem.Core.Explaining;

/// <summary>Explains why a frame is balanced or not.</summary>
internal static class BucketWords
{
    private const string Active = "not balanced, so the active member carries it: ";

    /// <summary>Text for the reason that <see cref="BucketChoice"/> gave for a frame.</summary>
    public static string Of(BucketReason reason, ReadOnlySpan<byte> frame) =>
        reason switch
        {
            BucketReason.FlowBucket => "balanced: the hash picks the bucket, and the measured load the bucket's member",
            BucketReason.DestinationBucket =>
                $"balanced: the address {PeerOf(frame)} picks the bucket, and the measured load the bucket's member",
            BucketReason.Hash => "balanced by the hash alone (tlb_dynamic_lb 0)",
            BucketReason.TellsPeer => $"balanced: the ARP packet gives {PeerOf(frame)} this member's address to send to",
            BucketReason.CutOff => $"{Active}it is cut off within its headers",
            BucketReason.OtherStation => $"{Active}its source is not the bond's address",
            BucketReason.OtherProtocol => $"{Active}it is neither IPv4 nor IPv6",
            BucketReason.ArpToAll => $"{Active}gratuitous ARP, or an ARP probe for a free address",
            BucketReason.OtherArp => $"{Active}ARP of another station, or malformed ARP",
            BucketReason.ToGroup => $"{Active}its destination is a group address",
            BucketReason.ToAll => $"{Active}it is a broadcast",
            BucketReason.Igmp => $"{Active}IGMP",
            BucketReason.NeighborDiscovery => $"{Active}IPv6 neighbour discovery",
            BucketReason.FromNoAddress => $"{Active}its IPv6 source is the unspecified address",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
        };

    // Called only for frames whose headers BucketChoice has read.
    private static IPAddress PeerOf(ReadOnlySpan<byte> frame)
    {
        EthernetHeader.TryRead(frame, readTag: true, out var header);
        var packet = frame[header.PayloadOffset..];
        if (header.Type == EtherType.Ip6)
            return new IPAddress(packet.Slice(Ip6Header.Addresses + Ip6Header.AddressLength, Ip6Header.AddressLength));
        if (header.Type == EtherType.Ip4)
            return new IPAddress(packet.Slice(Ip4Header.Addresses + Ip4Header.AddressLength, Ip4Header.AddressLength));
        return new IPAddress(packet.Slice(ArpPacket.TargetIpOffset, Ip4Header.AddressLength));
    }
}
