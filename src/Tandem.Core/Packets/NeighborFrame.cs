using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>
/// The addresses in an ARP or IPv6 neighbour discovery frame. The frame may come from anyone: nothing in it can be trusted.
/// </summary>
public readonly ref struct NeighborFrame
{
    private const byte AdvertisementType = 136;

    /// <summary>The destination MAC address.</summary>
    public MacAddress Destination { get; private init; }

    /// <summary>The source MAC address.</summary>
    public MacAddress Source { get; private init; }

    /// <summary>Whether it is ARP; otherwise it is neighbour discovery.</summary>
    public bool IsArp { get; private init; }

    /// <summary>Whether it is an ARP reply.</summary>
    public bool IsArpReply { get; private init; }

    /// <summary>The sender's IP address: ARP's sender address, or the IPv6 source address.</summary>
    public ReadOnlySpan<byte> Sender { get; private init; }

    /// <summary>The receiver's IP address: ARP's target address, or the IPv6 destination address.</summary>
    public ReadOnlySpan<byte> Target { get; private init; }

    /// <summary>Reads a frame; false if it is neither ARP nor neighbour discovery, or cut off. VLAN tags are skipped.</summary>
    /// <param name="frame">The frame from its destination address on, of any length.</param>
    /// <param name="read">The addresses.</param>
    public static bool TryRead(ReadOnlySpan<byte> frame, out NeighborFrame read)
    {
        read = default;
        if (frame.Length < EthernetHeader.Length)
            return false;
        var offset = EthernetHeader.Length;
        var type = TypeBefore(frame, offset);
        for (var tags = 0; tags < EthernetWriter.MaxTags && EtherType.IsVlan(type); tags++)
        {
            offset += EthernetHeader.TagLength;
            if (frame.Length < offset)
                return false;
            type = TypeBefore(frame, offset);
        }
        return type switch
        {
            EtherType.Arp => TryReadArp(frame, frame[offset..], out read),
            EtherType.Ip6 => TryReadNeighbor(frame, frame[offset..], out read),
            _ => false,
        };
    }

    private static bool TryReadArp(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> packet, out NeighborFrame read)
    {
        read = default;
        if (!ArpPacket.TryReadAny(packet, out var arp))
            return false;
        read = new NeighborFrame
        {
            Destination = MacAddress.Read(frame),
            Source = MacAddress.Read(frame[MacAddress.Length..]),
            IsArp = true,
            IsArpReply = arp.IsReply,
            Sender = arp.Sender,
            Target = arp.Target,
        };
        return true;
    }

    private static bool TryReadNeighbor(ReadOnlySpan<byte> frame, ReadOnlySpan<byte> packet, out NeighborFrame read)
    {
        read = default;
        if (
            packet.Length <= Ip6Header.Length
            || packet[Ip6Header.NextHeader] != IpProtocol.Icmp6
            || packet[Ip6Header.HopLimit] != Ip6Header.NeighborHopLimit
            || packet[Ip6Header.Length] is not (NeighborSolicitation.Type or AdvertisementType)
        )
            return false;
        read = new NeighborFrame
        {
            Destination = MacAddress.Read(frame),
            Source = MacAddress.Read(frame[MacAddress.Length..]),
            Sender = packet.Slice(Ip6Header.Addresses, Ip6Header.AddressLength),
            Target = packet.Slice(Ip6Header.Addresses + Ip6Header.AddressLength, Ip6Header.AddressLength),
        };
        return true;
    }

    private static ushort TypeBefore(ReadOnlySpan<byte> frame, int payload) =>
        BinaryPrimitives.ReadUInt16BigEndian(frame[(payload - sizeof(ushort))..]);
}
