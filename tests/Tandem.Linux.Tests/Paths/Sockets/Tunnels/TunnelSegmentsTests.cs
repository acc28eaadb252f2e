using System.Runtime.InteropServices;
using CsCheck;
using Tandem.Linux.Native;
using Tandem.Linux.Paths.Sockets.Tunnels;

namespace Tandem.Linux.Tests.Paths.Sockets.Tunnels;

public class TunnelSegmentsTests
{
    private static readonly Layer Ethernet = new(Part.Ethernet);
    private static readonly Layer Tag = new(Part.Tag);
    private static readonly Layer Udp = new(Part.Udp);
    private static readonly Layer SummedUdp = new(Part.Udp, Checksum: true);
    private static readonly Layer Vxlan = new(Part.Vxlan);

    /// <summary>A number after + is of 32-bit words of options; ! is for a checksum.</summary>
    public static TheoryData<string> Tunnels =>
        [
            "Ethernet Ip4 Udp Vxlan Ethernet Ip4 Tcp+3",
            "Ethernet Ip4 Udp! Vxlan Ethernet Ip6 Tcp+3",
            "Ethernet Ip6 Udp! Vxlan Ethernet Tag Ip4 Udp",
            "Ethernet Tag Tag Ip6 Udp Geneve+10 Ethernet Ip4 Tcp",
            "Ethernet Ip4 Udp Vxlan Ip6 Tcp",
            "Ethernet Ip4 Udp! Ip4 Tcp",
            "Ethernet Ip4 Udp Ip6 Tcp",
            "Ethernet Ip4 Udp Gue+1 Ip4 Tcp",
            "Ethernet Ip4 Udp! Gue Gre! Ip4 Tcp",
            "Ethernet Ip6 Udp! Gre+1! Ethernet Ip4 Tcp",
            "Ethernet Ip4 Gre Ip4 Tcp+3",
            "Ethernet Ip4 Gre! Ip6 Tcp",
            "Ethernet Ip6 Gre+1! Ethernet Ip4 Udp",
            "Ethernet Ip4 Ip4 Tcp",
            "Ethernet Ip4 Ip6 Udp",
            "Ethernet Ip6+2 Ip6 Tcp",
            "Ethernet Ip6+4 Ip4+2 Tcp",
            "Ethernet Mpls Mpls Ip4 Tcp",
            "Ethernet Tag Pppoe Ip6 Tcp",
            "Ethernet Ip4 Udp Vxlan Ethernet Ip4 Udp! Vxlan Ethernet Ip6 Tcp",
        ];

    [Theory]
    [MemberData(nameof(Tunnels))]
    public void A_segment_in_a_tunnel_becomes_the_frames_that_its_sender_would_have_made(string layers)
    {
        var frame = TunnelFrame.Parse(layers);
        foreach (var (size, count) in new[] { (1, 5), (536, 5361), (1400, 2800), (1400, 2801), (1400, 700), (8900, 60000) })
            Check(frame, Payload(count), size);
    }

