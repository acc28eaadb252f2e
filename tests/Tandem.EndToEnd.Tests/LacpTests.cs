using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Tandem on both ends of the cables, in 802.3ad.</summary>
public sealed partial class LacpTests
{
    private static readonly string[] Members = ["eth0", "eth1"];

    [Theory]
    [InlineData("fast", "ebpf")]
    [InlineData("slow", "ebpf")]
    [InlineData("fast", "csharp")]
    [InlineData("slow", "csharp")]
    public void Links_aggregate_share_the_flows_and_come_back_after_a_cut(string rate, string path)
    {
        using var lab = new Lab();
        Bond(lab, rate, path);
        Shell.Until(() => AreUp(lab.A, times: 1) && AreUp(lab.B, times: 1), "both ends say lacp-up of each member");
        Assert.Contains($"\"data_path\":\"{path}\"", lab.A.Tandem("-d", "-j", "link", "show", "bond0"), StringComparison.Ordinal);
        NothingIsLost(lab.A, "10.213.0.2");
        NothingIsLost(lab.B, "10.213.0.1");
        FlowsUse(lab, Members);

        using var ping = lab.A.Start("ping", "-i0.005", "-w30", "-q", "10.213.0.2");
        for (var cable = 0; cable < lab.Cables; cable++)
        {
            var member = Members[cable];
            lab.Cut(cable);
            Shell.Until(() => lab.A.Said(member, "lacp-down") == 1, $"host A says lacp-down of {member}");
            FlowsUse(lab, [Members[1 - cable]]);
            lab.Mend(cable);
            Shell.Until(() => lab.A.Said(member, "lacp-up") == 2 && lab.B.Said(member, "lacp-up") == 2, $"{member} carries traffic again");
        }
        FlowsUse(lab, Members);
        Assert.False(ping.HasExited, "the changes took longer than the traffic");
        var (sent, answered) = Ended(ping);
        // At 200 pings a second: only the changes lose pings, and each end notices each change.
        Assert.True(sent - answered <= 40, $"{sent} sent, {answered} answered");
    }

    [Fact]
    public void Ten_markers_of_a_burst_are_answered_and_the_others_counted()
    {
        using var lab = new Lab();
        Bond(lab, "fast", "ebpf");
        Shell.Until(() => AreUp(lab.A, times: 1) && AreUp(lab.B, times: 1), "both ends say lacp-up of each member");
        // A marker (802.1AX, 6.5) of port 1 of 02:00:00:00:0b:ee, number 7.
        const string Marker =
            "0180c2000002" + "020000000bee" + "8809" + "0201" + "0110" + "0001" + "020000000bee" + "00000007" + "00000000";
        var frame = Convert.FromHexString(Marker + new string('0', 180));
        var file = Path.Combine(lab.B.Directory, "markers");
        File.WriteAllBytes(file, [.. Enumerable.Repeat(frame, 50).SelectMany(octets => octets)]);
        lab.B.Must("socat", "-u", "-b", frame.Length.ToString(CultureInfo.InvariantCulture), $"OPEN:{file}", "INTERFACE:eth0");
        Shell.Until(() => Counted("marker_response_sent") + Counted("marker_suppressed") + Counted("excess") == 50, "all are counted");
        Assert.Equal(10, Counted("marker_response_sent"));

        int Counted(string counter) => LacpLink.CounterOf(lab.A, "eth0", counter);
    }

