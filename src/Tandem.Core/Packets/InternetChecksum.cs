using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>The Internet checksum (RFC 1071).</summary>
public static class InternetChecksum
{
    /// <summary>The checksum of a header or message whose checksum field is zero.</summary>
    public static ushort Compute(ReadOnlySpan<byte> bytes) => Finish(Sum(bytes));

    /// <summary>The checksum of an ICMPv6 message, with the pseudo-header of RFC 8200, section 8.1.</summary>
    public static ushort ComputeIcmp6(ReadOnlySpan<byte> addresses, ReadOnlySpan<byte> message) =>
        Finish(Sum(addresses) + (uint)message.Length + IpProtocol.Icmp6 + Sum(message));

    /// <summary>The one's complement sum of bytes: the checksum before the final complement.</summary>
    public static ushort FoldedSum(ReadOnlySpan<byte> bytes) => (ushort)~Compute(bytes);

    /// <summary>Adds two one's complement sums; adding the complement of a sum subtracts it.</summary>
    public static ushort Add(ushort a, ushort b) => (ushort)~Finish((uint)a + b);

    private static uint Sum(ReadOnlySpan<byte> bytes)
    {
        uint sum = 0;
        while (bytes.Length >= sizeof(ushort))
        {
            sum += BinaryPrimitives.ReadUInt16BigEndian(bytes);
            bytes = bytes[sizeof(ushort)..];
        }
        return bytes.IsEmpty ? sum : sum + ((uint)bytes[0] << 8);
    }

    private static ushort Finish(uint sum)
    {
        while (sum > ushort.MaxValue)
            sum = (sum & ushort.MaxValue) + (sum >> 16);
        return (ushort)~sum;
    }
}
