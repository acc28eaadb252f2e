using System.Net;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;

namespace Tandem.Core.Explaining;

/// <summary>Says in words why a frame is balanced or not.</summary>
internal static class BucketWords
{
    private const string Active = "not balanced, so the active member carries it: ";

    /// <summary>The words for a reason that <see cref="BucketChoice"/> gave for a frame.</summary>
    public static string Of(BucketReason reason, ReadOnlySpan<byte> frame) =>
        reason switch
        {
            BucketReason.FlowBucket => "balanced: the hash says the bucket, the load who carries it",
            BucketReason.DestinationBucket => $"balanced: {PeerOf(frame)} says the bucket, the load who carries it",
            BucketReason.Hash => "balanced: by the hash alone (tlb_dynamic_lb 0)",
            BucketReason.TellsPeer => $"balanced: ARP tells {PeerOf(frame)} this member's address, to send by it",
            BucketReason.CutOff => $"{Active}it ends within its headers",
            BucketReason.OtherStation => $"{Active}its source is not the bond's address",
            BucketReason.OtherProtocol => $"{Active}it is neither IPv4 nor IPv6",
            BucketReason.ArpToAll => $"{Active}ARP that is told to all, or asks whether an address is free",
            BucketReason.OtherArp => $"{Active}ARP of another station, or that cannot be read",
            BucketReason.ToGroup => $"{Active}it is sent to a group",
            BucketReason.ToAll => $"{Active}it is sent to all",
            BucketReason.Igmp => $"{Active}IGMP",
            BucketReason.NeighborDiscovery => $"{Active}IPv6 neighbour discovery",
            BucketReason.FromNoAddress => $"{Active}IPv6 from no address",
            _ => throw new ArgumentOutOfRangeException(nameof(reason), reason, null),
        };

    // Only of frames whose headers the choice has read.
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
