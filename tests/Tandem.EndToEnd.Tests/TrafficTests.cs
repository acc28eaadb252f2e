using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Real traffic through real interfaces, in each mode.</summary>
public sealed class TrafficTests
{
    public static TheoryData<string> Modes { get; } = ["balance-rr", "active-backup", "balance-xor", "broadcast"];

    [Theory]
    [MemberData(nameof(Modes))]
    public void Ping_tcp_udp_ipv6_multicast_and_tagged_frames_pass(string mode)
    {
        using var lab = new Lab().Bond("mode", mode, "miimon", "100");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.01", "-w5", "10.213.0.2"), StringComparison.Ordinal);
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.01", "-w5", "fd13::2"), StringComparison.Ordinal);

        var server = lab.B.Start("iperf3", "-s");
        Shell.Until(() => lab.B.Run("ss", "-ltn").Output.Contains(":5201", StringComparison.Ordinal), "iperf3 listens");
        lab.A.Must("iperf3", "-c", "10.213.0.2", "-n", "64M");
        lab.A.Must("iperf3", "-c", "fd13::2", "-n", "16M", "-R");
        lab.A.Must("iperf3", "-c", "10.213.0.2", "-u", "-b", "20M", "-t", "1");

        lab.B.Must("sysctl", "-qw", "net.ipv4.icmp_echo_ignore_broadcasts=0");
        lab.B.Ip("addr", "add", "239.1.2.3/32", "dev", "bond0", "autojoin");
        lab.A.Ip("route", "add", "239.0.0.0/8", "dev", "bond0");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c5", "-i0.05", "-w5", "239.1.2.3"), StringComparison.Ordinal);

        Assert.Contains("vlan 7, p 5", Wire.Pass(lab.A, lab.B, Wire.Tagged), StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_jumbo_mtu_reaches_the_members_and_the_wire(string mode)
    {
        using var lab = new Lab().Bond("mode", mode);
        foreach (var host in new[] { lab.A, lab.B })
            host.Tandem("link", "set", "bond0", "mtu", "9000");
        Assert.Equal(9000, lab.A.KernelLink("eth1")!.Value.GetProperty("mtu").GetInt32());
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c3", "-i0.1", "-Mdo", "-s8900", "10.213.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Nothing_is_delivered_twice_and_no_member_answers_for_itself()
    {
        using var lab = new Lab().Bond("mode", "balance-xor");
        var pings = lab.A.Must("ping", "-c50", "-i0.01", "10.213.0.2");
        Assert.DoesNotContain("DUP", pings, StringComparison.Ordinal);

        // Each address resolution yields the bond's address, however often it is repeated.
        lab.A.Ip("neigh", "flush", "all");
        lab.A.Must("ping", "-c3", "-i0.05", "10.213.0.2");
        lab.A.Must("ping", "-c3", "-i0.05", "fd13::2");
        var bond = lab.B.KernelLink("bond0")!.Value.GetProperty("address").GetString()!;
        foreach (var line in lab.A.Ip("neigh", "show").Split('\n', StringSplitOptions.RemoveEmptyEntries))
            Assert.Contains(bond, line, StringComparison.Ordinal);

        foreach (var member in new[] { "eth0", "eth1" })
            Assert.Equal(0, lab.A.KernelLink(member)!.Value.GetProperty("addr_info").GetArrayLength());
    }

    [Fact]
    public void Eight_members_share_the_flows_of_balance_xor()
    {
        using var lab = new Lab(cables: 8).Bond("mode", "balance-xor", "xmit_hash_policy", "layer3+4");
        var server = lab.B.Start("iperf3", "-s");
        Shell.Until(() => lab.B.Run("ss", "-ltn").Output.Contains(":5201", StringComparison.Ordinal), "iperf3 listens");
        lab.A.Must("iperf3", "-c", "10.213.0.2", "-P", "64", "-n", "64M", "-l", "16K");
        var carried = Enumerable
            .Range(0, 8)
            .Select(i => lab.A.Link($"eth{i}").GetProperty("stats64").GetProperty("tx").GetProperty("bytes").GetInt64());
        Assert.All(carried, bytes => Assert.True(bytes > 200_000, $"a member carried only {bytes} bytes"));
    }

    [Theory]
    [InlineData("mode", "balance-xor", "xmit_hash_policy", "layer3+4")]
    [InlineData("mode", "balance-tlb", "xmit_hash_policy", "layer3+4", "tlb_dynamic_lb", "0", "all_slaves_active", "1")]
    public void Explain_names_the_member_that_the_data_path_takes(params string[] options)
    {
        using var lab = new Lab(cables: 3).Bond(options);
        foreach (var port in new[] { 4001, 4002, 4003, 4004, 4005, 4006, 4007 })
        {
            var explained = lab.A.Tandem(
                "-j",
                "explain",
                "bond0",
                "--src",
                $"10.213.0.1:{port}",
                "--dst",
                "10.213.0.2:9",
                "--proto",
                "udp"
            );
            var member = System.Text.Json.JsonDocument.Parse(explained).RootElement.GetProperty("member").GetInt32();
            var before = Sent(lab.A, member);
            lab.A.Must(
                "bash",
                "-c",
                $"for i in $(seq 50); do echo x; done | socat -u - UDP4:10.213.0.2:9,bind=10.213.0.1:{port},shut-none 2>/dev/null; true"
            );
            Shell.Until(() => Sent(lab.A, member) > before, $"port {port} leaves on eth{member}, as explained: {explained}", seconds: 3);
        }

        static long Sent(Host host, int member) =>
            host.Link($"eth{member}").GetProperty("stats64").GetProperty("tx").GetProperty("packets").GetInt64();
    }

    [Fact]
    public void Bond0_works_as_a_port_of_a_bridge()
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        lab.A.Ip("addr", "flush", "dev", "bond0");
        lab.A.Ip("link", "add", "br0", "type", "bridge");
        lab.A.Ip("link", "set", "bond0", "master", "br0");
        lab.A.Ip("link", "add", "guest", "type", "veth", "peer", "name", "inside");
        lab.A.Ip("link", "set", "guest", "master", "br0");
        lab.A.Must("ip", "link", "set", "br0", "up");
        lab.A.Ip("link", "set", "guest", "up");
        using var guest = new Host($"{lab.A.Namespace}g");
        lab.A.Ip("link", "set", "inside", "netns", guest.Namespace);
        guest.Ip("link", "set", "inside", "up");
        guest.Ip("addr", "add", "10.213.0.7/24", "dev", "inside");
        Shell.Until(() => guest.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the guest behind the bridge is answered");
        lab.Cut(0);
        // A ping at the moment of the change may be lost.
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "eth1 takes over");
        Assert.Contains(" 0% packet loss", guest.Must("ping", "-c10", "-i0.05", "10.213.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void Members_hear_the_address_of_a_macvlan_on_bond0_while_there_is_one()
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        using var guest = new Host($"{lab.A.Namespace}m");
        lab.A.Ip("link", "add", "mv0", "link", "bond0", "type", "macvlan", "mode", "bridge");
        lab.A.Ip("link", "set", "mv0", "netns", guest.Namespace);
        guest.Ip("link", "set", "mv0", "up");
        guest.Ip("addr", "add", "10.213.0.9/24", "dev", "mv0");
        Shell.Until(() => guest.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the macvlan is answered");
        Shell.Until(() => Promiscuity() == 1, "the member is promiscuous");
        guest.Ip("link", "del", "mv0");
        Shell.Until(() => Promiscuity() == 0, "the member is promiscuous no more");

        int Promiscuity() => lab.A.KernelLink("eth0")!.Value.GetProperty("promiscuity").GetInt32();
    }

    [Fact]
    public void Two_bonds_work_side_by_side()
    {
        using var lab = new Lab(cables: 2).Bond("mode", "active-backup");
        lab.AddCable("eth2");
        lab.AddCable("eth3");
        foreach (var (host, number) in new[] { (lab.A, 1), (lab.B, 2) })
        {
            host.Tandem("link", "add", "bond1", "type", "bond", "mode", "balance-rr");
            host.Tandem("link", "set", "eth2", "master", "bond1");
            host.Tandem("link", "set", "eth3", "master", "bond1");
            host.Tandem("link", "set", "bond1", "up");
            host.Ip("addr", "add", $"10.214.0.{number}/24", "dev", "bond1");
        }
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.214.0.2").ExitCode == 0, "bond1 answers");
        lab.B.Ip("link", "set", "eth0", "down");
        lab.B.Ip("link", "set", "eth1", "down");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c10", "-i0.05", "10.214.0.2"), StringComparison.Ordinal);
        lab.A.Tandem("link", "del", "bond0");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c10", "-i0.05", "10.214.0.2"), StringComparison.Ordinal);
    }
}
