using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>Writes Ethernet headers.</summary>
public static class EthernetWriter
{
    /// <summary>Maximum number of tags: Linux stacks at most eight devices.</summary>
    public const int MaxTags = 8;

    /// <summary>Length of a header with the maximum number of tags, in bytes.</summary>
    public const int MaxLength = EthernetHeader.Length + MaxTags * EthernetHeader.TagLength;

    /// <summary>Writes a header and returns its length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="destination">The destination address.</param>
    /// <param name="source">The source address.</param>
    /// <param name="tags">At most <see cref="MaxTags"/> VLAN tags, outermost first.</param>
    /// <param name="type">The EtherType.</param>
    public static int Write(Span<byte> frame, MacAddress destination, MacAddress source, scoped ReadOnlySpan<FrameTag> tags, ushort type)
    {
        destination.Write(frame);
        source.Write(frame[MacAddress.Length..]);
        var offset = 2 * MacAddress.Length;
        foreach (var tag in tags)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame[offset..], tag.Protocol);
            BinaryPrimitives.WriteUInt16BigEndian(frame[(offset + 2)..], tag.VlanId);
            offset += EthernetHeader.TagLength;
        }
        BinaryPrimitives.WriteUInt16BigEndian(frame[offset..], type);
        return offset + sizeof(ushort);
    }
}
