using System.Globalization;
using System.Net.Sockets;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.EndToEnd.Tests;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths;

public class DataPathTests
{
    public static TheoryData<DataPathChoice, DeviceKind> Paths =>
        new()
        {
            { DataPathChoice.CSharp, DeviceKind.Tap },
            { DataPathChoice.Ebpf, DeviceKind.Tap },
            { DataPathChoice.Ebpf, DeviceKind.Veth },
        };

    [Theory]
    [MemberData(nameof(Paths))]
    public void Large_segments_cross_whole_both_ways(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: path, kind: kind).Connect();
        const int Bytes = 32 << 20;
        // Frames that the host sent before the other end was up are lost.
        var dropped = pair.Counted.ReadCounters(0).TxDropped;

        Assert.Equal(Bytes, Transfer.Tcp(pair.Here, pair.There, "10.8.0.2", Bytes));
        var sent = pair.Host.ReadCounters(0);
        Assert.True(sent.TxBytes / sent.TxFrames > 8000, sent.ToString());

        Assert.Equal(Bytes, Transfer.Tcp(pair.There, pair.Here, "10.8.0.1", Bytes));
        var received = pair.Counted.ReadCounters(0);
        Assert.True((received.RxBytes - sent.RxBytes) / (received.RxFrames - sent.RxFrames) > 8000, received.ToString());
        Assert.Equal(dropped, received.TxDropped);
    }

    [Fact]
    public void Forwarding_allocates_nothing()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        using var sender = Transfer.Udp(pair.Here, null, "10.8.0.2", 9);
        using var receiver = Transfer.Udp(pair.There, "10.8.0.2", null, 9);
        var datagram = new byte[64];
        var buffer = new byte[64];
        void Exchange(int count)
        {
            for (var i = 0; i < count; i++)
            {
                sender.Send(datagram);
                receiver.Receive(buffer);
            }
        }
        Exchange(200);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Exchange(5000);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        Assert.True(pair.Host.ReadCounters(0).TxFrames >= 5200);
        // One byte per frame would be 5000. The runtime itself allocates the rest.
        Assert.InRange(allocated, 0, 4000);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_vlan_tag_is_put_back_on_the_way_in(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        Provided.Require(Tool.Exists("tcpdump"), "tcpdump is not installed");
        using var pair = new BondedPair(path: path, kind: kind).Connect();
        using var capture = Tool.Start("ip", $"netns exec {pair.Here.Name} tcpdump -n -e -l -c 1 -i bond0 vlan 42");
        // tcpdump reports that it listens before it captures.
        while (capture.StandardError.ReadLine() is { } line && !line.StartsWith("listening", StringComparison.Ordinal)) { }
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        var frame = new byte[64];
        pair.Link("bond0").Address.Write(frame);
        frame[6] = 2;
        new byte[] { 0x81, 0x00, 0x00, 42, 0x88, 0xb5 }.CopyTo(frame, 12);
        peer.Send(frame);
        Assert.True(capture.WaitForExit(TimeSpan.FromSeconds(5)));
        Assert.Contains("vlan 42", capture.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void A_tag_of_the_host_stays_in_the_frame_on_the_way_out(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: path, kind: kind).Connect();
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        using var host = pair.Here.Run(() => new RawSocket("bond0"));
        var frame = new byte[64];
        frame.AsSpan(0, 6).Fill(0xff);
        frame[6] = 2;
        new byte[] { 0x81, 0x00, 0x00, 42, 0x88, 0xb5 }.CopyTo(frame, 12);
        host.Send(frame);
        // The receiving kernel removes the tag, so the frame is shorter by the tag.
        var seen = peer.Receive(f => f.Length >= 14 && f[12] == 0x88 && f[13] == 0xb5);
        Assert.Equal(frame.Length - 4, seen.Length);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Slots_open_and_close_under_traffic_without_losing_other_members(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(2, path, kind).Connect();
        pair.There.Ip("link set p1 up");
        // Without this socket, which is never read, the other end would refuse the datagrams.
        using var receiver = Transfer.Udp(pair.There, "10.8.0.2", null, 9);
        using var sender = Transfer.Udp(pair.Here, null, "10.8.0.2", 9);
        var isRunning = true;
        var sent = 0;
        var load = new Thread(() =>
        {
            var datagram = new byte[64];
            while (Volatile.Read(ref isRunning))
            {
                sender.Send(datagram);
                sent++;
            }
        });
        var dropped = pair.Counted.ReadCounters(0).TxDropped;
        load.Start();
        for (var round = 0; round < 20; round++)
        {
            Assert.True(pair.Attach(1).IsOk);
            pair.Host.Publish(BondedPair.PlanOf(2 * round + 2, 0, 1));
            var before = pair.Host.ReadCounters(0).TxFrames;
            Until.True(() => pair.Host.ReadCounters(0).TxFrames > before, "frames leave on the first member");
            pair.Host.Publish(BondedPair.PlanOf(2 * round + 3, 0));
            pair.Detach(1);
        }
        Volatile.Write(ref isRunning, false);
        load.Join();
        Assert.Equal(dropped, pair.Counted.ReadCounters(0).TxDropped);
        Assert.True(sent > 0);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Broadcast_sends_a_copy_on_each_member(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(2, path, kind).Connect();
        pair.There.Ip("link set p1 up");
        Assert.True(pair.Attach(1).IsOk);
        Until.True(() => pair.Link("m1").IsRunning, "m1 is up");
        pair.Host.Publish(BondedPair.PlanOf(2, 0, 1) with { Rule = TransmitRule.Broadcast });
        using var first = pair.There.Run(() => new RawSocket("p0"));
        using var second = pair.There.Run(() => new RawSocket("p1"));
        using var host = pair.Here.Run(() => new RawSocket("bond0"));
        var frame = TestFrame(0x77);
        host.Send(frame);
        Assert.Equal(frame, first.Receive(f => f.AsSpan().SequenceEqual(frame)));
        Assert.Equal(frame, second.Receive(f => f.AsSpan().SequenceEqual(frame)));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Frames_on_a_member_that_the_plan_does_not_deliver_are_counted_and_dropped(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: path, kind: kind).Connect();
        pair.Host.Publish(BondedPair.PlanOf(2, 0) with { Deliver = 0 });
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        using var host = pair.Here.Run(() => new RawSocket("bond0"));
        var before = pair.Host.ReadCounters(0);
        peer.Send(TestFrame(0x78));
        Until.True(() => pair.Host.ReadCounters(0).RxSuppressed > before.RxSuppressed, "the frame is counted");
        Assert.Equal(before.RxFrames, pair.Host.ReadCounters(0).RxFrames);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Frames_that_no_member_can_carry_are_counted(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: path, kind: kind).Connect();
        pair.Host.Publish(ForwardingPlan.Empty with { Generation = 2 });
        using var host = pair.Here.Run(() => new RawSocket("bond0"));
        var before = pair.Host.NoMemberDropped;
        // If a program drops the frame, the sender may get an error.
        Assert.True(
            Record.Exception(() => host.Send(TestFrame(0x79)))
                is null
                    or SocketException { SocketErrorCode: SocketError.NoBufferSpaceAvailable }
        );
        Until.True(() => pair.Host.NoMemberDropped > before, "the frame is counted");
    }

    [Fact]
    public void A_member_that_goes_down_is_reported_at_once_and_traffic_goes_on_when_it_is_back()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        pair.Here.Ip("link set m0 down");
        Until.True(() => pair.Faults.Contains(0), "the fault is reported");
        using var host = pair.Here.Run(() => new RawSocket("bond0"));
        for (var i = 0; i < 100; i++)
            host.Send(TestFrame(0x7a));
        Until.True(() => pair.Counted.ReadCounters(0).TxDropped >= 100, "the frames are counted");
        // One report for each direction of the data path, however many frames fail.
        Assert.InRange(pair.Faults.Count, 1, 2);

        pair.Here.Ip("link set m0 up");
        Until.True(() => pair.Link("m0").IsRunning, "m0 is up again");
        Assert.Contains(" 0% packet loss", pair.Here.Execute("ping", "-c 3 -i 0.1 -W 2 10.8.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_bond_that_goes_down_and_up_carries_on()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        pair.Here.Ip("link set bond0 down");
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        var before = pair.Host.ReadCounters(0).RxDropped;
        peer.Send(TestFrame(0x7b));
        Until.True(() => pair.Host.ReadCounters(0).RxDropped > before, "a frame for a bond that is down is dropped");
        pair.Here.Ip("link set bond0 up");
        Assert.Contains(" 0% packet loss", pair.Here.Execute("ping", "-c 3 -i 0.1 -W 2 10.8.0.2"), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Hosts_that_come_and_go_leak_no_descriptor(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        static int Open() => Directory.GetFiles("/proc/self/fd").Length;
        using (new BondedPair(path: path, kind: kind).Connect()) { }
        var before = Open();
        for (var i = 0; i < 3; i++)
        {
            using var pair = new BondedPair(path: path, kind: kind).Connect();
            pair.Detach(0);
            Assert.True(pair.Attach(0).IsOk);
        }
        Until.True(() => Open() <= before, string.Create(CultureInfo.InvariantCulture, $"{before} descriptors open"));
    }

    private static byte[] TestFrame(byte mark)
    {
        var frame = new byte[60];
        frame.AsSpan(0, 6).Fill(0xff);
        frame[6] = 2;
        frame[12] = 0x88;
        frame[13] = 0xb5;
        frame[14] = mark;
        return frame;
    }
}
