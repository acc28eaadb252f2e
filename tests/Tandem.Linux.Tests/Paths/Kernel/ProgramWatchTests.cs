using System.Diagnostics;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>Detached programs are reattached soon at every hook, but not after the watch has ended.</summary>
public class ProgramWatchTests
{
    private const int Rounds = 9;

    // Lost frames, at one per ms. The kernel itself takes some ten of them: it waits for its processors while it holds the lock on interfaces.
    private const int Soon = 20;

    [Fact]
    public void A_program_at_tcx_is_back_at_once()
    {
        Netns.Require();
        Assert.SkipWhen(Environment.OSVersion.Version < new Version(6, 6), "TCX is there from Linux 6.6 on");
        using var run = new ProgramRun(2);
        var hook = new TcxHook();
        var ifindex = run.IfindexOf("m0");
        Assert.InRange(MedianLost(run, () => Assert.True(hook.Detach(ifindex, HookPoint.Ingress).IsOk)), 0, Soon);
    }

    [Theory]
    [InlineData("filter del dev m0 ingress")]
    [InlineData("qdisc del dev m0 clsact")]
    public void A_filter_at_clsact_is_back_at_once(string command)
    {
        Netns.Require();
        using var run = new ProgramRun(2);
        var hook = new ClsactHook();
        var ifindex = run.IfindexOf("m0");
        using var watch = run.InsideFor(() => new ProgramWatch(listens: true));
        var place = new Place(hook, ifindex, HookPoint.Ingress);
        run.Inside(() =>
        {
            // In the place of the one at TCX, where there is that; the interface keeps its slot.
            var maps = BpfId.OpenMaps(Hook.Here.Find(ifindex, HookPoint.Ingress));
            run.Path.CloseSlot(0);
            using var places = SharedMap<ulong>.Open(maps[".data.members"].Fd.Number, MemberTable.Places).Value!;
            new MemberTable(places.Entries).Set(ifindex, 0);
            foreach (var (fd, _) in maps.Values)
                fd.Dispose();
            Assert.True(place.Attach(run.Path.ReceiveProgram).IsOk);
        });
        var watched = new WatchedPlace(place, run.Path.ReceiveProgram);
        watch.Add(watched);
        Assert.InRange(MedianLost(run, () => Tool.Run("tc", command)), 0, Soon);
        Assert.True(watched.TakeRestored() is { IsOk: true });
        Assert.Null(watched.TakeRestored());

        // After the end of the watch, a detached program stays detached.
        watched.End();
        run.Inside(() => Tool.Run("tc", command));
        var looks = watch.Looks + 2;
        Until.True(() => watch.Looks >= looks, "two looks");
        Assert.Equal(0u, run.InsideFor(() => hook.Find(ifindex, HookPoint.Ingress)));
    }

    [Fact]
    public void All_bonds_of_a_namespace_share_one_watch_and_the_last_one_ends_it()
    {
        Netns.Require();
        using Netns one = new(),
            other = new();
        var first = one.Run(ProgramWatch.Take);
        var second = one.Run(ProgramWatch.Take);
        var elsewhere = other.Run(ProgramWatch.Take);
        Assert.Same(first.Value, second.Value);
        Assert.NotSame(first.Value, elsewhere.Value);
        first.Dispose();
        first.Dispose();
        var third = one.Run(ProgramWatch.Take);
        Assert.Same(second.Value, third.Value);
        second.Dispose();
        third.Dispose();
        var fresh = one.Run(ProgramWatch.Take);
        Assert.NotSame(third.Value, fresh.Value);
        fresh.Dispose();
        elsewhere.Dispose();
    }

    // The median number of frames, sent one per ms, that pass the ingress of m0 without a program.
    private static int MedianLost(ProgramRun run, Action detach) =>
        run.InsideFor(() =>
        {
            foreach (var name in (string[])["m0", "m1", "bond0"])
                run.Ip($"link set {name} up");
            run.Path.Publish(BondedPair.PlanOf(1, 0));
            Assert.True(run.Path.TakeFrames().IsOk);
            using var peer = new RawSocket("m1");
            return Enumerable.Range(0, Rounds).Select(_ => Lost(run, peer, detach)).Order().ElementAt(Rounds / 2);
        });

    private static int Lost(ProgramRun run, RawSocket peer, Action detach)
    {
        byte[] frame = [0x02, 0, 0, 0, 0, 0xdd, 0x02, 0, 0, 0, 0, 0xbb, 0x88, 0xb5, .. new byte[46]];
        var before = run.Path.ReadCounters(0).RxFrames;
        var hasDetached = false;
        var other = new Thread(() =>
        {
            detach();
            Volatile.Write(ref hasDetached, true);
        });
        var (sent, quiet, began) = (0, 0, Stopwatch.GetTimestamp());
        // Until the program has been back for a while.
        while (quiet < 50)
        {
            if (sent == 20)
                other.Start();
            var counted = run.Path.ReadCounters(0).RxFrames;
            peer.Send(frame);
            sent++;
            while (Stopwatch.GetElapsedTime(began).TotalMilliseconds < sent)
                Thread.Yield();
            quiet = Volatile.Read(ref hasDetached) && run.Path.ReadCounters(0).RxFrames > counted ? quiet + 1 : 0;
            Assert.True(sent < 10_000, "it does not come back");
        }
        other.Join();
        return sent - (int)(run.Path.ReadCounters(0).RxFrames - before);
    }
}
