using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>Writes Ethernet headers.</summary>
public static class EthernetWriter
{
    /// <summary>Most tags on a frame: Linux stacks at most eight devices.</summary>
    public const int MaxTags = 8;

    /// <summary>Longest header: with all tags.</summary>
    public const int MaxLength = EthernetHeader.Length + MaxTags * EthernetHeader.TagLength;

    /// <summary>Writes a header and says how long it is.</summary>
    /// <param name="frame">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="destination">To whom.</param>
    /// <param name="source">From whom.</param>
    /// <param name="tags">At most <see cref="MaxTags"/> VLAN tags, the outermost first.</param>
    /// <param name="type">What the frame carries.</param>
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
