using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tandem.Core.Packets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets.Tunnels;

/// <summary>A header with fields that depend on the length of the frame.</summary>
internal enum HeaderKind : byte
{
    Ip4,
    Ip6,
    Udp,

    /// <summary>GRE with a checksum; without a checksum it has no such field.</summary>
    Gre,
    Pppoe,
}

/// <summary>A header of a frame and its offset.</summary>
[StructLayout(LayoutKind.Auto)]
internal readonly record struct FrameHeader(HeaderKind Kind, int Offset);

/// <summary>
/// Finds the headers of a large segment that must be rewritten when it is segmented, from the outermost IP header to the innermost. One
/// object serves many frames, one after the other.
/// </summary>
internal sealed class TunnelHeaders
{
    /// <summary>More headers than any tunnel has.</summary>
    private const int MaxHeaders = 12;

    private const int UdpHeader = 8;

    private readonly FrameHeader[] _found = new FrameHeader[MaxHeaders];
    private int _count;

    private InnerTransport _goal;

    // MPLS labels and bridged Ethernet have no field to rewrite, but they make the frame a tunnel.
    private bool _isWrapped;

    /// <summary>The headers before the innermost transport header, outermost first.</summary>
    public ReadOnlySpan<FrameHeader> Found => _found.AsSpan(0, _count);

    /// <summary>The innermost transport header.</summary>
    public InnerTransport Goal => _goal;

    /// <summary>Whether the only header before the transport header is an IP header.</summary>
    public bool IsPlain => _count == 1 && !_isWrapped;

    /// <summary>The kind of the next header.</summary>
    private enum Next : byte
    {
        /// <summary>A header named by an EtherType.</summary>
        Network,

        /// <summary>A header named by an IP protocol.</summary>
        Transport,

        /// <summary>A tunnel header of unknown kind and length.</summary>
        Opaque,

        /// <summary>The innermost transport header.</summary>
        Goal,

        /// <summary>An unknown header.</summary>
        Unknown,
    }

    /// <summary>The offset of the walk, and the type of the header there.</summary>
    [StructLayout(LayoutKind.Auto)]
    private struct Position
    {
        public int Offset;
        public ushort Type;
        public byte Protocol;
    }

    /// <summary>Reads the headers of a large segment; false if it cannot be segmented.</summary>
    public bool TryRead(ReadOnlySpan<byte> frame, in VirtioNetHdr header)
    {
        (_count, _isWrapped) = (0, false);
        if (!InnerTransport.TryRead(frame, header, out _goal))
            return false;
        var at = new Position { Offset = EthernetHeader.Length, Type = WordAt(frame, EthernetHeader.Length - sizeof(ushort)) };
        var next = Next.Network;
        // Each turn except the last increases the offset, and never beyond the transport header.
        while (next < Next.Goal)
        {
            next = next switch
            {
                Next.Network => ReadNetwork(frame, ref at),
                Next.Transport => ReadTransport(frame, ref at),
                _ => ReadOpaque(frame, ref at),
            };
        }
        return next == Next.Goal;
    }

    private Next ReadNetwork(ReadOnlySpan<byte> frame, ref Position at)
    {
        switch (at.Type)
        {
            case EtherType.Ip4 when Has(at, Ip4Header.Length):
                return ReadIp4(frame, ref at);
            case EtherType.Ip6 when Has(at, Ip6Header.Length):
                at.Protocol = frame[at.Offset + Ip6Header.NextHeader];
                return Take(HeaderKind.Ip6, ref at, Ip6Header.Length, Next.Transport);
            case EtherType.Vlan or EtherType.ServiceVlan when Has(at, EthernetHeader.TagLength):
                at.Type = WordAt(frame, at.Offset + 2);
                at.Offset += EthernetHeader.TagLength;
                return Next.Network;
            case EtherType.TransparentBridging when Has(at, EthernetHeader.Length):
                _isWrapped = true;
                at.Type = WordAt(frame, at.Offset + EthernetHeader.Length - sizeof(ushort));
                at.Offset += EthernetHeader.Length;
                return Next.Network;
            case EtherType.PppoeSession when Has(at, 8):
                at.Type = WordAt(frame, at.Offset + 6) switch
                {
                    0x0021 => EtherType.Ip4,
                    0x0057 => EtherType.Ip6,
                    _ => 0,
                };
                return Take(HeaderKind.Pppoe, ref at, 8, Next.Network);
            // MPLS labels have no field that depends on the length.
            case EtherType.Mpls or EtherType.MplsMulticast:
                return Next.Opaque;
            default:
                return Next.Unknown;
        }
    }

