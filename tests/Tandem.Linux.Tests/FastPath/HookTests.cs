using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Linux.FastPath;
using Tandem.Linux.Netlink;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.FastPath;

/// <summary>What is attached to interfaces, and what others do to it.</summary>
public class HookTests
{
    public static TheoryData<string> Kinds => ["tcx", "clsact"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_program_is_attached_found_replaced_and_detached(string kind)
    {
        Netns.Require();
        Assert.SkipWhen(kind == "tcx" && !TcxHook.IsAvailable, "TCX is there from Linux 6.6 on");
        Hook hook = kind == "tcx" ? new TcxHook() : new ClsactHook();
        using var run = new ProgramRun(2);
        run.Inside(() =>
        {
            using var route = new RouteSocket();
            var target = route.GetLink("lo").Value!.Ifindex;
            var before = run.Ip("-d link show lo");
            foreach (
                var (point, program) in new[] { (HookPoint.Ingress, run.Path.ReceiveProgram), (HookPoint.Egress, run.Path.TransmitProgram) }
            )
            {
                Assert.Equal(0u, hook.Find(target, point));
                Assert.True(hook.Attach(target, point, program).IsOk);
                var first = hook.Find(target, point);
                Assert.NotEqual(0u, first);
                // Once more: it takes the place of the first, and there is one.
                Assert.True(hook.Attach(target, point, program).IsOk);
                Assert.Equal(first, hook.Find(target, point));
                Assert.Empty(hook.Strangers(target, point));
            }
            Assert.True(hook.Detach(target, HookPoint.Ingress).IsOk);
            Assert.True(hook.Detach(target, HookPoint.Egress).IsOk);
            Assert.Equal(0u, hook.Find(target, HookPoint.Ingress));
            // Nothing is left, not even an empty queueing discipline; what is not there is no error.
            Assert.DoesNotContain("clsact", run.Tc("qdisc show dev lo"), StringComparison.Ordinal);
            Assert.Equal(before, run.Ip("-d link show lo"));
            Assert.True(hook.Detach(target, HookPoint.Ingress).IsOk);
            Assert.True(hook.Detach(9999, HookPoint.Ingress).IsOk);
        });
    }

    [Fact]
    public void Programs_that_somebody_detached_come_back_and_that_is_told()
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf).Connect();
        var (member, bond) = (pair.Link("m0").Ifindex, pair.Link("bond0").Ifindex);
        pair.Here.Run(() =>
        {
            Assert.True(Hook.Here.Detach(member, HookPoint.Ingress).IsOk);
            Assert.True(Hook.Here.Detach(bond, HookPoint.Egress).IsOk);
            pair.Host.Inspect();
            Assert.NotEqual(0u, Hook.Here.Find(member, HookPoint.Ingress));
            Assert.NotEqual(0u, Hook.Here.Find(bond, HookPoint.Egress));
            pair.Host.Inspect();
        });
        var notices = pair.Events.Where(happened => happened.Kind == EventKind.Notice).Select(happened => happened.Reason).ToList();
        Assert.Equal(2, notices.Count);
        Assert.Contains("someone detached Tandem's program from the ingress of m0; it is back", notices);
        Assert.Contains("someone detached Tandem's program from the egress of bond0; it is back", notices);
        Assert.Contains(" 0% packet loss", pair.Here.Execute("ping", "-c 3 -i 0.1 -W 2 10.8.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_program_of_somebody_else_is_named_once_with_what_it_does_to_frames()
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf).Connect();
        pair.Here.Execute("tc", "qdisc add dev m0 clsact");
        pair.Here.Execute("tc", "filter add dev m0 ingress pref 7 u32 match u32 0 0 classid 1:1");
        pair.Here.Run(() =>
        {
            pair.Host.Inspect();
            pair.Host.Inspect();
        });
        var notice = Assert.Single(pair.Events, happened => happened.Kind == EventKind.Notice).Reason;
        Assert.StartsWith("on the ingress of m0 there is a filter of the kind u32 (tc): it ", notice, StringComparison.Ordinal);
    }

    [Fact]
    public void What_the_verifier_says_is_cut_down_to_what_was_wrong()
    {
        const string Log =
            "0: R1=ctx(off=0,imm=0) R10=fp0\n; int f(struct __sk_buff *skb)\n0: (b7) r0 = 0\nR9 !read_ok\nprocessed 1 insns (limit 1000000)\n";
        Assert.Equal("the kernel's verifier refuses the fast path: R9 !read_ok", BpfObject.Explain(13, Log));
        Assert.Contains("CAP_BPF", BpfObject.Explain(1, ""), StringComparison.Ordinal);
        Assert.Equal(
            "the kernel does not load the programs of the fast path: Cannot allocate memory",
            DataPaths.Words(new LinuxResult(12, BpfObject.Explain(12, "")))
        );
    }
}
