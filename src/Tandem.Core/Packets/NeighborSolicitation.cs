using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>A neighbour solicitation (RFC 4861, section 4.3) to the solicited-node group of an address: the IPv6 counterpart of an ARP
/// request.</summary>
public static class NeighborSolicitation
{
    /// <summary>Maximum frame length in bytes.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + Ip6Header.Length + MessageLength + OptionLength;

    /// <summary>The ICMPv6 type.</summary>
    public const byte Type = 135;

    private const int MessageLength = 24;
    private const int OptionLength = 8;
    private const byte SourceLinkLayerAddress = 1;

    // The last three octets of an address are those of its solicited-node group (RFC 4291, section 2.7.1) and of the group's MAC address
    // (RFC 2464, section 7).
    private const int GroupOctets = 3;

    private static ReadOnlySpan<byte> GroupPrefix => [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff];

    /// <summary>Whether an address is the solicited-node group of another.</summary>
    public static bool IsGroupOf(ReadOnlySpan<byte> group, ReadOnlySpan<byte> address) =>
        group.StartsWith(GroupPrefix) && group[^GroupOctets..].SequenceEqual(address[^GroupOctets..]);

    /// <summary>Writes a frame and returns its length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">MAC address of the sender.</param>
    /// <param name="source">IPv6 address of the sender; :: if it has none.</param>
    /// <param name="target">The requested IPv6 address.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
    public static int Write(
        Span<byte> frame,
        MacAddress station,
        ReadOnlySpan<byte> source,
        ReadOnlySpan<byte> target,
        ReadOnlySpan<FrameTag> tags
    )
    {
        Span<byte> group = stackalloc byte[Ip6Header.AddressLength];
        GroupPrefix.CopyTo(group);
        target[^GroupOctets..].CopyTo(group[^GroupOctets..]);
        var groupStation = new MacAddress(0x3333_0000_0000ul | BinaryPrimitives.ReadUInt32BigEndian(group[^4..]));

        var offset = EthernetWriter.Write(frame, groupStation, station, tags, EtherType.Ip6);
        // A sender without an address must not include its link-layer address (RFC 4861, section 4.3).
        var hasAddress = source.ContainsAnyExcept((byte)0);
        var length = MessageLength + (hasAddress ? OptionLength : 0);
        var ip = frame.Slice(offset, Ip6Header.Length);
        Ip6Writer.Write(ip, length, IpProtocol.Icmp6, Ip6Header.NeighborHopLimit, source, group);

        var message = frame.Slice(offset + Ip6Header.Length, length);
        message.Clear();
        message[0] = Type;
        target[..Ip6Header.AddressLength].CopyTo(message[8..]);
        if (hasAddress)
        {
            message[24] = SourceLinkLayerAddress;
            message[25] = 1; // in units of eight bytes
            station.Write(message[26..]);
        }
        BinaryPrimitives.WriteUInt16BigEndian(message[2..], InternetChecksum.ComputeIcmp6(ip[Ip6Header.Addresses..], message));
        return offset + Ip6Header.Length + length;
    }
}