    [Fact]
    public void Segments_of_all_shapes_and_sizes_become_such_frames()
    {
        Gen.Select(Shapes, Gen.Int[1, 9000], Gen.Int[1, 20000], Gen.Byte, Gen.Bool)
            .Sample(
                (layers, size, count, flags, saysEcn) =>
                    Check(new TunnelFrame(layers) { Flags = flags, SaysEcn = saysEcn }, Payload(Math.Min(count, size * 50)), size),
                iter: 3000
            );
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Only_the_first_frame_says_that_the_window_was_reduced_if_the_description_says_so(bool saysEcn)
    {
        var frame = new TunnelFrame(TunnelFrame.Parse("Ethernet Ip4 Gre Ip4 Tcp").Layers) { Flags = 0x80 | 0x10, SaysEcn = saysEcn };
        var frames = Cut(frame.Large(Payload(300)), frame.Description(100));
        Assert.Equal([0x90, saysEcn ? 0x10 : 0x90, saysEcn ? 0x10 : 0x90], frames.Select(f => (int)f[frame.Transport + 13]));
    }

    [Fact]
    public void A_plain_segment_is_recognized_also_with_tags_and_extension_headers()
    {
        foreach (var layers in new[] { "Ethernet Ip4 Tcp", "Ethernet Tag Tag Ip6 Udp", "Ethernet Ip4+3 Tcp+2" })
        {
            var frame = TunnelFrame.Parse(layers);
            Assert.True(PlainSegment.IsCertain(frame.Large(Payload(3000)), frame.Description(1000)), frame.ToString());
        }
        var extended = TunnelFrame.Parse("Ethernet Ip6+2 Tcp");
        var headers = new TunnelHeaders();
        Assert.False(PlainSegment.IsCertain(extended.Large(Payload(3000)), extended.Description(1000)));
        Assert.True(headers.TryRead(extended.Large(Payload(3000)), extended.Description(1000)) && headers.IsPlain);
    }

    [Theory]
    [MemberData(nameof(Tunnels))]
    public void A_segment_in_a_tunnel_is_not_taken_for_plain(string layers)
    {
        var frame = TunnelFrame.Parse(layers);
        var headers = new TunnelHeaders();
        Assert.False(PlainSegment.IsCertain(frame.Large(Payload(3000)), frame.Description(1000)));
        Assert.True(headers.TryRead(frame.Large(Payload(3000)), frame.Description(1000)));
        Assert.False(headers.IsPlain);
    }

    [Fact]
    public void A_segment_with_tested_checksums_is_plain_if_its_transport_header_is_the_outermost()
    {
        static bool IsCertain(string layers)
        {
            var frame = TunnelFrame.Parse(layers);
            var description = frame.Description(1000);
            (description.Flags, description.ChecksumStart, description.ChecksumOffset) = (2, 0, 0);
            Assert.False(new TunnelHeaders().TryRead(frame.Large(Payload(3000)), description));
            return PlainSegment.IsCertain(frame.Large(Payload(3000)), description);
        }
        Assert.True(IsCertain("Ethernet Ip4 Tcp"));
        Assert.True(IsCertain("Ethernet Tag Ip6 Tcp"));
        Assert.False(IsCertain("Ethernet Ip4 Gre Ip4 Tcp"));
        Assert.False(IsCertain("Ethernet Ip4 Udp Vxlan Ethernet Ip4 Tcp"));
    }

    [Fact]
    public void Frames_that_cannot_be_segmented_are_refused()
    {
        var frame = TunnelFrame.Parse("Ethernet Ip4 Gre Ip4 Tcp");
        var bytes = frame.Large(Payload(3000));
        var good = frame.Description(1000);
        bool Reads(byte[] bytes, VirtioNetHdr description) => new TunnelHeaders().TryRead(bytes, description);
        Assert.True(Reads(bytes, good));
        Assert.False(Reads(bytes, good with { GsoSize = 0 }), "no size");
        Assert.False(Reads(bytes, good with { GsoType = 3 }), "UDP fragments");
        Assert.False(Reads(bytes, good with { GsoType = 4 }), "TCP in IPv6");
        Assert.False(Reads(bytes, good with { ChecksumOffset = 6 }), "the offset of UDP");
        Assert.False(Reads(bytes, good with { ChecksumStart = (ushort)bytes.Length }), "beyond the end");
        Assert.False(Reads(With(35, 0x10), good), "GRE with sequence numbers");
        Assert.False(Reads(With(34, 0x10), good), "GRE with sequence numbers");
        Assert.False(Reads(With(35, 1), good), "GRE of PPTP");
        Assert.False(Reads(With(20, 0x20), good), "a fragment");
        Assert.False(Reads(With(23, 50), good), "ESP");
        Assert.False(Reads(With(12, 0x89), good), "an unknown type");

        byte[] With(int at, byte value)
        {
            byte[] changed = [.. bytes];
            changed[at] = value;
            return changed;
        }
    }

    [Theory]
    [MemberData(nameof(Tunnels))]
    public void Damaged_segments_and_those_cut_off_at_any_byte_do_no_harm(string layers)
    {
        var frame = TunnelFrame.Parse(layers);
        var bytes = frame.Large(Payload(500));
        var description = frame.Description(100);
        for (var length = 0; length < bytes.Length; length++)
            CutIfPossible(bytes.AsSpan(0, length), description);
        var random = new Random(1);
        for (var i = 0; i < 3000; i++)
        {
            byte[] damaged = [.. bytes];
            for (var n = random.Next(1, 4); n > 0; n--)
                damaged[random.Next(12, frame.Headers)] = (byte)random.Next(256);
            CutIfPossible(damaged, description with { ChecksumStart = (ushort)(description.ChecksumStart + random.Next(-3, 3) * 2) });
        }
    }

    [Fact]
    public void Cutting_allocates_nothing()
    {
        var frame = TunnelFrame.Parse("Ethernet Ip4 Udp! Vxlan Ethernet Ip4 Tcp");
        var bytes = frame.Large(Payload(3000));
        var description = frame.Description(1000);
        var headers = new TunnelHeaders();
        var room = new byte[TunnelSegments.RoomLength];
        long CutOften(int times)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            for (var i = 0; i < times; i++)
            {
                headers.TryRead(bytes, description);
                var segments = new TunnelSegments(headers, bytes, description, room);
                while (segments.MoveNext()) { }
            }
            return GC.GetAllocatedBytesForCurrentThread() - before;
        }
        CutOften(1);
        Assert.Equal(0, CutOften(1000));
    }

