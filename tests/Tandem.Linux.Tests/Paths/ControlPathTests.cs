using System.Buffers.Binary;
using System.Diagnostics;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Lacp;
using Tandem.Core.Options;
using Tandem.Core.Packets;
using Tandem.EndToEnd.Tests;
using Tandem.Linux.Bonds;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths;

/// <summary>Control frames between the brain and the wire.</summary>
public class ControlPathTests
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
    public void Receiving_allocates_nothing_and_counts_excess_frames(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: path, kind: kind).Connect();
        pair.Publish(Heard);
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        var (lacpdu, other) = (Frame(subtype: 1), Frame(subtype: 10));
        var taken = new byte[IBondDevice.ControlFrameLength];
        var (arrived, sent) = (0, 0);
        void Exchange(int count)
        {
            for (var i = 0; i < count; i++, sent += 2)
            {
                peer.Send(lacpdu);
                peer.Send(other);
                while (pair.Host.TakeControl(0, taken) > 0)
                    arrived++;
            }
        }
        Exchange(200);
        var before = GC.GetTotalAllocatedBytes(precise: true);
        Exchange(5000);
        var allocated = GC.GetTotalAllocatedBytes(precise: true) - before;
        // One byte per frame would be 10,000. The runtime itself allocates the rest.
        Assert.InRange(allocated, 0, 4000);
        Until.True(
            () =>
            {
                while (pair.Host.TakeControl(0, taken) > 0)
                    arrived++;
                return (ulong)arrived + pair.Host.ControlExcess(0) == (ulong)sent;
            },
            "every frame is taken or counted"
        );
        Assert.True(pair.Arrived >= arrived, $"{pair.Arrived} times the brain was told of {arrived} frames");
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Data_that_piles_up_keeps_no_lacpdu_back(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        Provided.Require(Tool.Exists("tc") && Tool.Exists("nft"), "tc or nft is not installed");
        using var pair = new BondedPair(path: path, kind: kind).Connect();
        // The discipline looks at the priority only, and almost blocks everything but TC_PRIO_CONTROL.
        Tool.Run("tc", $"-n {pair.Here.Name} qdisc replace dev m0 root handle 1: htb default 20");
        Tool.Run("tc", $"-n {pair.Here.Name} class add dev m0 parent 1: classid 1:10 htb rate 100mbit");
        Tool.Run("tc", $"-n {pair.Here.Name} class add dev m0 parent 1: classid 1:20 htb rate 8kbit");
        Tool.Run("tc", $"-n {pair.Here.Name} qdisc add dev m0 parent 1:20 handle 20: pfifo limit 100000");
        pair.Here.Execute("nft", "add table netdev prio");
        pair.Here.Execute("nft", "\"add chain netdev prio out { type filter hook egress device m0 priority 0; }\"");
        pair.Here.Execute("nft", "add rule netdev prio out meta priority 0:7 meta priority set 1:10");
        using var sender = Transfer.Udp(pair.Here, null, "10.8.0.2", 9);
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        sender.Blocking = false;
        var datagram = new byte[1000];
        // More than the 4 MiB that fit into the buffer of the data's packet socket.
        Until.True(
            () =>
            {
                for (var i = 0; i < 200; i++)
                    sender.Send(datagram, System.Net.Sockets.SocketFlags.None, out _);
                return path == DataPathChoice.Ebpf || pair.Counted.ReadCounters(0).TxDropped > 0;
            },
            "the queue is full"
        );
        var watch = Stopwatch.StartNew();
        Assert.True(pair.Host.SendControl(0, Frame(subtype: 1)).IsOk);
        peer.Receive(IsSlow);
        Assert.InRange(watch.ElapsedMilliseconds, 0, 2000);
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void An_lacpdu_that_is_overdue_is_said_again_until_another_is_sent(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: path, kind: kind).Connect();
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        var (kept, next) = (Frame(subtype: 1), Frame(subtype: 1));
        (kept[^1], next[^1]) = (1, 2);
        var start = Now();
        pair.Host.StoreLacpdu(0, kept, start + (300 * Clock.Millisecond));
        for (var i = 0; i < 2; i++)
            Assert.Equal(kept, peer.Receive(IsSlow));
        // The second one came at least a second after the first, so the partner is not flooded.
        Assert.InRange(Now() - start, 1250 * Clock.Millisecond, 4 * Clock.Second);

        pair.Host.SendControl(0, next);
        Assert.Equal(next, peer.Receive(IsSlow));
        Assert.Throws<TimeoutException>(() => peer.Receive(IsSlow, seconds: 2));

        pair.Host.StoreLacpdu(0, kept, Now() + (300 * Clock.Millisecond));
        pair.Host.StoreLacpdu(0, [], Clock.Never);
        Assert.Throws<TimeoutException>(() => peer.Receive(IsSlow, seconds: 1));
    }

    [Theory]
    [MemberData(nameof(Paths))]
    public void Control_frames_received_before_the_first_plan_are_queued_for_the_brain(DataPathChoice path, DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: path, kind: kind);
        Assert.True(pair.Attach(0).IsOk);
        pair.There.Ip("link set p0 up");
        Until.True(() => pair.Link("m0").IsRunning, "the link is up");
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        peer.Send(Frame(subtype: 1));
        Until.True(() => pair.Host.TakeControl(0, new byte[IBondDevice.ControlFrameLength]) > 0, "the frame is there");
    }

    [Fact]
    public async Task Without_lacp_a_control_frame_is_a_frame_like_others_also_while_the_paths_change()
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf, kind: DeviceKind.Tap).Connect();
        using var bond = pair.Here.Run(() => new RawSocket("bond0"));
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        var (last, numbers) = (Numbered(int.MaxValue), new List<int>());
        var receiver = Task.Run(
            () =>
            {
                for (var frame = bond.Receive(IsSlow); !frame.AsSpan().SequenceEqual(last); frame = bond.Receive(IsSlow))
                    numbers.Add(BinaryPrimitives.ReadInt32LittleEndian(frame.AsSpan(^4..)));
            },
            TestContext.Current.CancellationToken
        );
        using var enough = new ManualResetEventSlim();
        var sent = 0;
        var sender = new Thread(() =>
        {
            // About a thousand frames a second, which neither path is too slow for.
            for (; !enough.Wait(millisecondsTimeout: 1); sent++)
                peer.Send(Numbered(sent));
        });
        sender.Start();
        for (var i = 0; i < 10; i++)
            pair.Use(i % 2 == 0 ? DataPathChoice.CSharp : DataPathChoice.Ebpf);
        enough.Set();
        sender.Join();

        peer.Send(last);
        await receiver;
        Assert.Equal(Enumerable.Range(0, sent), numbers.Order());
        Assert.Equal(0, pair.Host.TakeControl(0, new byte[IBondDevice.ControlFrameLength]));
        Assert.Equal(0, pair.Arrived);

        byte[] Numbered(int number)
        {
            var frame = Frame(subtype: 1);
            BinaryPrimitives.WriteInt32LittleEndian(frame.AsSpan(^4..), number);
            return frame;
        }
    }

    [Fact]
    public void A_socket_stands_in_the_frames_way_only_where_it_is_needed()
    {
        Netns.Require();
        using var pair = new BondedPair(members: 2, path: DataPathChoice.Ebpf, kind: DeviceKind.Tap).Connect();
        Assert.Equal(0, Listening());
        // Includes a member that is opened later.
        Assert.True(pair.Attach(1).IsOk);
        Assert.Equal(0, Listening());
        pair.Publish(Heard);
        Assert.Equal(2, Listening());
        pair.Publish(BondedPair.PlanOf(3, 0));
        Assert.Equal(0, Listening());
        pair.Use(DataPathChoice.CSharp);
        Assert.Equal(2, Listening());
        pair.Use(DataPathChoice.Ebpf);
        Assert.Equal(0, Listening());

        // The fourth field of a line is the protocol: 0000 for senders, one of these for receivers.
        int Listening()
        {
            var protocols = pair
                .Here.Run(() => File.ReadAllLines("/proc/thread-self/net/packet"))
                .Select(line => line.Split(' ', StringSplitOptions.RemoveEmptyEntries)[3])
                .Where(protocol => protocol is not ("Proto" or "0000"))
                .ToList();
            Assert.All(protocols, protocol => Assert.True(protocol is "0003" or "00ff", protocol));
            return protocols.Count(protocol => protocol == "0003");
        }
    }

    private static ForwardingPlan Heard => BondedPair.PlanOf(2, 0) with { Hears = ControlFrameKinds.SlowProtocols };

    private static long Now() => Stopwatch.GetTimestamp();

    private static bool IsSlow(byte[] frame) => SlowProtocols.IsOne(frame);

    private static byte[] Frame(byte subtype)
    {
        var frame = new byte[SlowProtocols.FrameLength];
        Lacpdu.Write(frame, new MacAddress(0x0200_0000_0099), default, default);
        frame[14] = subtype;
        return frame;
    }
}
