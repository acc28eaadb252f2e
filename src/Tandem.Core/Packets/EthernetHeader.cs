using System.Buffers.Binary;

namespace Tandem.Core.Packets;

/// <summary>The Ethernet header of a frame, with the outermost VLAN tag where there is one.</summary>
public readonly ref struct EthernetHeader
{
    /// <summary>Bytes of a header without a tag.</summary>
    public const int Length = 14;

    /// <summary>Bytes of a VLAN tag.</summary>
    public const int TagLength = 4;

    private readonly ReadOnlySpan<byte> _frame;

    private EthernetHeader(ReadOnlySpan<byte> frame, bool isTagged)
    {
        _frame = frame;
        IsTagged = isTagged;
        PayloadOffset = isTagged ? Length + TagLength : Length;
    }

    /// <summary>Where the station addresses end and the type stands.</summary>
    private const int TypeOffset = 2 * MacAddress.Length;

    /// <summary>True if a tag stands between the addresses and the type.</summary>
    public bool IsTagged { get; }

    /// <summary>Where the payload starts.</summary>
    public int PayloadOffset { get; }

    /// <summary>To whom.</summary>
    public MacAddress Destination => MacAddress.Read(_frame);

    /// <summary>From whom.</summary>
    public MacAddress Source => MacAddress.Read(_frame[MacAddress.Length..]);

    /// <summary>What the frame carries, behind the tag.</summary>
    public ushort Type => BinaryPrimitives.ReadUInt16BigEndian(_frame[(PayloadOffset - sizeof(ushort))..]);

    /// <summary>The tag's priority, drop bit and VLAN number; 0 without a tag.</summary>
    public ushort TagControl => IsTagged ? BinaryPrimitives.ReadUInt16BigEndian(_frame[Length..]) : (ushort)0;

    /// <summary>Reads a header; false if the frame is shorter than one. A tag that is cut off is taken for a type of its own.</summary>
    /// <param name="frame">The frame from its destination address on.</param>
    /// <param name="readTag">False to take the outermost tag for data like any other.</param>
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