    private static Gen<Layer[]> Shapes
    {
        get
        {
            var ip4 = Gen.Int[0, 10].Select(words => new Layer(Part.Ip4, words));
            var ip6 = Gen.Int[0, 4].Select(words => new Layer(Part.Ip6, words * 2));
            var ip = Gen.OneOf(ip4, ip6).Select(layer => new[] { layer });
            var tags = Gen.Int[0, 2].Select(count => Enumerable.Repeat(Tag, count).ToArray());
            var ethernet = tags.Select(t => new[] { Ethernet }.Concat(t).ToArray());
            var gre = Gen.Select(Gen.Int[0, 1], Gen.Bool, (words, sum) => new Layer(Part.Gre, words, sum));
            var greHeaders = Gen.Select(
                gre,
                Gen.OneOf(Gen.Const(Array.Empty<Layer>()), ethernet),
                (g, e) => new[] { g }.Concat(e).ToArray()
            );
            var geneve = Gen.Int[0, 63].Select(words => new Layer(Part.Geneve, words));
            var gue = Gen.Int[0, 4].Select(words => new[] { new Layer(Part.Gue, words) });
            var inUdp = Gen.OneOf(
                ethernet.Select(e => new[] { Vxlan }.Concat(e).ToArray()),
                Gen.Select(geneve, ethernet, (g, e) => new[] { g }.Concat(e).ToArray()),
                Gen.Const(new[] { Vxlan }),
                Gen.Const(Array.Empty<Layer>()),
                gue,
                greHeaders,
                Gen.Select(gue, greHeaders, (u, g) => u.Concat(g).ToArray())
            );
            var udp = Gen.Select(Gen.Bool, inUdp, (sum, rest) => new[] { sum ? SummedUdp : Udp }.Concat(rest).ToArray());
            var tunnel = Gen.OneOf(udp, greHeaders, Gen.Const(Array.Empty<Layer>()));
            var transport = Gen.OneOf(Gen.Int[0, 10].Select(words => new Layer(Part.Tcp, words)), Gen.Const(Udp));
            return Gen.Select(
                ethernet,
                ip,
                tunnel,
                ip,
                transport,
                (e, outer, t, inner, l4) => (Layer[])[.. e, .. outer, .. t, .. inner, l4]
            );
        }
    }

    /// <summary>Once the stack has completed the frames, they equal the frames that the sender would have made, byte for byte.</summary>
    private static void Check(TunnelFrame frame, byte[] payload, int size)
    {
        var frames = Cut(frame.Large(payload), frame.Description(size));
        var expected = frame.Frames(payload, size).ToArray();
        Assert.True(expected.Length == frames.Count, $"{frame}: {frames.Count} frames instead of {expected.Length}");
        for (var i = 0; i < expected.Length; i++)
            Assert.True(
                expected[i].AsSpan().SequenceEqual(frames[i]),
                $"{frame}, {payload.Length} bytes in {size}: frame {i} is different"
            );
    }

    private static List<byte[]> Cut(ReadOnlySpan<byte> frame, VirtioNetHdr description)
    {
        var frames = CutIfPossible(frame, description);
        Assert.NotNull(frames);
        return frames;
    }

    private static List<byte[]>? CutIfPossible(ReadOnlySpan<byte> frame, VirtioNetHdr description)
    {
        var headers = new TunnelHeaders();
        if (!headers.TryRead(frame, description))
            return null;
        var frames = new List<byte[]>();
        var segments = new TunnelSegments(headers, frame, description, new byte[TunnelSegments.RoomLength]);
        while (segments.MoveNext())
        {
            var written = MemoryMarshal.Read<VirtioNetHdr>(segments.Headers);
            Assert.Equal((1, 0, 0), (written.Flags, written.GsoType, written.GsoSize));
            frames.Add(Complete([.. segments.Headers[VirtioNetHdr.Size..], .. segments.Payload], written));
        }
        return frames;
    }

    /// <summary>Completes a partial checksum, as the stack does before a frame leaves the machine.</summary>
    private static byte[] Complete(byte[] frame, VirtioNetHdr description)
    {
        var sum = (ushort)~TunnelFrame.Sum(frame.AsSpan(description.ChecksumStart));
        if (sum == 0 && description.ChecksumOffset == 6)
            sum = ushort.MaxValue;
        frame[description.ChecksumStart + description.ChecksumOffset] = (byte)(sum >> 8);
        frame[description.ChecksumStart + description.ChecksumOffset + 1] = (byte)sum;
        return frame;
    }

    private static byte[] Payload(int count)
    {
        var payload = new byte[count];
        new Random(count).NextBytes(payload);
        return payload;
    }
}
