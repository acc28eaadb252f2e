using System.Buffers.Binary;
using Tandem.Core.Packets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets.Tunnels;

/// <summary>
/// Recognizes large segments that the bond's device can take whole. A virtio-net header describes the transport of a segment, but not a
/// tunnel around it: a packet socket describes TCP in VXLAN as TCP, and the stack behind a TAP device believes it.
/// </summary>
internal static class PlainSegment
{
    private const int TypeOffset = EthernetHeader.Length - sizeof(ushort);

    /// <summary>
    /// Whether the outermost IP header is directly before the transport header of the description. False for tunnels, and for IPv6 with
    /// extension headers; <see cref="TunnelHeaders"/> distinguishes these.
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
        // Segments merged by a network card (LRO) have verified checksums and no checksum offset.
        return (header.Flags & VirtioNetHdr.F_NEEDS_CSUM) != 0
            ? header.ChecksumStart == transport
            : protocol is IpProtocol.Tcp or IpProtocol.Udp && protocol == ProtocolOf(header.GsoType);
    }

    /// <summary>The transport protocol of a GSO type; 0 if unknown.</summary>
    public static byte ProtocolOf(byte gsoType) =>
        (gsoType & ~VirtioNetHdr.GSO_ECN) switch
        {
            VirtioNetHdr.GSO_TCPV4 or VirtioNetHdr.GSO_TCPV6 => IpProtocol.Tcp,
            VirtioNetHdr.GSO_UDP_L4 => IpProtocol.Udp,
            _ => 0,
        };
}
