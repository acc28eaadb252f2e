using System.Text.Json;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Queueing disciplines, firewalls and XDP programs on bond0 affect its frames.</summary>
public sealed class ShapingTests
{
    private const string Counting = """
        table netdev at_bond0 {
          chain in { type filter hook ingress device bond0 priority 0; icmp type echo-reply counter; }
          chain out { type filter hook egress device bond0 priority 0; icmp type echo-request counter; }
        }
        table inet over_bond0 {
          chain in { type filter hook input priority 0; iifname bond0 icmp type echo-reply counter; }
          chain out { type filter hook output priority 0; oifname bond0 icmp type echo-request counter; }
        }
        """;

    private const string Xdp = """
        #include <linux/bpf.h>
        #include <bpf/bpf_helpers.h>
        SEC("xdp.frags") int verdict(struct xdp_md *frame) { return VERDICT; }
        char LICENSE[] SEC("license") = "MIT";
        """;

    [Theory]
    [InlineData("device_kind", "veth", "root tbf rate 8mbit burst 16kb latency 50ms")]
    [InlineData(
        "device_kind",
        "veth",
        "root handle 1: htb default 10; tc class add dev bond0 parent 1: classid 1:10 htb rate 8mbit burst 16kb"
    )]
    [InlineData("data_path", "csharp", "root tbf rate 8mbit burst 16kb latency 50ms")]
    public void A_queueing_discipline_on_bond0_shapes_and_counts(string option, string value, string discipline)
    {
        using var lab = new Lab().Bond("mode", "active-backup", option, value);
        lab.A.Must("bash", "-ec", $"tc qdisc add dev bond0 {discipline}");
        using var server = lab.B.Start("iperf3", "-s");
        Shell.Until(() => lab.B.Run("ss", "-ltn").Output.Contains(":5201", StringComparison.Ordinal), "iperf3 listens");
        var report = JsonDocument.Parse(lab.A.Must("iperf3", "-c", "10.213.0.2", "-t", "2", "-J")).RootElement;
        var rate = report.GetProperty("end").GetProperty("sum_received").GetProperty("bits_per_second").GetDouble();
        Assert.InRange(rate, 2e6, 10e6);
        var counted = JsonDocument.Parse(lab.A.Must("tc", "-s", "-j", "qdisc", "show", "dev", "bond0")).RootElement[0];
        Assert.True(counted.GetProperty("bytes").GetInt64() >= rate / 8, $"{counted}");
    }

    [Theory]
    [InlineData("device_kind", "veth")]
    [InlineData("data_path", "csharp")]
    public void Nftables_at_bond0_count_and_drop_in_both_directions(string option, string value)
    {
        using var lab = new Lab().Bond("mode", "active-backup", option, value);
        lab.A.Must("nft", Counting);
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-q", "-i0.05", "-c5", "10.213.0.2"), StringComparison.Ordinal);
        foreach (
            var (table, chain) in from table in new[] { "netdev at_bond0", "inet over_bond0" }
            from chain in new[] { "in", "out" }
            select (table, chain)
        )
            Assert.Contains("packets 5 ", lab.A.Must("bash", "-c", $"nft list chain {table} {chain}"), StringComparison.Ordinal);
        foreach (var chain in new[] { "in", "out" })
        {
            lab.A.Must("bash", "-c", $"nft add rule netdev at_bond0 {chain} ip protocol icmp drop");
            Assert.Contains(
                " 100% packet loss",
                lab.A.Run("ping", "-q", "-i0.05", "-c3", "-W0.2", "10.213.0.2").Output,
                StringComparison.Ordinal
            );
            lab.A.Must("nft", "flush", "chain", "netdev", "at_bond0", chain);
            Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-q", "-i0.05", "-c3", "10.213.0.2"), StringComparison.Ordinal);
        }
    }

    // Native XDP: the kernel skips the generic kind for frames that a program redirected.
    [Fact]
    public void An_XDP_program_on_bond0_decides_about_what_arrives()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        lab.A.Ip("link", "set", "dev", "bond0", "xdpdrv", "obj", Compiled(lab.A, "XDP_PASS"), "sec", "xdp.frags");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-q", "-i0.05", "-c5", "10.213.0.2"), StringComparison.Ordinal);
        lab.A.Ip("-force", "link", "set", "dev", "bond0", "xdpdrv", "obj", Compiled(lab.A, "XDP_DROP"), "sec", "xdp.frags");
        Assert.Contains(
            " 100% packet loss",
            lab.A.Run("ping", "-q", "-i0.05", "-c3", "-W0.2", "10.213.0.2").Output,
            StringComparison.Ordinal
        );
        lab.A.Ip("link", "set", "dev", "bond0", "xdpdrv", "off");
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "frames arrive without it");
    }

    private static string Compiled(Host host, string verdict)
    {
        var source = Path.Combine(host.Directory, "xdp.c");
        var program = Path.Combine(host.Directory, $"{verdict}.o");
        File.WriteAllText(source, Xdp);
        Shell.Must(
            "bash",
            "-ec",
            $"clang -O2 -g -target bpf -I/usr/include/$(uname -m)-linux-gnu -DVERDICT={verdict} -c {source} -o {program}"
        );
        return program;
    }
}
