using System.Globalization;
using System.Runtime.InteropServices;
using Tandem.Linux.Devices;
using Tandem.Linux.Native;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Sockets.Tunnels;

/// <summary>Tunnels above bond0, of all kinds that this kernel has.</summary>
public class TunnelTests
{
    /// <summary>Arguments of <c>ip link add</c>; 4 and 6 stand for the addresses of the bond and of its peer.</summary>
    public static TheoryData<string> Tunnels =>
        [
            "vxlan id 7 dstport 4789 {4}",
            "vxlan id 7 dstport 4789 {4} udpcsum",
            "vxlan id 7 dstport 4789 {6}",
            "vxlan id 7 dstport 4789 {6} udp6zerocsumtx udp6zerocsumrx",
            "geneve id 7 {4}",
            "gretap {4}",
            "gretap {4} key 7 csum",
            "gre {4}",
            "ip6gretap {6}",
            "ipip {4}",
            "sit {4}",
            "ip6tnl mode any {6}",
        ];

    [Theory]
    [MemberData(nameof(Tunnels))]
    public void Streams_cross_a_tunnel_whole_both_ways(string tunnel)
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        AddTunnel(pair, tunnel);
        const int Bytes = 16 << 20;

        Assert.Equal(Bytes, Transfer.Tcp(pair.Here, pair.There, "10.9.0.2", Bytes));
        var before = pair.Host.ReadCounters(0);
        Assert.Equal(Bytes, Transfer.Tcp(pair.There, pair.Here, "10.9.0.1", Bytes));

