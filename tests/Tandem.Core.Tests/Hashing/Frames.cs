using System.Buffers.Binary;
using System.Net;

namespace Tandem.Core.Tests.Hashing;

/// <summary>Builds the frames that the tests are about; checksums are left out, since no policy looks at them.</summary>
internal static class Frames
{
    public static byte[] Ethernet(string[] macs, ushort type, ReadOnlySpan<byte> payload) =>
        [.. macs.SelectMany(mac => mac.Split(':').Select(octet => Convert.ToByte(octet, 16))), (byte)(type >> 8), (byte)type, .. payload];

    public static byte[] Ethernet(string[] macs, byte[] packet) =>
        Ethernet(macs, packet[0] >> 4 == 4 ? (ushort)0x0800 : (ushort)0x86dd, packet);

    public static byte[] Ip(string source, string destination, byte protocol, ReadOnlySpan<byte> payload)
    {
        var from = IPAddress.Parse(source).GetAddressBytes();
        var to = IPAddress.Parse(destination).GetAddressBytes();
        if (from.Length == 16)
            return [0x60, 0, 0, 0, (byte)(payload.Length >> 8), (byte)payload.Length, protocol, 64, .. from, .. to, .. payload];
        var length = 20 + payload.Length;
        return [0x45, 0, (byte)(length >> 8), (byte)length, 0, 1, 0, 0, 64, protocol, 0, 0, .. from, .. to, .. payload];
    }

    public static byte[] Fragment(byte[] packet)
    {
        packet[6] = 0x20;
        return packet;
    }

    /// <summary>Ports and four more bytes.</summary>
    public static byte[] Ports(ushort source, ushort destination)
    {
        var bytes = new byte[8];
        BinaryPrimitives.WriteUInt16BigEndian(bytes, source);
        BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(2), destination);
        return bytes;
    }

    public static byte[] Icmp(byte type, ushort identifier, ReadOnlySpan<byte> about) =>
        [type, 0, 0, 0, (byte)(identifier >> 8), (byte)identifier, 0, 0, .. about];

    public static string Hex(byte[] frame) => Convert.ToHexString(frame);
}
