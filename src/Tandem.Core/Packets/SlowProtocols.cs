using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>The frame of LACPDUs and markers: Slow Protocols (802.3, annex 57A).</summary>
public static class SlowProtocols
{
    /// <summary>The EtherType of slow protocols.</summary>
    public const ushort Type = 0x8809;

    /// <summary>Length of an LACPDU or marker behind the Ethernet header, in bytes.</summary>
    public const int BodyLength = 110;

    /// <summary>Length of the whole frame without its FCS, in bytes.</summary>
    public const int FrameLength = EthernetHeader.Length + BodyLength;

    internal const byte Lacp = 1;
    internal const byte Marker = 2;
    internal const byte Oam = 3;
    internal const byte OrganizationSpecific = 10;

    /// <summary>The destination of all slow-protocols frames, 01:80:c2:00:00:02, which bridges do not forward.</summary>
    public static MacAddress Group => new(0x0180_c200_0002);

    /// <summary>Whether it is a slow-protocols frame: EtherType and destination match, and there is no VLAN tag.</summary>
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