        var after = pair.Host.ReadCounters(0);
        // Segments arrived whole, so the sender did not cut them; otherwise this would test nothing.
        Assert.True((after.RxBytes - before.RxBytes) / (after.RxFrames - before.RxFrames) > 8000, after.ToString());
        // Some retransmissions are normal, as a queue may be full.
        Assert.InRange(Retransmissions(pair.There), 0, Bytes / 1400 / 10);
    }

    [Fact]
    public void Datagrams_cross_a_tunnel_alone_and_as_a_large_segment()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        AddTunnel(pair, "vxlan id 7 dstport 4789 {4} udpcsum");
        using var receiver = Transfer.Udp(pair.Here, "10.9.0.1", null, 9);
        using var sender = Transfer.Udp(pair.There, null, "10.9.0.1", 9);
        var buffer = new byte[2000];
        // The checksum of the datagram inside the tunnel is unfinished too.
        sender.Send(new byte[100]);
        Assert.Equal(100, receiver.Receive(buffer));

        // UDP_SEGMENT (linux/udp.h): the stack cuts the payload into datagrams of this size, as late as it can.
        const int Udp = 17;
        const int Segment = 103;
        sender.SetRawSocketOption(Udp, Segment, BitConverter.GetBytes(1000));
        var payload = new byte[20500];
        new Random(1).NextBytes(payload);
        sender.Send(payload);
        for (var done = 0; done < payload.Length; done += 1000)
        {
            var length = receiver.Receive(buffer);
            Assert.Equal(payload[done..Math.Min(done + 1000, payload.Length)], buffer[..length]);
        }
    }

    [Theory]
    [InlineData("Ethernet Ip4 Udp! Vxlan Ethernet Ip4 Tcp+3")]
    [InlineData("Ethernet Ip6 Udp! Geneve+4 Ethernet Ip6 Tcp+3")]
    [InlineData("Ethernet Ip4 Gre+1! Ethernet Ip4 Tcp+3")]
    [InlineData("Ethernet Ip6 Gre! Ip6 Tcp")]
    [InlineData("Ethernet Ip4 Ip6 Tcp")]
    [InlineData("Ethernet Ip6 Ip4 Tcp")]
    [InlineData("Ethernet Ip4 Udp! Gue Ip4 Tcp")]
    [InlineData("Ethernet Ip4 Udp Vxlan Ethernet Ip4 Udp")]
    [InlineData("Ethernet Mpls Ip4 Tcp")]
    public void A_segment_in_any_tunnel_reaches_the_bonds_device_in_frames(string layers)
    {
        Netns.Require();
        var (pair, member) = WithTapMember();
        using var _ = pair;
        using var __ = member;
        var frame = TunnelFrame.Parse(layers);
        var payload = new byte[5000];
        new Random(1).NextBytes(payload);
        using var host = pair.Here.Run(() => new RawSocket("bond0"));

        Write(member, frame.Large(payload), frame.Description(1300));

        foreach (var expected in frame.Frames(payload, 1300))
        {
            // The stack completes the innermost checksum, but not in the copies for packet sockets.
            var checksum = frame.Transport + frame.Description(1300).ChecksumOffset;
            host.Receive(f =>
                f.Length == expected.Length
                && f.AsSpan(0, checksum).SequenceEqual(expected.AsSpan(0, checksum))
                && f.AsSpan(checksum + 2).SequenceEqual(expected.AsSpan(checksum + 2))
            );
        }
        Assert.Equal(0ul, pair.Host.ReadCounters(1).RxDropped);
    }

    [Fact]
    public void A_segment_that_cannot_be_cut_is_dropped_and_counted()
    {
        Netns.Require();
        var (pair, member) = WithTapMember();
        using var _ = pair;
        using var __ = member;
        var frame = TunnelFrame.Parse("Ethernet Ip4 Gre Ip4 Tcp");
        var bytes = frame.Large(new byte[5000]);
        // GRE with sequence numbers.
        bytes[34] |= 0x10;

        Write(member, bytes, frame.Description(1300));

        Until.True(() => pair.Host.ReadCounters(1).RxDropped == 1, "the segment is counted");
    }

    /// <summary>Makes the tunnel at both ends, with the addresses 10.9.0.1 and 10.9.0.2; skips the test where the kernel has none.</summary>
    private static void AddTunnel(BondedPair pair, string tunnel)
    {
        pair.Here.Ip("addr add fd08::1/64 dev bond0 nodad");
        pair.There.Ip("addr add fd08::2/64 dev p0 nodad");
        foreach (var (place, number, device) in new[] { (pair.Here, 1, "bond0"), (pair.There, 2, "p0") })
        {
            string Ends(string prefix) =>
                string.Create(CultureInfo.InvariantCulture, $"local {prefix}{number} remote {prefix}{3 - number} dev {device}");
            var what = tunnel
                .Replace("{4}", Ends("10.8.0."), StringComparison.Ordinal)
                .Replace("{6}", Ends("fd08::"), StringComparison.Ordinal);
            if (tunnel.StartsWith("geneve", StringComparison.Ordinal))
                what = string.Create(CultureInfo.InvariantCulture, $"geneve id 7 remote 10.8.0.{3 - number}");
            try
            {
                place.Ip($"link add tunnel type {what}");
            }
            catch (InvalidOperationException e) when (e.Message.Contains("Unknown device type", StringComparison.Ordinal))
            {
                Assert.Skip($"the kernel has no device of type {tunnel.Split(' ')[0]}");
            }
            place.Ip(string.Create(CultureInfo.InvariantCulture, $"addr add 10.9.0.{number}/24 dev tunnel"));
            place.Ip("link set tunnel up");
        }
    }

    /// <summary>
    /// A pair with a TAP device as its second member, through which segments of any kind arrive: packet sockets send none that are in
    /// tunnels, the kernel would have to cut them.
    /// </summary>
    private static (BondedPair Pair, TapDevice Member) WithTapMember()
    {
        var pair = new BondedPair().Connect();
        var member = pair.Here.Run(() => TapDevice.Open("m1", reattach: false)).Value!;
        Assert.True(pair.Attach(1).IsOk);
        pair.Here.Ip("link set m1 up");
        Until.True(() => pair.Link("m1").IsRunning, "m1 is up");
        pair.Publish(BondedPair.PlanOf(2, 0, 1));
        return (pair, member);
    }

    private static unsafe void Write(TapDevice member, byte[] frame, VirtioNetHdr description)
    {
        var all = new byte[VirtioNetHdr.Size + frame.Length];
        MemoryMarshal.Write(all, in description);
        frame.CopyTo(all, VirtioNetHdr.Size);
        fixed (byte* start = all)
            Assert.Equal(all.Length, Files.Write(member.Descriptor.Number, start, (nuint)all.Length));
    }

    private static int Retransmissions(Netns place)
    {
        var lines = place.Execute("cat", "/proc/net/snmp").Split('\n').Where(l => l.StartsWith("Tcp:", StringComparison.Ordinal)).ToArray();
        var column = Array.IndexOf(lines[0].Split(' '), "RetransSegs");
        return int.Parse(lines[1].Split(' ')[column], CultureInfo.InvariantCulture);
    }
}
