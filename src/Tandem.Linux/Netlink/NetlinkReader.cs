using System.Buffers.Binary;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>A netlink message: header and payload.</summary>
internal readonly ref struct NetlinkMessage(NlMsgHdr header, ReadOnlySpan<byte> payload)
{
    public NlMsgHdr Header { get; } = header;

    public ReadOnlySpan<byte> Payload { get; } = payload;

    /// <summary>Splits the payload into the family's fixed header and the attributes; false if it is too short.</summary>
    public bool TrySplit<T>(out T fixedHeader, out AttributeReader attributes)
        where T : unmanaged
    {
        attributes = default;
        if (!MemoryMarshal.TryRead(Payload, out fixedHeader))
            return false;
        var offset = Math.Min(Nl.Align(Unsafe.SizeOf<T>()), Payload.Length);
        attributes = new AttributeReader(Payload[offset..]);
        return true;
    }
}

/// <summary>Enumerates the messages of a datagram. A message with an excessive length ends the enumeration.</summary>
internal ref struct MessageReader(ReadOnlySpan<byte> datagram)
{
    private ReadOnlySpan<byte> _rest = datagram;

    /// <summary>Number of bytes not yet consumed.</summary>
    public readonly int Remaining => _rest.Length;

    public bool TryNext(out NetlinkMessage message)
    {
        message = default;
        if (!MemoryMarshal.TryRead(_rest, out NlMsgHdr header) || header.Length < NlMsgHdr.Size || header.Length > _rest.Length)
            return false;
        var length = (int)header.Length;
        message = new NetlinkMessage(header, _rest[NlMsgHdr.Size..length]);
        _rest = _rest[Math.Min(Nl.Align(length), _rest.Length)..];
        return true;
    }
}

/// <summary>Enumerates attributes. An attribute with an excessive length ends the enumeration.</summary>
internal ref struct AttributeReader(ReadOnlySpan<byte> attributes)
{
    private ReadOnlySpan<byte> _rest = attributes;

    public bool TryNext(out NetlinkAttribute attribute)
    {
        attribute = default;
        if (!MemoryMarshal.TryRead(_rest, out NlAttr header) || header.Length < NlAttr.Size || header.Length > _rest.Length)
            return false;
        attribute = new NetlinkAttribute((ushort)(header.Type & Nl.NLA_TYPE_MASK), _rest[NlAttr.Size..header.Length]);
        _rest = _rest[Math.Min(Nl.Align(header.Length), _rest.Length)..];
        return true;
    }
}

/// <summary>An attribute. A value that is too short reads as zero.</summary>
internal readonly ref struct NetlinkAttribute(ushort type, ReadOnlySpan<byte> value)
{
    public ushort Type { get; } = type;

    public ReadOnlySpan<byte> Value { get; } = value;

    public AttributeReader Nested => new(Value);

    public byte Byte => Value.IsEmpty ? (byte)0 : Value[0];

    public uint UInt32 => MemoryMarshal.TryRead(Value, out uint value) ? value : 0;

    public int Int32 => (int)UInt32;

    public ushort UInt16 => MemoryMarshal.TryRead(Value, out ushort value) ? value : (ushort)0;

    public ushort UInt16BigEndian => BinaryPrimitives.TryReadUInt16BigEndian(Value, out var value) ? value : (ushort)0;

    public uint UInt32BigEndian => BinaryPrimitives.TryReadUInt32BigEndian(Value, out var value) ? value : 0;

    /// <summary>The text up to the terminating zero or the end.</summary>
    public string Text
    {
        get
        {
            var end = Value.IndexOf((byte)0);
            return Encoding.UTF8.GetString(end < 0 ? Value : Value[..end]);
        }
    }
}
