using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>
/// An unsolicited neighbour advertisement to all nodes (RFC 4861, section 7.2.6): the IPv6 counterpart of gratuitous ARP.
/// </summary>
public static class NeighborAdvertisement
{
    /// <summary>Maximum frame length in bytes.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + Ip6Header.Length + MessageLength;

    private const int MessageLength = 32;
    private const byte Type = 136;
    private const byte RouterFlag = 0x80;
    private const byte OverrideFlag = 0x20;
    private const byte TargetLinkLayerAddress = 2;

    private static readonly MacAddress AllNodesStation = new(0x3333_0000_0001);

    private static ReadOnlySpan<byte> AllNodes => [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1];

    /// <summary>Writes a frame and returns its length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="source">MAC address of the station.</param>
    /// <param name="address">IPv6 address of the station.</param>
    /// <param name="isRouter">Whether the station forwards packets. Neighbours drop routes through a station that stops to be a
    /// router.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
    public static int Write(Span<byte> frame, MacAddress source, ReadOnlySpan<byte> address, bool isRouter, ReadOnlySpan<FrameTag> tags)
    {
        var offset = EthernetWriter.Write(frame, AllNodesStation, source, tags, EtherType.Ip6);
        var ip = frame.Slice(offset, Ip6Header.Length);
        Ip6Writer.Write(ip, MessageLength, IpProtocol.Icmp6, Ip6Header.NeighborHopLimit, address, AllNodes);

        var message = frame.Slice(offset + Ip6Header.Length, MessageLength);
        message.Clear();
        message[0] = Type;
        message[4] = (byte)(OverrideFlag | (isRouter ? RouterFlag : 0));
        address[..Ip6Header.AddressLength].CopyTo(message[8..]);
        message[24] = TargetLinkLayerAddress;
        message[25] = 1; // in units of eight bytes
        source.Write(message[26..]);
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.ComputeIcmp6(ip[Ip6Header.Addresses..], message));
        return offset + Ip6Header.Length + MessageLength;
    }
}
