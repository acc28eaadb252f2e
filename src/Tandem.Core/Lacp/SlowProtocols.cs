using System.Buffers.Binary;
using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

/// <summary>The frame around LACPDUs and markers: Slow Protocols (802.3, annex 57A).</summary>
public static class SlowProtocols
{
    /// <summary>The EtherType.</summary>
    public const ushort Type = 0x8809;

    /// <summary>Bytes of an LACPDU or marker behind the Ethernet header.</summary>
    public const int BodyLength = 110;

    /// <summary>Bytes of the whole frame, without the checksum.</summary>
    public const int FrameLength = EthernetHeader.Length + BodyLength;

    internal const byte Lacp = 1;
    internal const byte Marker = 2;
    internal const byte Oam = 3;
    internal const byte OrganizationSpecific = 10;

    /// <summary>The group address to which they go: 01:80:c2:00:00:02, which no bridge passes on.</summary>
    public static MacAddress Group => new(0x0180_c200_0002);

    /// <summary>Whether a frame is one: the type, the group address, no VLAN tag.</summary>
    public static bool IsOne(ReadOnlySpan<byte> frame) =>
        frame.Length >= EthernetHeader.Length
        && BinaryPrimitives.ReadUInt16BigEndian(frame[(2 * MacAddress.Length)..]) == Type
        && MacAddress.Read(frame) == Group;

    internal static Span<byte> Begin(Span<byte> frame, MacAddress source)
    {
        frame[..FrameLength].Clear();
        Group.Write(frame);
        source.Write(frame[MacAddress.Length..]);
        BinaryPrimitives.WriteUInt16BigEndian(frame[(2 * MacAddress.Length)..], Type);
        return frame.Slice(EthernetHeader.Length, BodyLength);
    }
}