    [Fact]
    public void A_member_that_is_drained_and_then_released_costs_no_frame()
    {
        using var lab = new Lab();
        Bond(lab, "fast", "auto");
        Shell.Until(() => AreUp(lab.A, times: 1) && AreUp(lab.B, times: 1), "both members carry traffic");
        using var there = lab.A.Start("ping", "-i0.002", "-c5000", "-q", "10.213.0.2");
        using var back = lab.B.Start("ping", "-i0.002", "-c5000", "-q", "10.213.0.1");
        // Whichever member carries the pings, both are drained in turn. After the second one is released, the first carries all.
        foreach (var member in Members)
        {
            var other = Members.Single(name => name != member);
            lab.A.Tandem("link", "set", member, "type", "bond_slave", "drain", "on");
            Shell.Until(() => lab.A.Said(member, "lacp-drained") == 1, $"{member} is drained");
            FlowsUse(lab, [other]);
            if (member == Members[^1])
                lab.A.Tandem("link", "set", member, "nomaster");
            else
            {
                lab.A.Tandem("link", "set", member, "type", "bond_slave", "drain", "off");
                Shell.Until(
                    () => lab.A.Said(member, "lacp-up") == 2 && lab.B.Said(member, "lacp-up") == 2,
                    $"{member} carries traffic again"
                );
            }
        }
        Assert.False(there.HasExited || back.HasExited, "the changes took longer than the traffic");
        foreach (var ping in (Process[])[there, back])
        {
            Assert.True(ping.WaitForExit(TimeSpan.FromSeconds(30)));
            Assert.Contains(" 0% packet loss", ping.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public void A_partner_that_is_started_anew_is_aggregated_with_again_and_traffic_goes_on() => AtBothRates(StartPartnerAnew);

    [Fact]
    public void Another_host_on_the_same_cables_is_the_new_partner() => AtBothRates(ReplacePartner);

    [Fact]
    public void A_partner_that_becomes_another_system_is_aggregated_with_again_within_moments() => AtBothRates(RenamePartner);

    [Fact]
    public void A_cable_between_two_members_of_a_bond_is_a_loop_and_is_not_used()
    {
        using var lab = new Lab(cables: 0);
        lab.A.Ip("link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        lab.A.Tandem(["link", "add", "bond0", "type", "bond", .. Options("fast", "auto")]);
        foreach (var member in Members)
            lab.A.Tandem("link", "set", member, "master", "bond0");
        lab.A.Tandem("link", "set", "bond0", "up");
        Shell.Until(() => Members.All(member => lab.A.Said(member, "lacp-loop") == 1), "lacp-loop is said of both ends");
        Assert.Contains("hears the LACPDUs of eth0", lab.A.Service.Log, StringComparison.Ordinal);
        Assert.DoesNotContain("lacp-up", lab.A.Service.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Tcpdump_decodes_every_lacpdu_and_finds_in_them_what_we_are()
    {
        using var lab = new Lab();
        lab.BondHost(lab.B, 2, Options("fast", "auto"));
        var file = Path.Combine(lab.B.Directory, "lacp.pcap");
        using var capture = lab.B.Start(["tcpdump", "-i", "eth0", "-Q", "in", "-U", "-Z", "root", "-w", file, "ether", "proto", "0x8809"]);
        Shell.Until(() => capture.StandardError.ReadLine()?.Contains("listening", StringComparison.Ordinal) == true, "tcpdump listens");
        lab.BondHost(lab.A, 1, Options("fast", "auto"));
        Shell.Until(() => AreUp(lab.A, times: 1) && AreUp(lab.B, times: 1), "both members carry traffic");

        string[] Lacpdus() =>
            lab.B.Must("tcpdump", "-r", file, "-n", "-e", "-vv").Split(" ethertype Slow Protocols (0x8809), length 124: ")[1..];
        string Settled(Host host) =>
            $"System {host.KernelLink("bond0")!.Value.GetProperty("address").GetString()}, System Priority 65535, Key 15, Port 1, "
            + "Port Priority 255\n\t  State Flags [Activity, Timeout, Aggregation, Synchronization, Collecting, Distributing]\n";
        Shell.Until(
            () =>
                Lacpdus() is { Length: > 2 } heard
                && heard[^1].Contains(Settled(lab.A), StringComparison.Ordinal)
                && heard[^1].Contains(Settled(lab.B), StringComparison.Ordinal),
            "an LACPDU of a settled link has both ends as they are"
        );
        Assert.All(
            Lacpdus(),
            said =>
            {
                Assert.StartsWith("LACPv1, length 110\n", said, StringComparison.Ordinal);
                Assert.Contains("Actor Information TLV (0x01), length 20\n", said, StringComparison.Ordinal);
                Assert.Contains("Partner Information TLV (0x02), length 20\n", said, StringComparison.Ordinal);
                Assert.Contains("Collector Information TLV (0x03), length 16\n", said, StringComparison.Ordinal);
                Assert.Contains("Terminator TLV (0x00), length 0\n", said, StringComparison.Ordinal);
                Assert.DoesNotContain("[|", said, StringComparison.Ordinal);
                Assert.DoesNotContain("invalid", said, StringComparison.Ordinal);
            }
        );
    }

    private static void AtBothRates(Action<string> test) => Shell.AtOnce(() => test("fast"), () => test("slow"));

    private static void StartPartnerAnew(string rate)
    {
        using var lab = new Lab();
        Bond(lab, rate, "auto");
        Shell.Until(() => LacpLink.Disagreement(lab.A, lab.B, rate), $"both ends agree, {rate}");
        using var ping = lab.A.Start("ping", "-i0.01", "-w60", "-q", "10.213.0.2");
        Answers(lab.A, "10.213.0.2");
        var away = Stopwatch.StartNew();
        Assert.Equal(0, lab.B.Service.Stop());
        Shell.Until(() => Members.All(member => lab.A.Said(member, "lacp-down") >= 1), "host A says that no member carries traffic");
        lab.B.Service.Start();
        lab.BondHost(lab.B, 2, Options(rate, "auto"));
        Shell.Until(() => LacpLink.Disagreement(lab.A, lab.B, rate), $"both ends agree again, {rate}");
        Answers(lab.A, "10.213.0.2");
        var lost = away.Elapsed.TotalSeconds * 100;
        NothingIsLost(lab.A, "10.213.0.2");
        NothingIsLost(lab.B, "10.213.0.1");
        Assert.False(ping.HasExited, "the restart took longer than the traffic");
        var (sent, answered) = Ended(ping);
        Assert.True(answered > 0 && sent - answered <= lost, $"{rate}: {sent} sent, {answered} answered, away for {away.Elapsed}");
    }

    private static void ReplacePartner(string rate)
    {
        using var lab = new Lab();
        Bond(lab, rate, "auto");
        Shell.Until(() => LacpLink.Disagreement(lab.A, lab.B, rate), $"both ends agree, {rate}");
        using var other = new Host($"{lab.A.Namespace}c");
        other.Service.Start();
        foreach (var member in Members)
        {
            lab.B.Ip("link", "set", member, "netns", other.Namespace);
            // The other host has interfaces of its own, so their addresses differ.
            other.Ip("link", "set", member, "address", $"02:00:00:00:0c:0{member[^1]}");
        }
        lab.BondHost(other, 3, Options(rate, "auto"));
        Shell.Until(() => LacpLink.Disagreement(lab.A, other, rate), $"both ends agree with the other host, {rate}");
        Assert.All(LacpLink.Of(lab.A).Values, link => Assert.Equal("02:00:00:00:0c:00", link.Partner.System));
        Answers(lab.A, "10.213.0.3");
        NothingIsLost(lab.A, "10.213.0.3");
    }

    private static void RenamePartner(string rate)
    {
        const string System = "02:00:00:00:0c:ff";
        using var lab = new Lab();
        Bond(lab, rate, "auto");
        Shell.Until(() => LacpLink.Disagreement(lab.A, lab.B, rate), $"both ends agree, {rate}");
        using var ping = lab.A.Start("ping", "-i0.01", "-w60", "-q", "10.213.0.2");
        Answers(lab.A, "10.213.0.2");
        var changed = DateTimeOffset.UtcNow;
        lab.B.Tandem("link", "set", "bond0", "type", "bond", "ad_actor_system", System);
        Shell.Until(
            () =>
                LacpLink.Disagreement(lab.A, lab.B, rate)
                ?? (LacpLink.Of(lab.A).Values.All(link => link.Partner.System == System) ? null : "the system is as it was"),
            $"both ends agree again, {rate}"
        );
        // Only three LACPDUs are sent in any second, so the last announcement may wait until the second is over. The other link, with fewer
        // announcements, carries the traffic meanwhile.
        foreach (var host in new[] { lab.A, lab.B })
            Assert.True(LacpLink.MuxSince(host) - changed < TimeSpan.FromSeconds(2), $"{rate}, since {changed}: {host.Service.Log}");
        NothingIsLost(lab.A, "10.213.0.2");
        NothingIsLost(lab.B, "10.213.0.1");
        var (sent, answered) = Ended(ping);
        Assert.True(sent - answered <= 20, $"{rate}: {sent} sent, {answered} answered");
    }

    private static string[] Options(string rate, string path) =>
        ["mode", "802.3ad", "miimon", "50", "lacp_rate", rate, "xmit_hash_policy", "layer3+4", "data_path", path];

    private static void Bond(Lab lab, string rate, string path) => lab.Bond(Options(rate, path));

    private static bool AreUp(Host host, int times) => Members.All(member => host.Said(member, "lacp-up") == times);

    private static void Answers(Host host, string address) =>
        Shell.Until(() => host.Run("ping", "-c1", "-W1", address).ExitCode == 0, $"{address} answers");

    private static void NothingIsLost(Host host, string address) =>
        Assert.Contains(" 0% packet loss", host.Must("ping", "-c20", "-i0.01", "-w5", address), StringComparison.Ordinal);

    // Sixteen flows must leave on exactly these members.
    private static void FlowsUse(Lab lab, string[] members)
    {
        using var server = lab.B.Start("iperf3", "-s", "-1");
        Shell.Until(() => lab.B.Run("ss", "-ltn").Output.Contains(":5201", StringComparison.Ordinal), "iperf3 listens");
        var before = Members.ToDictionary(member => member, member => Sent(lab.A, member));
        lab.A.Must("iperf3", "-c", "10.213.0.2", "-P", "16", "-n", "16M", "-l", "16K");
        foreach (var member in Members)
        {
            var bytes = Sent(lab.A, member) - before[member];
            // The other members carry LACPDUs at most. On a busy machine the flows do not spread evenly.
            Assert.True(members.Contains(member) ? bytes > 100_000 : bytes < 10_000, $"{member} carried {bytes} bytes");
        }
        server.WaitForExit(TimeSpan.FromSeconds(5));
    }

    private static long Sent(Host host, string member) =>
        host.Link(member).GetProperty("stats64").GetProperty("tx").GetProperty("bytes").GetInt64();

    private static (int Sent, int Answered) Ended(Process ping)
    {
        Shell.Signal(ping.Id, 2);
        var counts = Counts().Match(ping.StandardOutput.ReadToEnd());
        int Number(string group) => int.Parse(counts.Groups[group].Value, CultureInfo.InvariantCulture);
        return (Number("sent"), Number("answered"));
    }

    [GeneratedRegex(@"(?<sent>\d+) packets transmitted, (?<answered>\d+) received", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Counts();
}
