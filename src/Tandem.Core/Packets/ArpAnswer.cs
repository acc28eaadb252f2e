using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>An unsolicited ARP reply (RFC 826): gives one station the present MAC address of another.</summary>
public static class ArpAnswer
{
    /// <summary>Maximum frame length in bytes.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpWriter.Length;

    private const ushort Reply = 2;

    /// <summary>Writes a frame and returns its length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">The MAC address that the reply gives.</param>
    /// <param name="address">The IPv4 address that it belongs to.</param>
    /// <param name="peer">MAC address of the receiver.</param>
    /// <param name="peerAddress">IPv4 address of the receiver.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
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