    private Next ReadIp4(ReadOnlySpan<byte> frame, ref Position at)
    {
        const int FragmentBits = 0x3fff;
        var length = Ip4Header.LengthOf(frame[at.Offset]);
        if (length < Ip4Header.Length || !Has(at, length) || (WordAt(frame, at.Offset + Ip4Header.Fragment) & FragmentBits) != 0)
            return Next.Unknown;
        at.Protocol = frame[at.Offset + Ip4Header.Protocol];
        return Take(HeaderKind.Ip4, ref at, length, Next.Transport);
    }

    private Next ReadTransport(ReadOnlySpan<byte> frame, ref Position at)
    {
        if (at.Offset == _goal.Offset)
            return _goal.IsIn(at.Type, at.Protocol) ? Next.Goal : Next.Unknown;
        switch (at.Protocol)
        {
            case IpProtocol.Ip4:
                at.Type = EtherType.Ip4;
                return Next.Network;
            case IpProtocol.Ip6:
                at.Type = EtherType.Ip6;
                return Next.Network;
            case IpProtocol.Mpls:
                return Next.Opaque;
            case IpProtocol.Gre:
                return ReadGre(frame, ref at);
            case IpProtocol.Udp when Has(at, UdpHeader):
                return Take(HeaderKind.Udp, ref at, UdpHeader, Next.Opaque);
            case IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.DestinationOptions when at.Type == EtherType.Ip6 && Has(at, 8):
                at.Protocol = frame[at.Offset];
                at.Offset += (frame[at.Offset + 1] + 1) * 8;
                return at.Offset <= _goal.Offset ? Next.Transport : Next.Unknown;
            default:
                return Next.Unknown;
        }
    }

    /// <summary>
    /// GRE (RFC 2784, RFC 2890). Segments with sequence numbers are not segmented: the numbers of later frames would have to change too.
    /// The kernel does not merge such frames either.
    /// </summary>
    private Next ReadGre(ReadOnlySpan<byte> frame, ref Position at)
    {
        if (!Has(at, 4))
            return Next.Unknown;
        int flags = WordAt(frame, at.Offset);
        if ((flags & ~GreHeader.Known) != 0)
            return Next.Unknown;
        var length = 4 + ((flags & GreHeader.Checksum) != 0 ? 4 : 0) + ((flags & GreHeader.Key) != 0 ? 4 : 0);
        if (!Has(at, length))
            return Next.Unknown;
        at.Type = WordAt(frame, at.Offset + 2);
        if ((flags & GreHeader.Checksum) != 0)
            return Take(HeaderKind.Gre, ref at, length, Next.Network);
        at.Offset += length;
        return Next.Network;
    }

    private Next ReadOpaque(ReadOnlySpan<byte> frame, ref Position at)
    {
        _isWrapped = true;
        at.Type = OpaqueHeader.Skip(frame, _goal, ref at.Offset);
        return at.Type switch
        {
            0 => Next.Unknown,
            OpaqueHeader.Gre => ReadGre(frame, ref at),
            _ => Next.Network,
        };
    }

    private Next Take(HeaderKind kind, ref Position at, int length, Next next)
    {
        // With an odd number of bytes before the payload the checksum's bytes would have to be swapped; no such header is known.
        if (_count == MaxHeaders || (_goal.Offset - at.Offset) % 2 != 0)
            return Next.Unknown;
        _found[_count++] = new FrameHeader(kind, at.Offset);
        at.Offset += length;
        return next;
    }

    private bool Has(Position at, int count) => at.Offset + count <= _goal.Offset;

    private static ushort WordAt(ReadOnlySpan<byte> frame, int offset) => BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
}
