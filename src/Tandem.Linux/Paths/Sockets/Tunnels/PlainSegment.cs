using System.Buffers.Binary;
using Tandem.Core.Packets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets.Tunnels;

/// <summary>
/// Tells large segments that the bond's device can take whole. A virtio-net header says what is in a segment, but not that a tunnel
/// is around it: a packet socket describes TCP in VXLAN as TCP, and the stack behind a TAP device believes it.
/// </summary>
internal static class PlainSegment
{
    private const int TypeOffset = EthernetHeader.Length - sizeof(ushort);

    /// <summary>
    /// Whether the outermost IP header stands directly before the transport header that the description means. False for tunnels, and for
    /// IPv6 with extension headers, which <see cref="TunnelHeaders"/> tells apart.
    /// </summary>
    public static bool IsCertain(ReadOnlySpan<byte> frame, in VirtioNetHdr header)
    {
        var offset = TypeOffset;
        ushort type = 0;
        while (offset + sizeof(ushort) <= frame.Length && EtherType.IsVlan(type = BinaryPrimitives.ReadUInt16BigEndian(frame[offset..])))
            offset += EthernetHeader.TagLength;
        offset += sizeof(ushort);
        if (offset + Ip6Header.Length > frame.Length)
            return false;
        var (transport, protocol) = type switch
        {
            EtherType.Ip4 => (offset + Ip4Header.LengthOf(frame[offset]), frame[offset + Ip4Header.Protocol]),
            EtherType.Ip6 => (offset + Ip6Header.Length, frame[offset + Ip6Header.NextHeader]),
            _ => (0, (byte)0),
        };
        // Segments that a network card put together (LRO) have their checksums tested and no place where one would begin.
        return (header.Flags & VirtioNetHdr.F_NEEDS_CSUM) != 0
            ? header.ChecksumStart == transport
            : protocol is IpProtocol.Tcp or IpProtocol.Udp && protocol == ProtocolOf(header.GsoType);
    }

    /// <summary>The transport protocol of a type of segments; 0 if it is unknown.</summary>
    public static byte ProtocolOf(byte gsoType) =>
        (gsoType & ~VirtioNetHdr.GSO_ECN) switch
        {
            VirtioNetHdr.GSO_TCPV4 or VirtioNetHdr.GSO_TCPV6 => IpProtocol.Tcp,
            VirtioNetHdr.GSO_UDP_L4 => IpProtocol.Udp,
            _ => 0,
        };
}
