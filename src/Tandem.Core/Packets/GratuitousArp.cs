using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>
/// A gratuitous ARP request (RFC 5227, section 3): a station asks for its own address, and switches and neighbours learn where
/// it is now.
/// </summary>
public static class GratuitousArp
{
    /// <summary>Longest frame.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpLength;

    private const int ArpLength = 28;
    private const ushort Ethernet = 1;
    private const ushort Request = 1;

    /// <summary>Writes a frame and says how long it is.</summary>
    /// <param name="frame">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="source">The station.</param>
    /// <param name="address">Its IPv4 address.</param>
    /// <param name="tag">The VLAN; null for none.</param>
    public static int Write(Span<byte> frame, MacAddress source, ReadOnlySpan<byte> address, OuterTag? tag)
    {
        var offset = EthernetWriter.Write(frame, MacAddress.Broadcast, source, tag, EtherType.Arp);
        var arp = frame.Slice(offset, ArpLength);
        BinaryPrimitives.WriteUInt16BigEndian(arp, Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], EtherType.Ip4);
        arp[4] = MacAddress.Length;
        arp[5] = Ip4Header.AddressLength;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], Request);
        source.Write(arp[8..]);
        address[..Ip4Header.AddressLength].CopyTo(arp[14..]);
        arp.Slice(18, MacAddress.Length).Clear();
        address[..Ip4Header.AddressLength].CopyTo(arp[24..]);
        return offset + ArpLength;
    }
}
