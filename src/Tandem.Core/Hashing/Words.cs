using System.Buffers.Binary;

namespace Tandem.Core.Hashing;

/// <summary>Reads 32-bit words of a frame in the byte order of the driver's little-endian hosts.</summary>
internal static class Words
{
    /// <summary>Whether the frame has <paramref name="count"/> bytes at <paramref name="offset"/>.</summary>
    public static bool Has(ReadOnlySpan<byte> frame, int offset, int count) => offset <= frame.Length - count;

    public static uint Read(ReadOnlySpan<byte> frame, int offset) => BinaryPrimitives.ReadUInt32LittleEndian(frame[offset..]);

    public static ushort ReadNetworkOrder(ReadOnlySpan<byte> frame, int offset) => BinaryPrimitives.ReadUInt16BigEndian(frame[offset..]);

    /// <summary>Exclusive or of all words. The order of words, and so of source and destination, does not matter.</summary>
    public static uint Fold(ReadOnlySpan<byte> words)
    {
        uint fold = 0;
        for (; words.Length >= sizeof(uint); words = words[sizeof(uint)..])
            fold ^= BinaryPrimitives.ReadUInt32LittleEndian(words);
        return fold;
    }
}
