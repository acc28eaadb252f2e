using System.Buffers.Binary;
using CsCheck;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Explain;
using Xunit;

namespace Tandem.Cli.Tests;

public sealed class CaptureReaderTests
{
    private static readonly byte[][] Frames =
    [
        [1, 2, 3, 4, 5],
        [6, 7, 8, 9, 10, 11, 12, 13],
        [],
    ];

    public static TheoryData<string> Kinds { get; } = ["pcap, little", "pcap, big", "pcap, ns", "pcapng, little", "pcapng, big"];

    private static byte[] Build(string kind)
    {
        var bytes = new List<byte>();
        var isBig = kind.EndsWith("big", StringComparison.Ordinal);
        void Number(uint value)
        {
            var word = new byte[4];
            if (isBig)
                BinaryPrimitives.WriteUInt32BigEndian(word, value);
            else
                BinaryPrimitives.WriteUInt32LittleEndian(word, value);
            bytes.AddRange(word);
        }
        void Numbers(params uint[] values) => Array.ForEach(values, Number);
        if (kind.StartsWith("pcapng", StringComparison.Ordinal))
        {
            Numbers(0x0a0d0d0a, 28, 0x1a2b3c4d, 0, uint.MaxValue, uint.MaxValue, 28);
            var type = isBig ? 1u << 16 : 1u;
            Numbers(1, 20, type, 0, 20);
            Numbers(99, 16, 7, 16);
            foreach (var frame in Frames)
            {
                var padded = (uint)(frame.Length + 3) & ~3u;
                Numbers(6, 32 + padded, 0, 0, 0, (uint)frame.Length, (uint)frame.Length + 100);
                bytes.AddRange(frame);
                bytes.AddRange(new byte[padded - frame.Length]);
                Number(32 + padded);
            }
            return [.. bytes];
        }
        Numbers(kind.EndsWith("ns", StringComparison.Ordinal) ? 0xa1b23c4d : 0xa1b2c3d4, 0, 0, 0, 65535, 1);
        foreach (var frame in Frames)
        {
            Numbers(0, 0, (uint)frame.Length, (uint)frame.Length + 100);
            bytes.AddRange(frame);
        }
        return [.. bytes];
    }

    private static List<(byte[] Frame, int Length)> Read(byte[] capture)
    {
        using var reader = new CaptureReader(new MemoryStream(capture));
        var frames = new List<(byte[], int)>();
        while (reader.TryRead(out var frame, out var length))
            frames.Add((frame.ToArray(), length));
        return frames;
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void All_frames_are_read(string kind)
    {
        var frames = Read(Build(kind));
        Assert.Equal(Frames, frames.Select(frame => frame.Frame));
        Assert.Equal(Frames.Select(frame => frame.Length + 100), frames.Select(frame => frame.Length));
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_capture_cut_anywhere_is_read_as_far_as_it_goes_or_refused(string kind)
    {
        var capture = Build(kind);
        for (var length = 0; length < capture.Length; length++)
        {
            try
            {
                Assert.InRange(Read(capture[..length]).Count, 0, Frames.Length - 1);
            }
            catch (CommandException e)
            {
                Assert.Contains("cannot be read", e.Message, StringComparison.Ordinal);
            }
        }
    }

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_damaged_capture_is_read_or_refused(string kind)
    {
        var capture = Build(kind);
        Gen.Select(Gen.Int[0, capture.Length - 1], Gen.Byte)
            .Array[1, 4]
            .Sample(damage =>
            {
                var copy = capture.ToArray();
                foreach (var (position, value) in damage)
                    copy[position] = value;
                try
                {
                    Read(copy);
                }
                catch (CommandException)
                {
                    // The reader may refuse the input, but only in this way.
                }
            });
    }

    [Fact]
    public async Task Shares_of_all_policies_stand_side_by_side()
    {
        var path = Path.Combine(Path.GetTempPath(), $"tdm-{Guid.NewGuid():N}.pcap");
        try
        {
            await File.WriteAllBytesAsync(path, Build("pcap, little"), TestContext.Current.CancellationToken);
            Golden.Equal("shares.txt", (await CommandRun.OfAsync("explain", "--members", "2", "--pcap", path)).Output);
            Assert.Contains(
                "\"share\":1",
                (await CommandRun.OfAsync("-j", "explain", "--members", "2", "--policy", "layer2", "--pcap", path)).Output,
                StringComparison.Ordinal
            );
        }
        finally
        {
            File.Delete(path);
        }
    }
}
