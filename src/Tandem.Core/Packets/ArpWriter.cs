using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>Writes ARP messages (RFC 826) for IPv4 over Ethernet.</summary>
internal static class ArpWriter
{
    public const int Length = 28;

    private const ushort Ethernet = 1;

    public static void Write(
        Span<byte> arp,
        ushort operation,
        MacAddress senderStation,
        ReadOnlySpan<byte> senderAddress,
        MacAddress targetStation,
        ReadOnlySpan<byte> targetAddress
    )
    {
        BinaryPrimitives.WriteUInt16BigEndian(arp, Ethernet);
        BinaryPrimitives.WriteUInt16BigEndian(arp[2..], EtherType.Ip4);
        arp[4] = MacAddress.Length;
        arp[5] = Ip4Header.AddressLength;
        BinaryPrimitives.WriteUInt16BigEndian(arp[6..], operation);
        senderStation.Write(arp[8..]);
        senderAddress[..Ip4Header.AddressLength].CopyTo(arp[14..]);
        targetStation.Write(arp[18..]);
        targetAddress[..Ip4Header.AddressLength].CopyTo(arp[24..]);
    }
}
