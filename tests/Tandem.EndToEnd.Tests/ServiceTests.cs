using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The service is stopped, killed and started again; all its changes are undone.</summary>
public sealed class ServiceTests
{
    [Fact]
    public void Stopping_restores_every_member_and_leaves_nothing()
    {
        using var lab = new Lab();
        lab.A.Ip("addr", "add", "192.0.2.77/24", "dev", "eth1");
        lab.A.Ip("link", "set", "eth1", "mtu", "1450");
        var before = new[] { "eth0", "eth1" }.Select(name => Fingerprint(lab.A, name)).ToList();
        lab.Bond("mode", "active-backup");
        Assert.NotEqual(before[1], Fingerprint(lab.A, "eth1"));
        Assert.Equal(0, lab.A.Service.Stop());
        Assert.Null(lab.A.KernelLink("bond0"));
        Assert.Equal(before, new[] { "eth0", "eth1" }.Select(name => Fingerprint(lab.A, name)));
        Assert.Equal("", lab.A.Run("nft", "list", "ruleset").Output);
        Assert.False(File.Exists(lab.A.Socket));
    }

    [Fact]
    public void Removing_a_bond_restores_its_members()
    {
        using var lab = new Lab();
        var before = Fingerprint(lab.A, "eth1");
        lab.Bond("mode", "balance-rr");
        lab.A.Tandem("link", "del", "bond0");
        Assert.Equal(before, Fingerprint(lab.A, "eth1"));
        Assert.Null(lab.A.KernelLink("bond0"));
        Assert.Equal(1, lab.A.TryTandem("link", "del", "bond0").ExitCode);
    }

    [Fact]
    public void A_bond_deleted_behind_its_back_is_removed_and_its_members_restored()
    {
        using var lab = new Lab();
        var before = Fingerprint(lab.A, "eth1");
        lab.Bond("mode", "balance-rr");
        lab.A.Ip("link", "del", "bond0");
        Shell.Until(() => Fingerprint(lab.A, "eth1") == before, "eth1 is restored");
        Assert.Equal("[]", lab.A.Tandem("-j", "link", "show").Trim());
    }

