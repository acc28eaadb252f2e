using System.Runtime.InteropServices;
using Tandem.Core.Packets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets.Tunnels;

/// <summary>The innermost transport header of a large segment, as its virtio-net header describes it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct InnerTransport
{
    /// <summary>The maximum length of a frame's headers, in bytes.</summary>
    public const int MaxHeaders = 1024;

    private const int TcpHeader = 20;
    private const int UdpHeader = 8;
    private const int TcpChecksum = 16;
    private const int UdpChecksum = 6;

    // The EtherType of the IP header that must be before it; 0 for IPv4 or IPv6.
    private readonly ushort _family;

    private InnerTransport(byte protocol, ushort family, int offset, int payload) =>
        (Protocol, _family, Offset, Payload) = (protocol, family, offset, payload);

    /// <summary>TCP or UDP.</summary>
    public byte Protocol { get; }

    /// <summary>Offset of the header.</summary>
    public int Offset { get; }

    /// <summary>Offset of its payload.</summary>
    public int Payload { get; }

    /// <summary>Whether it is a TCP header; otherwise UDP.</summary>
    public bool IsTcp => Protocol == IpProtocol.Tcp;

    /// <summary>
    /// Reads the header; false if the frame has none, is of an unknown GSO type, or has no partial checksum, without which the offset of
    /// the header is unknown.
    /// </summary>
    public static bool TryRead(ReadOnlySpan<byte> frame, in VirtioNetHdr description, out InnerTransport inner)
    {
        inner = default;
        var protocol = PlainSegment.ProtocolOf(description.GsoType);
        var isTcp = protocol == IpProtocol.Tcp;
        if (protocol == 0 || description.GsoSize == 0 || (description.Flags & VirtioNetHdr.F_NEEDS_CSUM) == 0)
            return false;
        var shortest = isTcp ? TcpHeader : UdpHeader;
        int start = description.ChecksumStart;
        // A frame longer than an IP header can say (BIG TCP) does not fit into the buffer it is read from either.
        if (start < EthernetHeader.Length || start + shortest > frame.Length || frame.Length > ushort.MaxValue)
            return false;
        var length = isTcp ? (frame[start + 12] >> 4) * 4 : UdpHeader;
        var payload = start + length;
        if (length < shortest || payload > Math.Min(frame.Length, MaxHeaders))
            return false;
        inner = new InnerTransport(protocol, FamilyOf(description.GsoType), start, payload);
        return description.ChecksumOffset == (isTcp ? TcpChecksum : UdpChecksum);
    }

    /// <summary>Whether the header may be in an IP packet of this EtherType and protocol.</summary>
    public bool IsIn(ushort type, byte protocol) => protocol == Protocol && (_family == 0 || _family == type);

    private static ushort FamilyOf(byte gsoType) =>
        (gsoType & ~VirtioNetHdr.GSO_ECN) switch
        {
            VirtioNetHdr.GSO_TCPV4 => EtherType.Ip4,
            VirtioNetHdr.GSO_TCPV6 => EtherType.Ip6,
            _ => 0,
        };
}
