using System.Runtime.InteropServices;
using Tandem.Core.Packets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets.Tunnels;

/// <summary>The innermost transport header of a large segment, as its virtio-net header describes it.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly struct InnerTransport
{
    /// <summary>The longest headers of a frame that are taken, in bytes.</summary>
    public const int MaxHeaders = 1024;

    private const int TcpHeader = 20;
    private const int UdpHeader = 8;
    private const int TcpChecksum = 16;
    private const int UdpChecksum = 6;

    // IPv4 or IPv6, whichever it must be in; 0 for either.
    private readonly ushort _family;

    private InnerTransport(byte protocol, ushort family, int offset, int payload) =>
        (Protocol, _family, Offset, Payload) = (protocol, family, offset, payload);

    /// <summary>TCP or UDP.</summary>
    public byte Protocol { get; }

    /// <summary>Where the header starts.</summary>
    public int Offset { get; }

    /// <summary>Where its payload starts.</summary>
    public int Payload { get; }

    /// <summary>Whether it is one of TCP; otherwise it is one of UDP.</summary>
    public bool IsTcp => Protocol == IpProtocol.Tcp;

    /// <summary>
    /// Reads it; false if the frame has no such header, is of unknown kind, or has no unfinished checksum, without which nothing says where
    /// the header is.
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
        // A frame that is longer than an IP header can say (BIG TCP) does not fit into the buffer that it comes from either.
        if (start < EthernetHeader.Length || start + shortest > frame.Length || frame.Length > ushort.MaxValue)
            return false;
        var length = isTcp ? (frame[start + 12] >> 4) * 4 : UdpHeader;
        var payload = start + length;
        if (length < shortest || payload > Math.Min(frame.Length, MaxHeaders))
            return false;
        inner = new InnerTransport(protocol, FamilyOf(description.GsoType), start, payload);
        return description.ChecksumOffset == (isTcp ? TcpChecksum : UdpChecksum);
    }

    /// <summary>Whether it may stand in an IP packet of this EtherType and protocol.</summary>
    public bool IsIn(ushort type, byte protocol) => protocol == Protocol && (_family == 0 || _family == type);

    private static ushort FamilyOf(byte gsoType) =>
        (gsoType & ~VirtioNetHdr.GSO_ECN) switch
        {
            VirtioNetHdr.GSO_TCPV4 => EtherType.Ip4,
            VirtioNetHdr.GSO_TCPV6 => EtherType.Ip6,
            _ => 0,
        };
}
