using Tandem.Core.Options;
using Tandem.Linux.Netlink;
using Tandem.Linux.Tests.Paths.Kernel;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Netlink;

/// <summary>Frames that a member's device refuses from the kernel data path are counted.</summary>
public class RefusedFramesTests
{
    private const int Frames = 300;

    [Theory]
    [InlineData(DeviceKind.Tap, "tbf rate 400kbit burst 3000 limit 5000")]
    [InlineData(DeviceKind.Veth, "tbf rate 400kbit burst 3000 limit 5000")]
    [InlineData(DeviceKind.Veth, "handle 1: tbf rate 400kbit burst 3000 limit 50000")]
    public void Drops_of_the_queueing_discipline_equal_the_missing_frames(DeviceKind kind, string discipline)
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf, kind: kind).Connect();
        pair.Here.Execute("tc", $"qdisc add dev m0 root {discipline}");
        // The first discipline also counts the drops of the one below it.
        if (discipline.StartsWith("handle", StringComparison.Ordinal))
            pair.Here.Execute("tc", "qdisc add dev m0 parent 1: pfifo limit 3");
        var (before, arrivedBefore) = (pair.Counted.ReadCounters(0), Arrived());
        SendAll(pair);
        Until.True(
            () =>
            {
                var (now, arrived) = (pair.Counted.ReadCounters(0), Arrived());
                var (sent, lost) = (now.TxFrames - before.TxFrames, now.TxDropped - before.TxDropped);
                return sent >= Frames && lost > 0 && lost == sent - (arrived - arrivedBefore);
            },
            "what is dropped is what was sent and did not arrive"
        );
        Assert.Equal(pair.Counted.ReadCounters(0).TxDropped, pair.Counted.PastDevice.TxDropped);

        ulong Arrived() =>
            pair.There.Run(() =>
            {
                using var route = new RouteSocket();
                return route.GetLink("p0").Value!.Statistics.RxPackets;
            });
    }

    [Theory]
    [InlineData(DeviceKind.Tap)]
    [InlineData(DeviceKind.Veth)]
    public void All_that_is_sent_on_a_member_without_carrier_is_dropped(DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf, kind: kind).Connect();
        pair.There.Ip("link set p0 down");
        Until.True(() => !pair.Link("m0").IsRunning, "m0 has no carrier");
        // The host's own first frames on bond0 may be counted as sent before they are counted as dropped.
        var before = pair.Counted.ReadCounters(0);
        Until.True(() => before == (before = pair.Counted.ReadCounters(0)), "nothing is sent");
        SendAll(pair);
        var after = pair.Counted.ReadCounters(0);
        Assert.InRange(after.TxDropped - before.TxDropped, (ulong)Frames, ulong.MaxValue);
        Assert.Equal(after.TxFrames - before.TxFrames, after.TxDropped - before.TxDropped);

        // The loss stays in the bond's counters when the member leaves.
        pair.Detach(0);
        Assert.InRange(pair.Counted.PastDevice.TxDropped, after.TxDropped, ulong.MaxValue);
    }

    [Fact]
    public void Frames_that_the_bond_refuses_count_as_received_drops()
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf, kind: DeviceKind.Veth).Connect();
        pair.Here.Ip("link set bond0 down");
        var before = pair.Counted.PastDevice.RxDropped;
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        for (var i = 0; i < Frames; i++)
            peer.Send(Frame);
        Until.True(() => pair.Counted.PastDevice.RxDropped >= before + Frames, "the frames are counted");
    }

    [Fact]
    public void Counting_begins_with_the_first_reading_and_survives_a_device_that_counts_anew()
    {
        Netns.Require();
        using var run = new ProgramRun(2);
        Assert.Equal((0ul, 3ul, 4ul), (After(5, 7), After(6, 9), After(6, 1)));
        run.Inside(() => run.Path.CloseSlot(0));
        Assert.Equal((0ul, 0ul), (run.Path.ReadCounters(0).TxDropped, After(100, 100)));

        ulong After(ulong device, ulong queue)
        {
            run.Path.NoteRefused(0, new RefusedFrames(device, queue));
            return run.Path.ReadCounters(0).TxDropped;
        }
    }

    private static byte[] Frame => [0x02, 0, 0, 0, 0, 0xdd, 0x02, 0, 0, 0, 0, 0xbb, 0x88, 0xb5, .. new byte[500]];

    private static void SendAll(BondedPair pair)
    {
        using var host = pair.Here.Run(() => new RawSocket("bond0"));
        for (var i = 0; i < Frames; i++)
            host.Send(Frame);
    }
}
