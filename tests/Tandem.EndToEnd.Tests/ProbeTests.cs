using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Links that keep their carrier but pass nothing are detected by ARP and by neighbour solicitation.</summary>
public sealed class ProbeTests
{
    private const string Target = "10.213.0.3";
    private const string Target6 = "fd13::3";

    [Theory]
    [InlineData("data_path auto", "arp_ip_target", Target)]
    [InlineData("data_path csharp", "arp_ip_target", Target)]
    [InlineData("data_path ebpf device_kind tap", "arp_ip_target", Target)]
    [InlineData("data_path auto", "ns_ip6_target", Target6)]
    [InlineData("data_path csharp", "ns_ip6_target", Target6)]
    public void A_silent_link_is_found_and_traffic_moves_to_the_other_member(string dataPath, string option, string target)
    {
        using var lab = new SwitchedLab(dataPath.Split(' '));
        Probe(lab, option, target, "arp_validate", "all");
        Silence(lab, "eth0");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "eth1 takes over", 3);
        Assert.Equal("DOWN", lab.A.MemberData("eth0", "mii_status"));
        Assert.Contains("LOWER_UP", lab.A.Ip("link", "show", "eth0"), StringComparison.Ordinal);
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.05", "-W1", Target), StringComparison.Ordinal);
        Mend(lab, "eth0");
        Shell.Until(() => lab.A.MemberData("eth0", "mii_status") == "UP", "eth0 proves itself by what comes back of eth1's requests");
        Assert.Equal("eth1", lab.A.BondData("active_slave"));
        Assert.Equal("0", lab.A.MemberData("eth1", "link_failure_count"));
    }

    [Theory]
    [InlineData("data_path auto")]
    [InlineData("data_path csharp")]
    public void Where_any_frame_counts_a_link_that_is_wholly_silent_is_found_and_one_that_hears_others_is_told_of(string dataPath)
    {
        using var lab = new SwitchedLab(dataPath.Split(' '));
        Probe(lab, "arp_ip_target", Target);
        // The target no longer answers; another host sends all the time.
        lab.C.Must("sysctl", "-w", "net.ipv4.conf.eth0.arp_ignore=8");
        lab.C.Start("ping", "-q", "-b", "-i0.03", "-w60", "10.213.0.255");
        Shell.Until(
            () => lab.A.Said("eth0", "notice", "only traffic of other hosts keeps it up") > 0,
            "the active member is kept up by others, and that is told"
        );
        Assert.Equal("0", lab.A.MemberData("eth0", "link_failure_count"));
        Silence(lab, "eth1");
        Shell.Until(() => lab.A.MemberData("eth1", "mii_status") == "DOWN", "eth1 hears nobody", 3);
        Assert.Equal("0", lab.A.MemberData("eth0", "link_failure_count"));
    }

    [Theory]
    [InlineData("data_path auto")]
    [InlineData("data_path csharp")]
    public void A_storm_of_arp_takes_no_link_down(string dataPath)
    {
        using var lab = new SwitchedLab(dataPath.Split(' '));
        Probe(lab, "arp_ip_target", Target, "arp_validate", "all");
        Storm(lab.C, "eth0");
        lab.A.Run("ping", "-q", "-c100", "-i0.05", "-W1", Target);
        foreach (var member in new[] { "eth0", "eth1" })
            Assert.Equal("0", lab.A.MemberData(member, "link_failure_count"));
        Assert.True(
            lab.A.Link("eth1").GetProperty("stats64").GetProperty("rx").GetProperty("packets").GetInt64() > 10_000,
            "it was a storm"
        );
    }

    [Fact]
    public void A_bond_that_was_moved_to_another_namespace_probes_from_there()
    {
        using var lab = new SwitchedLab("device_kind", "veth");
        using var web = new Host($"{lab.A.Namespace}w");
        lab.A.Ip("link", "set", "bond0", "netns", web.Namespace);
        web.Ip("link", "set", "bond0", "up");
        web.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        Shell.Until(() => web.Run("ping", "-c1", "-W1", Target).ExitCode == 0, "host C answers");
        Options(lab, "arp_ip_target", Target, "arp_validate", "all", "primary", "eth0");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth0", "eth0 is the active member");
        Silence(lab, "eth0");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "eth1 takes over", 3);
        Assert.Contains(" 0% packet loss", web.Must("ping", "-c20", "-i0.05", "-W1", Target), StringComparison.Ordinal);
        Assert.Equal("0", lab.A.MemberData("eth1", "link_failure_count"));
    }

    [Theory]
    [InlineData("data_path auto")]
    [InlineData("data_path csharp")]
    public void Sixteen_targets_of_each_family_that_all_have_to_answer_at_once_do(string dataPath)
    {
        using var lab = new SwitchedLab(dataPath.Split(' '));
        var numbers = Enumerable.Range(3, 16).ToList();
        foreach (var number in numbers)
        {
            lab.C.Run("ip", "addr", "add", $"10.213.0.{number}/24", "dev", "eth0");
            lab.C.Ip("addr", "add", $"fd13::{number}/64", "dev", "eth0", "nodad");
        }
        Probe(
            lab,
            "arp_ip_target",
            string.Join(',', numbers.Select(number => $"10.213.0.{number}")),
            "ns_ip6_target",
            string.Join(',', numbers.Select(number => $"fd13::{number}")),
            "arp_validate",
            "all",
            "arp_all_targets",
            "all"
        );
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c60", "-i0.05", "-W1", Target), StringComparison.Ordinal);
        foreach (var member in new[] { "eth0", "eth1" })
            Assert.Equal("0", lab.A.MemberData(member, "link_failure_count"));
        lab.C.Ip("addr", "del", "fd13::18/64", "dev", "eth0");
        Shell.Until(() => lab.A.MemberData("eth0", "mii_status") != "UP", "one that does not is missed", 3);
    }

    [Fact]
    public void A_silent_link_leaves_the_members_that_share_traffic()
    {
        using var lab = new SwitchedLab("mode", "balance-xor", "xmit_hash_policy", "layer3+4");
        Probe(lab, "arp_ip_target", Target);
        Silence(lab, "eth1");
        Shell.Until(() => lab.A.MemberData("eth1", "mii_status") == "DOWN", "eth1 is down", 3);
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.05", "-W1", Target), StringComparison.Ordinal);
        Mend(lab, "eth1");
        Shell.Until(() => lab.A.MemberData("eth1", "mii_status") == "UP", "eth1 is up");
    }

    [Fact]
    public void A_service_that_was_dead_for_many_intervals_takes_no_link_down()
    {
        using var lab = new SwitchedLab();
        Probe(lab, "arp_ip_target", Target, "arp_validate", "all");
        for (var i = 0; i < 2; i++)
        {
            lab.A.Service.Kill();
            Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c30", "-i0.05", "-W1", Target), StringComparison.Ordinal);
            lab.A.Service.Start();
            Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.05", "-W1", Target), StringComparison.Ordinal);
        }
        foreach (var member in new[] { "eth0", "eth1" })
        {
            Assert.Equal("UP", lab.A.MemberData(member, "mii_status"));
            Assert.Equal("0", lab.A.MemberData(member, "link_failure_count"));
        }
        Silence(lab, "eth0");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "the next service asks too", 3);
    }

    [Fact]
    public void A_service_that_stood_still_takes_no_link_down()
    {
        using var lab = new SwitchedLab();
        Probe(lab, "arp_ip_target", Target, "arp_validate", "all");
        Shell.Signal(lab.A.Service.Pid, Stop);
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c30", "-i0.05", "-W1", Target), StringComparison.Ordinal);
        Shell.Signal(lab.A.Service.Pid, Continue);
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.05", "-W1", Target), StringComparison.Ordinal);
        Assert.Equal("0", lab.A.MemberData("eth0", "link_failure_count"));
        Assert.Equal("0", lab.A.MemberData("eth1", "link_failure_count"));
    }

    [Fact]
    public void Targets_that_no_route_reaches_by_the_bond_are_named()
    {
        using var lab = new SwitchedLab();
        Probe(lab, "arp_ip_target", $"{Target},192.0.2.77,127.0.0.9");
        Shell.Until(
            () =>
                lab.A.Service.Log.Contains("no route leads directly to 192.0.2.77 (arp_ip_target)", StringComparison.Ordinal)
                && lab.A.Service.Log.Contains(
                    "127.0.0.9 (arp_ip_target) is not probed: its route does not use bond0",
                    StringComparison.Ordinal
                ),
            "both are named",
            15
        );
        Assert.Contains(
            $"ARP IP target/s (n.n.n.n form): {Target}, 192.0.2.77, 127.0.0.9",
            lab.A.Tandem("show", "bond0"),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void A_target_is_probed_through_a_bridge_above_bond0_with_the_bridges_address()
    {
        using var lab = new SwitchedLab();
        lab.AddBridge("02:00:00:00:00:b0", "10.213.0.1/24");
        lab.C.Ip("addr", "add", $"{Target6}/64", "dev", "eth0", "nodad");
        Options(lab, "arp_ip_target", Target, "arp_validate", "all");
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", Target).ExitCode == 0, "host C answers");
        Silence(lab, "eth0");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "eth1 takes over", 3);
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", Target).ExitCode == 0, "host C answers again");
    }

    [Fact]
    public void Probes_of_a_vlan_in_a_vlan_find_a_silent_link() => UserModeLinux.Play("probe-vlan.sh");

    private const int Stop = 19;
    private const int Continue = 18;

    private static void Probe(SwitchedLab lab, params string[] options)
    {
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        lab.A.Ip("addr", "add", "fd13::1/64", "dev", "bond0", "nodad");
        lab.C.Run("ip", "addr", "add", $"{Target6}/64", "dev", "eth0", "nodad");
        Options(lab, options);
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", Target).ExitCode == 0, "host C answers");
        Shell.Until(() => lab.A.MemberData("eth0", "mii_status") == "UP" && lab.A.MemberData("eth1", "mii_status") == "UP", "both are up");
    }

    private static void Options(SwitchedLab lab, params string[] options) =>
        lab.A.Tandem(["link", "set", "bond0", "type", "bond", "arp_interval", "100", .. options]);

    // ARP requests from a foreign station for another one, as fast as possible.
    private static void Storm(Host host, string device)
    {
        const int FrameLength = 60;
        var request = Convert.FromHexString(
            "ffffffffffff" + "020000000099" + "0806" + "0001080006040001" + "020000000099" + "0ad500c8" + "000000000000" + "0ad500c9"
        );
        var frames = new byte[20_000 * FrameLength];
        for (var at = 0; at < frames.Length; at += FrameLength)
            request.CopyTo(frames, at);
        var file = Path.Combine(host.Directory, "frames");
        File.WriteAllBytes(file, frames);
        host.Start("bash", "-c", $"while true; do socat -u -b {FrameLength} OPEN:{file} INTERFACE:{device}; done");
    }

    // Drops all frames at the switch's port, while both ends keep their carrier.
    private static void Silence(SwitchedLab lab, string port) =>
        lab.Switch.Must(
            "nft",
            $"table netdev silent_{port} {{ chain in {{ type filter hook ingress device {port} priority 0; policy drop; }}; "
                + $"chain out {{ type filter hook egress device {port} priority 0; policy drop; }}; }}"
        );

    private static void Mend(SwitchedLab lab, string port) => lab.Switch.Must("nft", "delete", "table", "netdev", $"silent_{port}");
}
