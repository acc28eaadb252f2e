using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>Writes Ethernet headers.</summary>
public static class EthernetWriter
{
    /// <summary>Longest header: with a tag.</summary>
    public const int MaxLength = EthernetHeader.Length + EthernetHeader.TagLength;

    /// <summary>Writes a header, with a tag where one is given, and says how long it is.</summary>
    public static int Write(Span<byte> frame, MacAddress destination, MacAddress source, OuterTag? tag, ushort type)
    {
        destination.Write(frame);
        source.Write(frame[MacAddress.Length..]);
        var offset = 2 * MacAddress.Length;
        if (tag is { } outer)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[offset..], outer.Protocol);
            BinaryPrimitives.WriteUInt16BigEndian(frame[(offset + 2)..], outer.VlanId);
            offset += EthernetHeader.TagLength;
        }
        BinaryPrimitives.WriteUInt16BigEndian(frame[offset..], type);
        return offset + sizeof(ushort);
    }
}
