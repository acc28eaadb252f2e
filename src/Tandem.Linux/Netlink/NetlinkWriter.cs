using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>
/// Writes netlink messages. Numbers are in host byte order unless the name says otherwise. The caller's buffer must be large enough: the
/// caller bounds what is written, not external input.
/// </summary>
internal ref struct NetlinkWriter(Span<byte> buffer)
{
    private readonly Span<byte> _buffer = buffer;
    private int _message;

    /// <summary>Number of bytes written.</summary>
    public int Length { get; private set; }

    public readonly ReadOnlySpan<byte> Written => _buffer[..Length];

    /// <summary>Starts a message with its fixed header; <see cref="EndMessage"/> completes it.</summary>
    public void BeginMessage<T>(ushort type, ushort flags, uint sequence, in T header)
        where T : unmanaged
    {
        _message = Length;
        Put(
            new NlMsgHdr
            {
                Type = type,
                Flags = flags,
                Sequence = sequence,
            }
        );
        Put(header);
    }

    public readonly void EndMessage() => MemoryMarshal.Write(_buffer[_message..], (uint)(Length - _message));

    public void Attribute(ushort type, scoped ReadOnlySpan<byte> value)
    {
        Put(new NlAttr { Length = (ushort)(NlAttr.Size + value.Length), Type = type });
        value.CopyTo(_buffer[Length..]);
        Advance(value.Length);
    }

    public void Attribute<T>(ushort type, T value)
        where T : unmanaged => Attribute(type, MemoryMarshal.AsBytes(new ReadOnlySpan<T>(in value)));

    public void AttributeBigEndian(ushort type, uint value) => Attribute(type, BinaryPrimitives.ReverseEndianness(value));

    /// <summary>Writes a string with its terminating zero.</summary>
    public void AttributeString(ushort type, string value)
    {
        Span<byte> bytes = stackalloc byte[256];
        var length = Encoding.UTF8.GetBytes(value, bytes);
        bytes[length] = 0;
        Attribute(type, bytes[..(length + 1)]);
    }

    /// <summary>Starts a nested attribute; pass the result to <see cref="EndNested"/>.</summary>
    public int BeginNested(ushort type)
    {
        var start = Length;
        Put(new NlAttr { Type = (ushort)(type | Nl.NLA_F_NESTED) });
        return start;
    }

    /// <summary>Starts a nested attribute with a fixed header before its attributes.</summary>
    public int BeginNested<T>(ushort type, in T header)
        where T : unmanaged
    {
        var start = BeginNested(type);
        Put(header);
        return start;
    }

    public readonly void EndNested(int start) => MemoryMarshal.Write(_buffer[start..], (ushort)(Length - start));

    private void Put<T>(in T value)
        where T : unmanaged
    {
        MemoryMarshal.Write(_buffer[Length..], value);
        Advance(System.Runtime.CompilerServices.Unsafe.SizeOf<T>());
    }

    private void Advance(int bytes)
    {
        var padded = Nl.Align(bytes);
        _buffer.Slice(Length + bytes, padded - bytes).Clear();
        Length += padded;
    }
}
