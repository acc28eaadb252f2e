using System.Buffers.Binary;
using Tandem.Core.Packets;

namespace Tandem.Linux.Paths.Sockets.Tunnels;

/// <summary>
/// Finds the end of a tunnel header of unknown kind and length. What UDP carries depends on ports, and the headers of VXLAN, Geneve and
/// GUE have no field that depends on the frame's length: knowing their end is enough. GRE in UDP may have a checksum.
/// </summary>
internal static class OpaqueHeader
{
    /// <summary>Returned instead of an EtherType for GRE with a checksum.</summary>
    public const ushort Gre = 1;

    /// <summary>Moves to the next IP header, or to GRE with a checksum, and returns its EtherType or <see cref="Gre"/>; 0 if there is
    /// none.</summary>
    public static ushort Skip(ReadOnlySpan<byte> frame, in InnerTransport goal, ref int offset)
    {
        if (TryFindGre(frame, goal, ref offset))
            return Gre;
        for (; offset + Ip4Header.Length <= goal.Offset; offset += 2)
        {
            switch (frame[offset] >> 4)
            {
                case 4 when IsIp4(frame, goal, offset):
                    return EtherType.Ip4;
                case 6 when IsIp6(frame, goal, offset):
                    return EtherType.Ip6;
            }
        }
        return 0;
    }

    /// <summary>Whether GRE with a checksum starts here, perhaps behind a header of GUE.</summary>
    private static bool TryFindGre(ReadOnlySpan<byte> frame, in InnerTransport goal, ref int offset)
    {
        const int GueVersionAndControl = 0xe0;
        const int GueWords = 0x1f;
        var gre = offset;
        if (gre + GreHeader.ShortestWithChecksum > goal.Offset)
            return false;
        var first = frame[gre];
        if ((first & GueVersionAndControl) == 0 && frame[gre + 1] == IpProtocol.Gre)
            gre += 4 + ((first & GueWords) * 4);
        if (gre + GreHeader.ShortestWithChecksum > goal.Offset)
            return false;
        var flags = WordAt(frame, gre);
        var isGre =
            (flags & GreHeader.Checksum) != 0
            && (flags & ~GreHeader.Known) == 0
            && WordAt(frame, gre + 2) is EtherType.Ip4 or EtherType.Ip6 or EtherType.TransparentBridging;
        if (isGre)
            offset = gre;
        return isGre;
    }

    /// <summary>Whether an IPv4 header starts here: its length equals the rest of the frame, and its checksum is correct.</summary>
    private static bool IsIp4(ReadOnlySpan<byte> frame, in InnerTransport goal, int offset)
    {
        const int TotalLength = 2;
        var length = Ip4Header.LengthOf(frame[offset]);
        return length >= Ip4Header.Length
            && offset + length <= goal.Offset
            && WordAt(frame, offset + TotalLength) == frame.Length - offset
            && InternetChecksum.Compute(frame.Slice(offset, length)) == 0;
    }

    /// <summary>The same for IPv6, which has no checksum: the next header must be possible instead.</summary>
    private static bool IsIp6(ReadOnlySpan<byte> frame, in InnerTransport goal, int offset)
    {
        const int PayloadLength = 4;
        var end = offset + Ip6Header.Length;
        if (end > goal.Offset || WordAt(frame, offset + PayloadLength) != frame.Length - end)
            return false;
        var next = frame[offset + Ip6Header.NextHeader];
        return end == goal.Offset
            ? next == goal.Protocol
            : next
                is IpProtocol.HopByHop
                    or IpProtocol.Routing
                    or IpProtocol.DestinationOptions
                    or IpProtocol.Ip4
                    or IpProtocol.Ip6
                    or IpProtocol.Gre
                    or IpProtocol.Udp;
    }

    private static ushort WordAt(ReadOnlySpan<byte> frame, int offset) => BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);
}

/// <summary>Flags of a GRE header (RFC 2784, RFC 2890).</summary>
internal static class GreHeader
{
    public const int Checksum = 0x8000;
    public const int Key = 0x2000;

    /// <summary>The flags of segments that can be segmented. Not sequence numbers: they would have to change in all later
    /// frames.</summary>
    public const int Known = Checksum | Key;

    /// <summary>The minimum length of a header with a checksum, in bytes.</summary>
    public const int ShortestWithChecksum = 8;
}
