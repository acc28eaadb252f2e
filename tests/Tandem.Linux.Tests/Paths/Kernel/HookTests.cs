using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Paths.Switching;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>Attached programs, and changes of hooks by other processes.</summary>
public class HookTests
{
    public static TheoryData<string> Kinds => ["tcx", "clsact"];

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_program_is_attached_found_replaced_and_detached(string kind)
    {
        Netns.Require();
        Assert.SkipWhen(kind == "tcx" && Environment.OSVersion.Version < new Version(6, 6), "TCX is there from Linux 6.6 on");
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
                // A second attach replaces the first program.
                Assert.True(hook.Attach(target, point, program).IsOk);
                Assert.Equal(first, hook.Find(target, point));
                Assert.Empty(hook.Strangers(target, point));
            }
            Assert.True(hook.Detach(target, HookPoint.Ingress).IsOk);
            Assert.True(hook.Detach(target, HookPoint.Egress).IsOk);
            Assert.Equal(0u, hook.Find(target, HookPoint.Ingress));
            // Nothing is left, not even an empty queueing discipline. Detaching a program that is not there is no error.
            Assert.DoesNotContain("clsact", run.Tc("qdisc show dev lo"), StringComparison.Ordinal);
            Assert.Equal(before, run.Ip("-d link show lo"));
            Assert.True(hook.Detach(target, HookPoint.Ingress).IsOk);
            Assert.True(hook.Detach(9999, HookPoint.Ingress).IsOk);
        });
    }

    [Theory]
    [InlineData(DeviceKind.Tap, "egress of bond0")]
    [InlineData(DeviceKind.Veth, "ingress of m0", "egress of bond0", "ingress of tdm-bond0")]
    public void Programs_that_somebody_detached_come_back_and_that_is_told(DeviceKind kind, params string[] places)
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf, kind: kind).Connect();
        pair.Here.Run(() =>
        {
            foreach (var (point, interfaceName) in places.Select(place => (place.Split(' ')[0], place.Split(' ')[2])))
                Assert.True(Hook.Here.Detach(pair.Link(interfaceName).Ifindex, Enum.Parse<HookPoint>(point, ignoreCase: true)).IsOk);
        });
        var notices = pair.Events.Where(happened => happened.Kind == EventKind.Notice).Select(happened => happened.Reason);
        Until.True(
            () =>
            {
                pair.Here.Run(pair.Host.InspectPrograms);
                return notices.Count() >= places.Length;
            },
            "all are told"
        );
        Assert.Equal(places.Select(place => $"someone detached Tandem's program from the {place}; it is back").Order(), notices.Order());
        Assert.Contains(" 0% packet loss", pair.Here.Execute("ping", "-c 3 -i 0.1 -W 2 10.8.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_filter_of_somebody_else_is_named_once_for_as_long_as_it_is_there()
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf).Connect();
        pair.Here.Execute("tc", "qdisc add dev m0 clsact");
        for (var i = 1; i <= 2; i++)
        {
            pair.Here.Execute("tc", "filter add dev m0 ingress pref 7 u32 match u32 0 0 classid 1:1");
            Look();
            Look();
            Assert.Equal(i, Notices().Count());
            pair.Here.Execute("tc", "filter del dev m0 ingress pref 7");
            Look();
        }
        Assert.All(
            Notices(),
            notice =>
                Assert.StartsWith("on the ingress of m0 there is a filter of the kind u32 (tc): it ", notice, StringComparison.Ordinal)
        );

        void Look() => pair.Here.Run(() => LookAndInspect(pair));

        IEnumerable<string> Notices() => pair.Events.Where(e => e.Kind == EventKind.Notice).Select(e => e.Reason);
    }

    [Theory]
    [InlineData(DeviceKind.Tap)]
    [InlineData(DeviceKind.Veth)]
    public void Filters_at_the_ingress_of_the_bond_see_all_frames_and_are_no_news(DeviceKind kind)
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf, kind: kind).Connect();
        pair.Here.Execute("tc", "qdisc add dev bond0 handle ffff: ingress");
        pair.Here.Execute("tc", "filter add dev bond0 parent ffff: pref 7 u32 match u32 0 0 classid 1:1");
        pair.Here.Run(() => LookAndInspect(pair));
        Assert.DoesNotContain(pair.Events, happened => happened.Kind == EventKind.Notice);
    }

    // Waits until all hooks have been examined, then has the changes reported.
    private static void LookAndInspect(BondedPair pair)
    {
        using var watch = ProgramWatch.Take();
        var looks = watch.Value.Looks + 2;
        Until.True(() => watch.Value.Looks >= looks, "the hooks are looked at");
        pair.Host.InspectPrograms();
    }

    [Fact]
    public void The_verifier_log_is_reduced_to_the_error()
    {
        const string Log =
            "0: R1=ctx(off=0,imm=0) R10=fp0\n; int f(struct __sk_buff *skb)\n0: (b7) r0 = 0\nR9 !read_ok\nprocessed 1 insns (limit 1000000)\n";
        Assert.Equal("the kernel's verifier rejects the kernel data path: R9 !read_ok", BpfObject.Explain(13, Log));
        Assert.Contains("CAP_BPF", BpfObject.Explain(1, ""), StringComparison.Ordinal);
        Assert.Equal(
            "the kernel does not load the programs of the kernel data path: Cannot allocate memory",
            PathSwitch.Words(new LinuxResult(12, BpfObject.Explain(12, "")))
        );
    }
}
