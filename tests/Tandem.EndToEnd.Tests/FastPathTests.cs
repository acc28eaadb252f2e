using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The kernel carries the frames without a running service.</summary>
public sealed partial class FastPathTests
{
    private const int SigHup = 1;

    [Fact]
    public void The_kernel_carries_the_frames_and_everything_says_so()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "miimon", "100");
        Assert.Contains(
            "data-path-changed: frames are carried by the kernel: eBPF programs at the ",
            lab.A.Service.Log,
            StringComparison.Ordinal
        );
        Assert.Contains(
            "\n    data_path ebpf: eBPF programs at the ",
            lab.A.Tandem("-d", "link", "show", "bond0"),
            StringComparison.Ordinal
        );
        Assert.Equal("ebpf", lab.A.Link("bond0").GetProperty("linkinfo").GetProperty("data_path").GetString());
        var before = Frames(lab.A);
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c50", "-i0.01", "10.213.0.2"), StringComparison.Ordinal);
        var after = Frames(lab.A);
        Assert.InRange(after.Sent - before.Sent, 50, 60);
        Assert.InRange(after.Received - before.Received, 50, 60);
    }

    [Fact]
    public void A_bond_moves_between_data_paths_under_traffic_without_loss()
    {
        using var lab = new Lab().Bond("mode", "balance-rr", "device_kind", "tap");
        using var ping = lab.A.Start("ping", "-i0.002", "-c2000", "-q", "10.213.0.2");
        using var back = lab.B.Start("ping", "-i0.002", "-c2000", "-q", "10.213.0.1");
        for (var round = 0; round < 4; round++)
        {
            lab.A.Tandem("link", "set", "bond0", "type", "bond", "data_path", "csharp");
            Assert.Equal("csharp", lab.A.Link("bond0").GetProperty("linkinfo").GetProperty("data_path").GetString());
            lab.A.Tandem("link", "set", "bond0", "type", "bond", "data_path", "ebpf");
            Assert.Equal("ebpf", lab.A.Link("bond0").GetProperty("linkinfo").GetProperty("data_path").GetString());
        }
        Assert.False(ping.HasExited, "the changes took longer than the traffic");
        NothingLost(ping);
        NothingLost(back);
        // The counters include the frames of both data paths.
        Assert.True(Frames(lab.A).Sent >= 4000);
    }

    [Theory]
    [InlineData("active-backup")]
    [InlineData("balance-xor")]
    [InlineData("802.3ad")]
    public void A_killed_service_and_the_next_one_cost_no_frame(string mode)
    {
        using var lab = new Lab().Bond("mode", mode, "miimon", "50");
        if (mode == "802.3ad")
            Shell.Until(() => Carrying(lab.A) == 2 && Carrying(lab.B) == 2, "both links are aggregated");
        var counted = Frames(lab.A);
        var service = lab.A.Service.Pid;
        using var ping = lab.A.Start("ping", "-i0.002", "-c1500", "-q", "10.213.0.2");
        using var links = lab.A.Start("ip", "monitor", "link", "dev", "eth0");
        lab.A.Service.Kill();
        Assert.False(Directory.Exists($"/proc/{service}"));
        // No service runs for a while.
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c50", "-i0.01", "-q", "10.213.0.2"), StringComparison.Ordinal);
        lab.A.Service.Start();
        NothingLost(ping);
        Assert.Contains("taken over from the previous service, with 2 members", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("joins again", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.True(Frames(lab.A).Sent >= counted.Sent + 1500, "counters went on");
        // Members never went down, so the partner noticed nothing.
        Assert.Equal("0", lab.A.MemberData("eth0", "link_failure_count"));
        Assert.Equal("0", lab.B.MemberData("eth0", "link_failure_count"));
        lab.Cut(0);
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "failover works after the take-over");
        Assert.Equal(0, lab.A.Service.Stop());
        Assert.Null(lab.A.KernelLink("bond0"));
    }

    [Theory]
    [InlineData("killed")]
    [InlineData("stopped")]
    public void An_aggregation_at_fast_rate_outlives_a_service_that_is_away_for_ten_seconds(string how)
    {
        const int SigStop = 19,
            SigCont = 18;
        using var lab = new Lab().Bond("mode", "802.3ad", "miimon", "50", "lacp_rate", "fast", "xmit_hash_policy", "layer3+4");
        Shell.Until(() => Carrying(lab.A) == 2 && Carrying(lab.B) == 2, "both links are aggregated");
        using var ping = lab.A.Start("ping", "-i0.005", "-w12", "-q", "10.213.0.2");
        using var back = lab.B.Start("ping", "-i0.005", "-w12", "-q", "10.213.0.1");
        var away = Stopwatch.StartNew();
        if (how == "killed")
            lab.A.Service.Kill();
        else
            Shell.Signal(lab.A.Service.Pid, SigStop);
        Shell.Until(() => away.Elapsed.TotalSeconds > 10, "ten seconds have passed", seconds: 15);
        if (how == "killed")
            lab.A.Service.Start();
        else
            Shell.Signal(lab.A.Service.Pid, SigCont);
        NothingLost(ping);
        NothingLost(back);
        // Neither end gave up a link.
        Assert.DoesNotContain("lacp-down", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("lacp-down", lab.B.Service.Log, StringComparison.Ordinal);
        // Both ends still notice a cut.
        lab.Cut(0);
        Shell.Until(() => lab.A.Service.Log.Contains("eth0: lacp-down", StringComparison.Ordinal), "the cut is noticed");
    }

    [Fact]
    public void A_service_that_is_replaced_keeps_carrier_and_traffic()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "miimon", "50");
        using var ping = lab.A.Start("ping", "-i0.002", "-c1500", "-q", "10.213.0.2");
        using var monitor = lab.A.Start("ip", "monitor", "link");
        Shell.Signal(lab.A.Service.Pid, SigHup);
        Shell.Until(() => lab.A.Service.Log.Contains("taken over", StringComparison.Ordinal), "the next service takes over");
        Shell.Until(() => lab.A.TryTandem("link", "show").ExitCode == 0, "it answers");
        NothingLost(ping);
        Assert.DoesNotContain("NO-CARRIER", Ended(monitor), StringComparison.Ordinal);
        Assert.Equal(0, lab.A.Service.Stop());
        Assert.Null(lab.A.KernelLink("bond0"));
    }

    [Fact]
    public void With_a_manager_that_keeps_descriptors_a_kill_costs_not_even_the_carrier()
    {
        using var lab = new Lab(start: false);
        var manager = Path.Combine(lab.A.Directory, "manager");
        Shell.Must("gcc", "-O1", "-Wall", "-o", manager, Path.Combine(AppContext.BaseDirectory, "Scripts", "manager.c"));
        lab.A.Service.Start(manager, Path.Combine(lab.A.Directory, "notify"));
        lab.B.Service.Start();
        lab.Bond("mode", "active-backup", "miimon", "50", "device_kind", "tap");
        using var monitor = lab.A.Start("ip", "monitor", "link");
        using var ping = lab.A.Start("ping", "-i0.002", "-c1500", "-q", "10.213.0.2");
        Shell.Signal(LastStarted(lab.A.Service), 9);
        Shell.Until(() => lab.A.Service.Log.Contains("taken over", StringComparison.Ordinal), "the next service takes over");
        Shell.Until(() => lab.A.TryTandem("link", "show").ExitCode == 0, "it answers");
        NothingLost(ping);
        Assert.DoesNotContain("NO-CARRIER", Ended(monitor), StringComparison.Ordinal);
        // No process keeps the device of a removed bond.
        lab.A.Tandem("link", "del", "bond0");
        Assert.Null(lab.A.KernelLink("bond0"));
        Shell.Signal(LastStarted(lab.A.Service), 15);
    }

    [Fact]
    public void A_device_that_was_renamed_behind_the_service_comes_back_from_the_manager_with_its_carrier()
    {
        const int SigStop = 19,
            SigKill = 9,
            SigTerm = 15;
        using var lab = new Lab(start: false);
        var manager = Path.Combine(lab.A.Directory, "manager");
        Shell.Must("gcc", "-O1", "-Wall", "-o", manager, Path.Combine(AppContext.BaseDirectory, "Scripts", "manager.c"));
        lab.A.Service.Start(manager, Path.Combine(lab.A.Directory, "notify"));
        lab.B.Service.Start();
        lab.Bond("mode", "active-backup", "miimon", "50", "device_kind", "tap");
        // The stopped service does not hear of the new name, so the manager has the descriptor under the old one.
        Shell.Signal(LastStarted(lab.A.Service), SigStop);
        lab.A.Ip("link", "set", "bond0", "down");
        lab.A.Ip("link", "set", "bond0", "name", "uplink");
        lab.A.Ip("link", "set", "uplink", "up");
        using var monitor = lab.A.Start("ip", "monitor", "link");
        using var ping = lab.A.Start("ping", "-i0.002", "-c1500", "-q", "10.213.0.2");
        Shell.Signal(LastStarted(lab.A.Service), SigKill);
        Shell.Until(() => lab.A.Service.Log.Contains("uplink: taken over", StringComparison.Ordinal), "the next service takes over");
        Shell.Until(() => lab.A.TryTandem("show", "uplink").ExitCode == 0, "it answers");
        NothingLost(ping);
        Assert.DoesNotContain("NO-CARRIER", Ended(monitor), StringComparison.Ordinal);
        lab.A.Tandem("link", "del", "uplink");
        // The manager does not keep the device either.
        var left = lab.A.KernelLink("uplink");
        Shell.Signal(LastStarted(lab.A.Service), SigTerm);
        Assert.Null(left);
    }

    [Fact]
    public void A_flush_that_fails_leaves_what_the_next_one_needs()
    {
        using var lab = new Lab();
        var before = Kernel(lab.A);
        lab.Bond("mode", "balance-xor");
        lab.A.Service.Kill();
        string[] flush = [Programs.Tandemd, "--flush", "--state", lab.A.Service.State];
        // An MTU that the interface refuses.
        var file = Assert.Single(Directory.EnumerateFiles(lab.A.Service.State, "*.json"));
        var state = File.ReadAllText(file);
        File.WriteAllText(file, state.Replace("\"mtu\": 1500", "\"mtu\": 70000", StringComparison.Ordinal));
        var failed = lab.A.Run(flush);
        Assert.Equal(1, failed.ExitCode);
        Assert.Contains("eth0", failed.All, StringComparison.Ordinal);
        // The state stays, and the next try restores the rest.
        File.WriteAllText(file, state);
        var flushed = lab.A.Run(flush);
        Assert.True(flushed.ExitCode == 0, flushed.All);
        Assert.Equal(before, Kernel(lab.A));
        Assert.Empty(Directory.EnumerateFiles(lab.A.Service.State, "*.json"));
    }

    [Fact]
    public void Flush_removes_what_a_killed_service_left()
    {
        using var lab = new Lab();
        var before = Kernel(lab.A);
        lab.Bond("mode", "balance-xor");
        lab.A.Service.Kill();
        var flushed = lab.A.Run(Programs.Tandemd, "--flush", "--state", lab.A.Service.State);
        Assert.True(flushed.ExitCode == 0, flushed.All);
        Assert.Equal(before, Kernel(lab.A));
        Assert.Equal("", lab.A.Run("nft", "list", "ruleset").Output);
        Assert.Empty(Directory.EnumerateFiles(lab.A.Service.State, "*.json"));
        // The stack can use the interfaces again.
        lab.A.Ip("addr", "add", "10.214.0.1/24", "dev", "eth0");
        lab.B.Tandem("link", "del", "bond0");
        lab.B.Ip("addr", "add", "10.214.0.2/24", "dev", "eth0");
        lab.A.Ip("link", "set", "eth0", "up");
        lab.B.Ip("link", "set", "eth0", "up");
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.214.0.2").ExitCode == 0, "eth0 answers by itself");
    }

    [Fact]
    public void Flush_is_refused_while_a_service_runs()
    {
        using var lab = new Lab();
        var outcome = lab.A.Run(Programs.Tandemd, "--flush", "--state", lab.A.Service.State);
        Assert.Equal(3, outcome.ExitCode);
        Assert.Contains("another tandemd runs", outcome.All, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_libbpf_the_service_carries_the_frames_and_says_what_is_missing()
    {
        using var lab = new Lab(start: false);
        var library = Shell.Must("bash", "-c", "ldconfig -p | sed -n 's/.*libbpf.so.1 .*=> //p' | head -n1").Trim();
        Assert.NotEqual("", library);
        lab.A.Service.Start("unshare", "--mount", "sh", "-c", $"mount --bind /dev/null {library} && exec \"$@\"", "sh");
        lab.B.Service.Start();
        lab.Bond("mode", "balance-xor", "miimon", "100");
        FallsBack(lab, "libbpf.so.1 is missing");
    }

    [Fact]
    public void Without_rights_the_service_carries_the_frames_and_says_what_is_missing()
    {
        using var lab = new Lab(start: false);
        lab.A.Service.Start("setpriv", "--bounding-set", "-bpf,-sys_admin", "--inh-caps", "-bpf,-sys_admin");
        lab.B.Service.Start();
        lab.Bond("mode", "balance-xor", "miimon", "100");
        FallsBack(lab, "CAP_BPF");
    }

    [Fact]
    public void A_service_with_fewer_rights_than_the_one_before_says_that_programs_stay()
    {
        using var lab = new Lab().Bond("mode", "balance-xor", "miimon", "100", "device_kind", "tap");
        Assert.SkipWhen(Environment.OSVersion.Version < new Version(6, 6), "TCX is there from Linux 6.6 on");
        Assert.Contains("at the tcx hooks", lab.A.Tandem("-d", "link", "show", "bond0"), StringComparison.Ordinal);
        lab.A.Service.Kill();
        lab.A.Service.Start("setpriv", "--bounding-set", "-bpf,-sys_admin", "--inh-caps", "-bpf,-sys_admin");
        Assert.Contains("CAP_BPF", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Contains("an earlier service's program is still attached to the bond's egress", lab.A.Service.Log, StringComparison.Ordinal);
        // With its rights back the service takes the programs over, and each frame arrives once.
        lab.A.Service.Kill();
        lab.A.Service.Start();
        lab.A.Tandem("link", "set", "bond0", "type", "bond", "data_path", "ebpf");
        using var ping = lab.A.Start("ping", "-c20", "-i0.01", "10.213.0.2");
        NothingLost(ping);
    }

    [Fact]
    public void A_bond_may_be_renamed_and_is_known_by_its_new_name_also_to_the_next_service()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "miimon", "50");
        lab.A.Ip("link", "set", "bond0", "down");
        lab.A.Ip("link", "set", "bond0", "name", "uplink");
        lab.A.Ip("link", "set", "uplink", "up");
        Shell.Until(() => lab.A.TryTandem("show", "uplink").ExitCode == 0, "the bond has the name of its device");
        Assert.Equal(1, lab.A.TryTandem("show", "bond0").ExitCode);
        Assert.Contains("the device was renamed to uplink", lab.A.Service.Log, StringComparison.Ordinal);
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "traffic passes");
        lab.A.Service.Kill();
        lab.A.Service.Start();
        Assert.Contains("uplink: taken over", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Equal(0, lab.A.Service.Stop());
        Assert.Null(lab.A.KernelLink("uplink"));
    }

    [Fact]
    public void A_bond_whose_tap_device_moves_to_another_namespace_gives_its_members_back()
    {
        using var lab = new Lab();
        var before = Kernel(lab.A);
        lab.Bond("mode", "active-backup", "device_kind", "tap");
        lab.A.Ip("link", "set", "bond0", "netns", lab.B.Namespace, "name", "lost0");
        Shell.Until(() => Kernel(lab.A) == before, "members are given back");
        Assert.Contains("moved to another namespace", lab.A.Service.Log, StringComparison.Ordinal);
        Shell.Until(() => lab.B.KernelLink("lost0") is null, "nothing is left of it there");
    }

    [Fact]
    public void Queueing_disciplines_and_filters_that_see_no_frame_are_named()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "tap");
        lab.A.Must("tc", "qdisc", "add", "dev", "bond0", "root", "tbf", "rate", "1mbit", "burst", "5kb", "latency", "50ms");
        lab.A.Must("tc", "qdisc", "add", "dev", "eth0", "clsact");
        lab.A.Must("tc", "filter", "add", "dev", "eth0", "ingress", "u32", "match", "u32", "0", "0", "classid", "1:1");
        Shell.Until(
            () => lab.A.Service.Log.Contains("its queueing discipline tbf sees no frame", StringComparison.Ordinal),
            "the qdisc is named"
        );
        Shell.Until(
            () => lab.A.Service.Log.Contains("on the ingress of eth0 there is a filter of the kind u32", StringComparison.Ordinal),
            "the filter is named"
        );
        // Frames that the service carries obey the discipline: at most 1 Mbit/s.
        lab.A.Tandem("link", "set", "bond0", "type", "bond", "data_path", "csharp");
        using var server = lab.B.Start("iperf3", "-s");
        Shell.Until(() => lab.B.Run("ss", "-ltn").Output.Contains(":5201", StringComparison.Ordinal), "iperf3 listens");
        var report = JsonDocument.Parse(lab.A.Must("iperf3", "-c", "10.213.0.2", "-t", "2", "-J")).RootElement;
        Assert.InRange(report.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble(), 1e5, 2e6);
    }

    // Frames flow, the log has the reason, and a request that insists is refused with that reason.
    private static void FallsBack(Lab lab, string reason)
    {
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.01", "10.213.0.2"), StringComparison.Ordinal);
        Assert.Contains("frames are carried by the service: ", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Contains(reason, lab.A.Service.Log, StringComparison.Ordinal);
        Assert.Contains("data_path csharp: ", lab.A.Tandem("-d", "link", "show", "bond0"), StringComparison.Ordinal);
        var refused = lab.A.TryTandem("link", "set", "bond0", "type", "bond", "data_path", "ebpf");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("data_path ebpf: ", refused.Error, StringComparison.Ordinal);
        Assert.Contains(reason, refused.Error, StringComparison.Ordinal);
        var alsoRefused = lab.A.TryTandem("link", "add", "bond1", "type", "bond", "mode", "active-backup", "data_path", "ebpf");
        Assert.Equal(2, alsoRefused.ExitCode);
        Assert.Null(lab.A.KernelLink("bond1"));
    }

    private static void NothingLost(Process ping)
    {
        Assert.True(ping.WaitForExit(TimeSpan.FromSeconds(30)));
        var said = ping.StandardOutput.ReadToEnd();
        Assert.Contains(" 0% packet loss", said, StringComparison.Ordinal);
        Assert.DoesNotContain("duplicates", said, StringComparison.Ordinal);
    }

    private static string Ended(Process process)
    {
        process.Kill();
        return process.StandardOutput.ReadToEnd();
    }

    private static int Carrying(Host host) => host.Service.Log.Split("lacp-up").Length - 1;

    private static (long Sent, long Received) Frames(Host host)
    {
        var counters = host.Link("bond0").GetProperty("stats64");
        return (counters.GetProperty("tx").GetProperty("packets").GetInt64(), counters.GetProperty("rx").GetProperty("packets").GetInt64());
    }

    // All interfaces as the kernel shows them. An interface that was up once keeps a queueing discipline.
    private static string Kernel(Host host) =>
        host.Ip("-d", "-o", "link", "show")
            .Replace("M-DOWN,", "", StringComparison.Ordinal)
            .Replace("qdisc noqueue", "qdisc noop", StringComparison.Ordinal);

    private static int LastStarted(Service service) =>
        int.Parse(
            service.Log.Split('\n').Last(line => line.StartsWith("started ", StringComparison.Ordinal)).AsSpan("started ".Length).Trim(),
            CultureInfo.InvariantCulture
        );
}
