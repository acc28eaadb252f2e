using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>Writes IPv6 headers.</summary>
internal static class Ip6Writer
{
    private const byte Version = 0x60;

    public static void Write(
        Span<byte> header,
        int payloadLength,
        byte next,
        byte hopLimit,
        ReadOnlySpan<byte> source,
        ReadOnlySpan<byte> destination
    )
    {
        header[..Ip6Header.Length].Clear();
        header[0] = Version;
        BinaryPrimitives.WriteUInt16BigEndian(header[4..], (ushort)payloadLength);
        header[Ip6Header.NextHeader] = next;
        header[Ip6Header.HopLimit] = hopLimit;
        source[..Ip6Header.AddressLength].CopyTo(header[Ip6Header.Addresses..]);
        destination[..Ip6Header.AddressLength].CopyTo(header[(Ip6Header.Addresses + Ip6Header.AddressLength)..]);
    }
}