    [Fact]
    public void A_killed_service_takes_its_bonds_over_when_it_starts_again()
    {
        using var lab = new Lab();
        var before = new[] { "eth0", "eth1" }.Select(name => Fingerprint(lab.A, name)).ToList();
        lab.Bond("mode", "active-backup", "miimon", "50", "primary", "eth1");
        lab.A.Tandem("link", "set", "eth0", "type", "bond_slave", "prio", "7");
        lab.A.Service.Kill();
        lab.A.Service.Start();
        Assert.Equal("50", lab.A.BondData("miimon"));
        Assert.Equal("eth1", lab.A.BondData("active_slave"));
        Assert.Equal("7", lab.A.MemberData("eth0", "prio"));
        // The address on bond0 was never touched: the device outlived the service.
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "traffic passes again");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.01", "10.213.0.2"), StringComparison.Ordinal);
        lab.Cut(1);
        Shell.Until(() => lab.A.BondData("active_slave") == "eth0", "failover works after the take-over");
        Assert.Equal(0, lab.A.Service.Stop());
        Assert.Equal(before, new[] { "eth0", "eth1" }.Select(name => Fingerprint(lab.A, name)));
        Assert.Null(lab.A.KernelLink("bond0"));
    }

    [Fact]
    public void A_link_that_went_while_no_service_ran_is_counted()
    {
        using var lab = new Lab();
        lab.Bond("mode", "active-backup", "miimon", "50", "primary", "eth0");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth0", "the primary is active");
        lab.A.Service.Kill();
        lab.Cut(0);
        lab.A.Service.Start();
        Assert.Equal("eth1", lab.A.BondData("active_slave"));
        Assert.Equal("1", lab.A.MemberData("eth0", "link_failure_count"));
        Assert.Equal("0", lab.A.MemberData("eth1", "link_failure_count"));
    }

    [Fact]
    public void What_a_killed_service_left_is_cleaned_up_when_its_bond_is_gone()
    {
        using var lab = new Lab();
        var before = Fingerprint(lab.A, "eth0");
        lab.Bond("mode", "balance-rr");
        lab.A.Service.Kill();
        lab.A.Ip("link", "del", "bond0");
        lab.A.Service.Start();
        Assert.Equal("[]", lab.A.Tandem("-j", "link", "show").Trim());
        Assert.Equal(before, Fingerprint(lab.A, "eth0"));
        Assert.Equal("", lab.A.Run("nft", "list", "ruleset").Output);
    }

    [Fact]
    public void A_pair_that_was_made_just_before_a_kill_is_removed_by_the_next_service()
    {
        using var lab = new Lab();
        lab.A.Tandem("link", "add", "bond0", "type", "bond", "device_kind", "veth");
        lab.A.Service.Kill();
        // The properties that are stored before the device exists.
        var file = Assert.Single(Directory.EnumerateFiles(lab.A.Service.State, "*.json"));
        var state = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        state.Remove("device");
        state.Remove("other_end");
        File.WriteAllText(file, state.ToJsonString());
        lab.A.Service.Start();
        Assert.Null(lab.A.KernelLink("bond0"));
        Assert.Null(lab.A.KernelLink("tdm-bond0"));
        lab.A.Tandem("link", "add", "bond0", "type", "bond");
    }

    [Fact]
    public void A_member_lost_while_the_service_was_dead_does_not_hinder_the_take_over()
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        lab.A.Service.Kill();
        lab.A.Ip("link", "del", "eth0");
        lab.A.Service.Start();
        Assert.Equal("eth1", lab.A.BondData("active_slave"));
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "traffic passes again");
    }

    [Fact]
    public void What_was_left_in_a_namespace_that_ended_is_not_applied_to_another()
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        lab.A.Service.Kill();
        Shell.EndAll(lab.A.Namespace);
        Shell.Must("ip", "netns", "del", lab.A.Namespace);
        // The kernel often reuses the inode of a namespace that just ended, and starts numbering interfaces again.
        Shell.Must("ip", "netns", "add", lab.A.Namespace);
        lab.A.Ip("link", "add", "eth0", "type", "veth", "peer", "name", "eth1");
        lab.A.Ip("link", "set", "eth0", "mtu", "1400", "up");
        lab.A.Ip("addr", "add", "192.0.2.5/24", "dev", "eth0");
        var before = Fingerprint(lab.A, "eth0");
        lab.A.Service.Start();
        Assert.Equal(before, Fingerprint(lab.A, "eth0"));
        Assert.Equal("[]", lab.A.Tandem("-j", "link", "show").Trim());
    }

    [Fact]
    public void A_second_service_in_the_same_place_is_refused()
    {
        using var lab = new Lab();
        var second = lab.A.Run(Programs.Tandemd, "--socket", lab.A.Socket, "--state", Path.Combine(lab.A.Directory, "state"));
        Assert.Equal(3, second.ExitCode);
        Assert.Contains("another", second.All, StringComparison.Ordinal);
        lab.A.Tandem("link", "show");
    }

    [Fact]
    public void Without_a_service_the_command_says_how_to_start_it()
    {
        using var lab = new Lab(start: false);
        var outcome = lab.A.TryTandem("link", "show");
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("tandemd", outcome.Error, StringComparison.Ordinal);
        Assert.Equal("", outcome.Output);
    }

    [Fact]
    public void Four_bonds_of_four_members_stay_small_and_the_socket_is_for_its_group_only()
    {
        using var lab = new Lab(cables: 16);
        for (var bond = 0; bond < 4; bond++)
        {
            lab.A.Tandem("link", "add", $"bond{bond}", "type", "bond", "mode", "balance-xor", "miimon", "100");
            for (var member = 0; member < 4; member++)
                lab.A.Tandem("link", "set", $"eth{(bond * 4) + member}", "master", $"bond{bond}");
            lab.A.Tandem("link", "set", $"bond{bond}", "up");
        }
        Assert.Equal("660", Shell.Must("stat", "-c", "%a", lab.A.Socket).Trim());
        var resident = File.ReadLines($"/proc/{lab.A.Service.Pid}/status")
            .First(line => line.StartsWith("VmRSS", StringComparison.Ordinal));
        var kilobytes = int.Parse(
            resident.Split(' ', StringSplitOptions.RemoveEmptyEntries)[^2],
            System.Globalization.CultureInfo.InvariantCulture
        );
        Assert.True(kilobytes < 50 * 1024, resident);
    }

    [Fact]
    public void Whoever_flushes_the_firewall_does_not_let_members_answer_for_themselves()
    {
        using var lab = new Lab().Bond("mode", "balance-xor");
        lab.A.Must("nft", "flush", "ruleset");
        Shell.Until(() => lab.A.Must("nft", "list", "ruleset").Split("policy drop").Length == 4, "all are guarded again");
        Assert.DoesNotContain("DUP", lab.B.Must("ping", "-c20", "-i0.01", "10.213.0.1"), StringComparison.Ordinal);
        Assert.Contains("it is back", lab.A.Service.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void Curl_is_all_that_a_client_needs()
    {
        using var lab = new Lab();
        string Curl(params string[] arguments) => lab.A.Must(["curl", "-s", "--unix-socket", lab.A.Socket, .. arguments]);
        Curl(
            "-X",
            "POST",
            "-H",
            "Content-Type: application/json",
            "-d",
            """{"name":"bond0","options":{"mode":"active-backup","miimon":"100"}}""",
            "http://tandem/v1/bonds"
        );
        Curl("-X", "PUT", "http://tandem/v1/bonds/bond0/members/eth0");
        var bond = JsonDocument.Parse(Curl("http://tandem/v1/bonds/bond0")).RootElement;
        Assert.Equal("active-backup", bond.GetProperty("options").GetProperty("mode").GetString());
        Assert.Equal("eth0", bond.GetProperty("members")[0].GetProperty("name").GetString());
        var refused = JsonDocument
            .Parse(
                Curl(
                    "-X",
                    "PATCH",
                    "-H",
                    "Content-Type: application/json",
                    "-d",
                    """{"options":{"miimon":"x"}}""",
                    "http://tandem/v1/bonds/bond0"
                )
            )
            .RootElement;
        Assert.Contains("miimon x", refused.GetProperty("message").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_spec_makes_the_bond_that_it_says_and_members_keep_carrying_what_it_does_not_change()
    {
        using var lab = new Lab();
        lab.BondHost(lab.B, 2, "mode", "active-backup");
        Put("""{"options":{"mode":"active-backup"},"up":true,"members":[{"name":"eth0"},{"name":"eth1"}]}""", 201);
        lab.A.Ip("addr", "add", "10.213.0.1/24", "dev", "bond0");
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "the bonds answer");
        var ping = lab.A.Start("ping", "-i0.01", "-c200", "-q", "10.213.0.2");
        for (var i = 0; i < 5; i++)
            Put(
                $$"""{"options": {"mode": "active-backup", "miimon": {{50 + i}} }, "up": true, "members": [{"name": "eth0"}, {"name": "eth1", "options": {"prio": {{-i}} } }] }""",
                200
            );
        Assert.True(ping.WaitForExit(TimeSpan.FromSeconds(20)));
        Assert.Matches(" 0% packet loss", ping.StandardOutput.ReadToEnd());
        Put("""{"options":{"mode":"balance-xor"},"members":[{"name":"eth1"}]}""", 200);
        Assert.Equal("balance-xor", lab.A.BondData("mode"));
        Assert.Equal(
            "[\"eth1\"]",
            lab.A.Must("sh", "-c", $"curl -s --unix-socket {lab.A.Socket} http://tandem/v1/bonds/bond0/spec | jq -c '[.members[].name]'")
                .Trim()
        );
        Assert.False(lab.A.KernelLink("eth0")!.Value.TryGetProperty("master", out _));

        void Put(string spec, int status) =>
            Assert.Equal(
                status.ToString(CultureInfo.InvariantCulture),
                lab.A.Must(
                    "curl",
                    "-s",
                    "-o",
                    "/dev/null",
                    "-w",
                    "%{http_code}",
                    "--unix-socket",
                    lab.A.Socket,
                    "-X",
                    "PUT",
                    "-d",
                    spec,
                    "http://tandem/v1/bonds/bond0"
                )
            );
    }

    [Fact]
    public void A_member_that_was_set_down_is_up_again_when_it_is_made_a_member_once_more()
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        lab.A.Ip("link", "set", "eth1", "down");
        Shell.Until(() => lab.A.MemberData("eth1", "mii_status") == "DOWN", "eth1 is down");
        lab.A.Tandem("link", "set", "eth1", "master", "bond0");
        Shell.Until(() => lab.A.MemberData("eth1", "mii_status") == "UP", "eth1 is up");
    }

    // All that a user can see of an interface, without counters.
    internal static string Fingerprint(Host host, string name)
    {
        var link = host.KernelLink(name)!.Value;
        var flags = link.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString()).Where(flag => flag != "M-DOWN");
        var addresses = link.GetProperty("addr_info")
            .EnumerateArray()
            .Select(each => each.GetProperty("local").GetString() + "/" + each.GetProperty("prefixlen"));
        var genMode = JsonDocument
            .Parse(host.Ip("-d", "-j", "link", "show", "dev", name))
            .RootElement[0]
            .GetProperty("inet6_addr_gen_mode");
        var ipv6 = host.Must("cat", $"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").Trim();
        return $"{link.GetProperty("address")} {link.GetProperty("mtu")} {string.Join(',', flags)} {string.Join(',', addresses)} {genMode} {link.GetProperty("promiscuity")} {ipv6}";
    }
}
