using System.Buffers.Binary;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Explain;

/// <summary>Reads Ethernet frames from a capture file: pcap in both byte orders, or pcapng. A malformed file ends with an error
/// message.</summary>
internal sealed class CaptureReader : IDisposable
{
    private const uint PcapMicroseconds = 0xa1b2c3d4;
    private const uint PcapNanoseconds = 0xa1b23c4d;
    private const uint SectionHeader = 0x0a0d0d0a;
    private const uint ByteOrderMark = 0x1a2b3c4d;
    private const uint InterfaceBlock = 1;
    private const uint SimplePacketBlock = 3;
    private const uint EnhancedPacketBlock = 6;
    private const uint Ethernet = 1;

    /// <summary>No frame is longer; a greater length means that the file is corrupt.</summary>
    private const int MaxBlock = 16 * 1024 * 1024;

    private readonly BufferedStream _stream;
    private readonly List<uint> _linkTypes = [];
    private readonly bool _isPcapng;
    private byte[] _block = new byte[4096];
    private bool _bigEndian;
    private uint _pcapLinkType;

    /// <summary>Reads the file header. <see cref="Dispose"/> closes the stream.</summary>
    public CaptureReader(Stream stream)
    {
        _stream = new BufferedStream(stream, 64 * 1024);
        var magic = Fill(0, 4) ? _block.AsSpan(0, 4) : throw Broken("it is empty");
        var little = BinaryPrimitives.ReadUInt32LittleEndian(magic);
        _isPcapng = little == SectionHeader;
        if (_isPcapng)
        {
            ReadSectionHeader();
            return;
        }
        _bigEndian = BinaryPrimitives.ReadUInt32BigEndian(magic) is PcapMicroseconds or PcapNanoseconds;
        if (!_bigEndian && little is not (PcapMicroseconds or PcapNanoseconds))
            throw Broken("neither pcap nor pcapng");
        Require(4, 20);
        // The upper bits describe the FCS.
        _pcapLinkType = Number(20) & 0xffff;
    }

    /// <inheritdoc/>
    public void Dispose() => _stream.Dispose();

    /// <summary>Reads the next frame; false at the end. The frame is valid until the next call.</summary>
    public bool TryRead(out ReadOnlySpan<byte> frame, out int originalLength)
    {
        while (
            _isPcapng
                ? TryReadBlock(out var position, out var length, out originalLength, out var type)
                : TryReadRecord(out position, out length, out originalLength, out type)
        )
        {
            if (type != Ethernet)
                continue;
            frame = _block.AsSpan(position, length);
            return true;
        }
        frame = default;
        originalLength = 0;
        return false;
    }

    private bool TryReadRecord(out int position, out int length, out int originalLength, out uint type)
    {
        (position, length, originalLength, type) = (0, 0, 0, _pcapLinkType);
        if (!Fill(0, 16))
            return false;
        length = Length(8);
        originalLength = Length(12);
        Require(0, length);
        return true;
    }

    /// <summary>Reads one block; type 0 for a block without a frame.</summary>
    private bool TryReadBlock(out int position, out int length, out int originalLength, out uint type)
    {
        (position, length, originalLength, type) = (0, 0, 0, 0);
        if (!Fill(0, 4))
            return false;
        // The section header's type reads the same in both byte orders; a new section may change the order.
        if (BinaryPrimitives.ReadUInt32LittleEndian(_block) == SectionHeader)
        {
            ReadSectionHeader();
            return true;
        }
        Require(4, 4);
        var kind = Number(0);
        var total = Length(4);
        if (total < 12 || total % 4 != 0)
            throw Broken("a block's length is wrong");
        Require(8, total - 8);
        var body = total - 12;
        switch (kind)
        {
            case InterfaceBlock when body >= 8:
                // A link type of 16 bits, followed by 16 reserved bits.
                _linkTypes.Add(_bigEndian ? Number(8) >> 16 : Number(8) & 0xffff);
                break;
            case EnhancedPacketBlock when body >= 20:
                (position, length, originalLength) = (28, Length(20), Length(24));
                type = LinkType(Number(8));
                CheckInside(length, body - 20);
                break;
            case SimplePacketBlock when body >= 4:
                (position, originalLength) = (12, Length(8));
                length = Math.Min(originalLength, body - 4);
                type = LinkType(0);
                break;
        }
        return true;
    }

    private void ReadSectionHeader()
    {
        Require(4, 8);
        _bigEndian = BinaryPrimitives.ReadUInt32BigEndian(_block.AsSpan(8)) == ByteOrderMark;
        if (!_bigEndian && Number(8) != ByteOrderMark)
            throw Broken("a section's byte order is unknown");
        var total = Length(4);
        if (total < 28)
            throw Broken("a section's length is wrong");
        Require(12, total - 12);
        _linkTypes.Clear();
    }

    private uint LinkType(uint index) =>
        index < _linkTypes.Count ? _linkTypes[(int)index] : throw Broken("a frame names an unknown interface");

    private static void CheckInside(int length, int room)
    {
        if (length > room)
            throw Broken("a frame is longer than its block");
    }

    private uint Number(int position) =>
        _bigEndian
            ? BinaryPrimitives.ReadUInt32BigEndian(_block.AsSpan(position))
            : BinaryPrimitives.ReadUInt32LittleEndian(_block.AsSpan(position));

    private int Length(int position) =>
        Number(position) is <= MaxBlock and var length ? (int)length : throw Broken("a length is beyond 16 MiB");

    private void Require(int position, int count)
    {
        if (!Fill(position, count))
            throw Broken("it ends in the middle");
    }

    /// <summary>Reads bytes into the block; false if the file has ended.</summary>
    private bool Fill(int position, int count)
    {
        if (_block.Length < position + count)
            Array.Resize(ref _block, Math.Max(position + count, 2 * _block.Length));
        var read = _stream.ReadAtLeast(_block.AsSpan(position, count), count, throwOnEndOfStream: false);
        if (read == count)
            return true;
        return read == 0 ? false : throw Broken("it ends in the middle");
    }

    private static CommandException Broken(string why) =>
        new(ExitCode.Syntax, $"--pcap: the capture cannot be read: {why}; accepted: pcap, pcapng");
}
