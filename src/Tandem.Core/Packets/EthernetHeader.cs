using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>The Ethernet header of a frame, with the outermost VLAN tag if there is one.</summary>
public readonly ref struct EthernetHeader
{
    /// <summary>Length of a header without a tag, in bytes.</summary>
    public const int Length = 14;

    /// <summary>Length of a VLAN tag, in bytes.</summary>
    public const int TagLength = 4;

    private readonly ReadOnlySpan<byte> _frame;

    private EthernetHeader(ReadOnlySpan<byte> frame, bool isTagged)
    {
        _frame = frame;
        IsTagged = isTagged;
        PayloadOffset = isTagged ? Length + TagLength : Length;
    }

    /// <summary>Offset of the EtherType or tag, behind both addresses.</summary>
    private const int TypeOffset = 2 * MacAddress.Length;

    /// <summary>Whether the frame has a VLAN tag.</summary>
    public bool IsTagged { get; }

    /// <summary>Offset of the payload.</summary>
    public int PayloadOffset { get; }

    /// <summary>The destination address.</summary>
    public MacAddress Destination => MacAddress.Read(_frame);

    /// <summary>The source address.</summary>
    public MacAddress Source => MacAddress.Read(_frame[MacAddress.Length..]);

    /// <summary>The EtherType, behind the tag.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_frame[(PayloadOffset - sizeof(ushort))..]);

    /// <summary>The tag control information: priority, drop eligibility and VLAN ID; 0 without a tag.</summary>
    public ushort TagControl => IsTagged ? BinaryPrimitives.ReadUInt16BigEndian(_frame[Length..]) : (ushort)0;

    /// <summary>Reads a header; false if the frame is shorter than one. The type of a tag that is cut off is read as EtherType.</summary>
    /// <param name="frame">The frame from its destination address on.</param>
    /// <param name="readTag">False to treat the outermost tag as payload.</param>
    /// <param name="header">The header.</param>
    public static bool TryRead(ReadOnlySpan<byte> frame, bool readTag, out EthernetHeader header)
    {
        if (frame.Length < Length)
        {
            header = default;
            return false;
        }
        var isTagged =
            readTag && frame.Length >= Length + TagLength && EtherType.IsVlan(BinaryPrimitives.ReadUInt16BigEndian(frame[TypeOffset..]));
        header = new EthernetHeader(frame, isTagged);
        return true;
    }
}
