using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>An ARP reply (RFC 826) that nobody asked for: it tells one station where another is now.</summary>
public static class ArpAnswer
{
    /// <summary>Longest frame.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpWriter.Length;

    private const ushort Reply = 2;

    /// <summary>Writes a frame and says how long it is.</summary>
    /// <param name="frame">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">Where the address is.</param>
    /// <param name="address">The IPv4 address.</param>
    /// <param name="peer">Who is told.</param>
    /// <param name="peerAddress">Its IPv4 address.</param>
    /// <param name="tags">The VLAN tags, the outermost first.</param>
    public static int Write(
        Span<byte> frame,
        MacAddress station,
        uint address,
        MacAddress peer,
        uint peerAddress,
        scoped ReadOnlySpan<FrameTag> tags
    )
    {
        Span<byte> addresses = stackalloc byte[2 * sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(addresses, address);
        BinaryPrimitives.WriteUInt32BigEndian(addresses[sizeof(uint)..], peerAddress);
        var offset = EthernetWriter.Write(frame, peer, station, tags, EtherType.Arp);
        ArpWriter.Write(frame.Slice(offset, ArpWriter.Length), Reply, station, addresses, peer, addresses[sizeof(uint)..]);
        return offset + ArpWriter.Length;
    }
}
