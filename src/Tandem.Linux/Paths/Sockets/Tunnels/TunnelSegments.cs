using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tandem.Core.Packets;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets.Tunnels;

/// <summary>
/// Splits a large segment into frames of the sender's segment size. All fields that depend on the length are rewritten, outside and
/// inside the tunnel. The innermost checksum stays partial: the stack completes it if the frame leaves the machine. Its contribution to
/// the outer checksums follows from the pseudo-header's sum, so the payload is not read.
/// </summary>
/// <param name="headers">The headers of the frame.</param>
/// <param name="frame">The frame, from its destination address on.</param>
/// <param name="description">Its virtio-net header.</param>
/// <param name="room">The buffer for the headers of each frame.</param>
internal ref struct TunnelSegments(TunnelHeaders headers, ReadOnlySpan<byte> frame, VirtioNetHdr description, Span<byte> room)
{
    private const int UdpLength = 4;
    private const int UdpChecksum = 6;

    private readonly TunnelHeaders _headers = headers;
    private readonly ReadOnlySpan<byte> _frame = frame;
    private readonly VirtioNetHdr _description = description;
    private readonly Span<byte> _room = room[..(VirtioNetHdr.Size + headers.Goal.Payload)];
    private int _index = -1;

    /// <summary>Bytes that the headers of any frame fit into.</summary>
    public const int RoomLength = VirtioNetHdr.Size + InnerTransport.MaxHeaders;

    /// <summary>The current frame's virtio-net header and all of its headers.</summary>
    public readonly ReadOnlySpan<byte> Headers => _room;

    /// <summary>The current frame's payload, inside the large segment.</summary>
    public ReadOnlySpan<byte> Payload { get; private set; }

    /// <summary>Moves to the next frame; false if there is none.</summary>
    public bool MoveNext()
    {
        _index++;
        var done = _index * _description.GsoSize;
        var rest = _frame[_headers.Goal.Payload..];
        if (done >= rest.Length && _index > 0)
            return false;
        rest = rest[done..];
        Payload = rest[..Math.Min(_description.GsoSize, rest.Length)];
        Describe();
        var bytes = _room[VirtioNetHdr.Size..];
        _frame[..bytes.Length].CopyTo(bytes);
        if (_headers.Goal.IsTcp)
            WriteTcp(bytes[_headers.Goal.Offset..], (uint)done, isLast: Payload.Length == rest.Length);
        else
            WriteWord(bytes, _headers.Goal.Offset + UdpLength, LengthFrom(_headers.Goal.Offset));
        // The stack completes this checksum; the pseudo-header's sum includes the length.
        var checksum = _headers.Goal.Offset + _description.ChecksumOffset;
        var partial = WithLength(ReadWord(bytes, checksum), _headers.Goal.Offset);
        WriteWord(bytes, checksum, partial);
        // From the innermost to the outermost header: a checksum covers what follows it.
        for (var i = _headers.Found.Length - 1; i >= 0; i--)
            Write(_headers.Found[i], bytes, partial);
        return true;
    }

    private readonly void Describe()
    {
        var whole = new VirtioNetHdr
        {
            Flags = VirtioNetHdr.F_NEEDS_CSUM,
            ChecksumStart = _description.ChecksumStart,
            ChecksumOffset = _description.ChecksumOffset,
        };
        MemoryMarshal.Write(_room, in whole);
    }

    private readonly void WriteTcp(Span<byte> tcp, uint done, bool isLast)
    {
        const int Sequence = 4;
        const int Flags = 13;
        const byte FinAndPush = 0x09;
        const byte Reduced = 0x80;
        BinaryPrimitives.WriteUInt32BigEndian(tcp[Sequence..], BinaryPrimitives.ReadUInt32BigEndian(tcp[Sequence..]) + done);
        if (!isLast)
            tcp[Flags] &= unchecked((byte)~FinAndPush);
        // CWR is set once (RFC 3168, 6.1.2); the virtio-net header then says so. With Accurate ECN (RFC 9768) the bit is part of a number
        // that all frames repeat, and the virtio-net header does not mention it.
        if (_index > 0 && (_description.GsoType & VirtioNetHdr.GSO_ECN) != 0)
            tcp[Flags] &= unchecked((byte)~Reduced);
    }

    private readonly void Write(FrameHeader header, Span<byte> bytes, ushort partial)
    {
        var at = header.Offset;
        switch (header.Kind)
        {
            case HeaderKind.Ip4:
                WriteIp4(bytes[at..], LengthFrom(at));
                break;
            case HeaderKind.Ip6:
                WriteWord(bytes, at + 4, LengthFrom(at + Ip6Header.Length));
                break;
            case HeaderKind.Pppoe:
                WriteWord(bytes, at + 4, LengthFrom(at + 6));
                break;
            case HeaderKind.Gre:
                WriteWord(bytes, at + 4, 0);
                WriteWord(bytes, at + 4, ChecksumFrom(at, bytes, partial));
                break;
            default:
                WriteUdp(at, bytes, partial);
                break;
        }
    }

    private readonly void WriteIp4(Span<byte> ip, ushort length)
    {
        const int TotalLength = 2;
        const int Identification = 4;
        const int Checksum = 10;
        WriteWord(ip, TotalLength, length);
        WriteWord(ip, Identification, (ushort)(ReadWord(ip, Identification) + _index));
        WriteWord(ip, Checksum, 0);
        WriteWord(ip, Checksum, InternetChecksum.Compute(ip[..Ip4Header.LengthOf(ip[0])]));
    }

    /// <summary>An outer UDP header. Its checksum, if present, was the pseudo-header's sum too.</summary>
    private readonly void WriteUdp(int at, Span<byte> bytes, ushort partial)
    {
        WriteWord(bytes, at + UdpLength, LengthFrom(at));
        var sum = ReadWord(bytes, at + UdpChecksum);
        if (sum == 0)
            return;
        WriteWord(bytes, at + UdpChecksum, WithLength(sum, at));
        var checksum = ChecksumFrom(at, bytes, partial);
        // 0 would mean no checksum (RFC 768).
        WriteWord(bytes, at + UdpChecksum, checksum == 0 ? ushort.MaxValue : checksum);
    }

    /// <summary>
    /// The checksum from a header to the end of the frame. The innermost segment with its completed checksum adds up to the complement of
    /// its pseudo-header.
    /// </summary>
    private readonly ushort ChecksumFrom(int at, ReadOnlySpan<byte> bytes, ushort partial) =>
        (ushort)~InternetChecksum.Add(InternetChecksum.FoldedSum(bytes[at.._headers.Goal.Offset]), (ushort)~partial);

    /// <summary>Replaces the length in a pseudo-header's sum: the current frame's instead of the large segment's.</summary>
    private readonly ushort WithLength(ushort sum, int at) =>
        InternetChecksum.Add(InternetChecksum.Add(sum, (ushort)~(_frame.Length - at)), LengthFrom(at));

    /// <summary>Bytes of the current frame from an offset on.</summary>
    private readonly ushort LengthFrom(int at) => (ushort)(_headers.Goal.Payload + Payload.Length - at);

    private static ushort ReadWord(ReadOnlySpan<byte> bytes, int offset) => BinaryPrimitives.ReadUInt16BigEndian(bytes[offset..]);

    private static void WriteWord(Span<byte> bytes, int offset, ushort value) =>
        BinaryPrimitives.WriteUInt16BigEndian(bytes[offset..], value);
}
