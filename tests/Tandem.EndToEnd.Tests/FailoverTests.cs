using System.Globalization;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Cables are cut and devices vanish while traffic goes on.</summary>
public sealed partial class FailoverTests
{
    [Theory]
    [InlineData("balance-rr", "0")]
    [InlineData("active-backup", "0")]
    [InlineData("active-backup", "100")]
    [InlineData("balance-xor", "100")]
    [InlineData("broadcast", "100")]
    public void Each_cable_can_be_cut_and_mended_under_traffic(string mode, string miimon)
    {
        using var lab = new Lab().Bond("mode", mode, "miimon", miimon);
        var ping = lab.A.Start("ping", "-i0.002", "-w5", "-q", "10.213.0.2");
        for (var cable = 0; cable < lab.Cables; cable++)
        {
            lab.Cut(cable);
            Shell.Until(() => lab.A.MemberData($"eth{cable}", "mii_status") == "DOWN", $"host A sees eth{cable} down");
            Assert.Equal("1", lab.A.MemberData($"eth{cable}", "link_failure_count"));
            lab.Mend(cable);
            Shell.Until(() => lab.A.MemberData($"eth{cable}", "mii_status") == "UP", $"host A sees eth{cable} up");
        }
        var summary = ping.StandardOutput.ReadToEnd();
        var counts = Counts().Match(summary);
        var (sent, answered) = (Number(counts, "sent"), Number(counts, "answered"));
        Assert.True(sent > 500, summary);
        // At 500 probes a second, each of the four changes may cost 2 of them.
        Assert.True(sent - answered <= 8, summary);
    }

    [Fact]
    public void Active_backup_names_the_member_that_carries_the_traffic_and_why()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "miimon", "100");
        var monitor = lab.A.Start(Programs.Tandem, "-j", "monitor");
        Assert.Equal("eth0", lab.A.BondData("active_slave"));
        // The event stream is open once a change arrives on it.
        Shell.Until(
            () =>
            {
                lab.A.Tandem("link", "set", "eth1", "type", "bond_slave", "prio", "1");
                lab.A.Tandem("link", "set", "eth1", "type", "bond_slave", "prio", "0");
                return monitor.StandardOutput.Peek() >= 0;
            },
            "the monitor is told"
        );
        lab.A.Tandem("link", "set", "bond0", "type", "bond", "active_slave", "eth0");
        lab.Cut(0);
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "eth1 is active");
        string? line;
        do line = monitor.StandardOutput.ReadLine();
        while (line is not null && !line.Contains("eth0: the link lost its carrier", StringComparison.Ordinal));
        Assert.Contains("\"active-changed\"", line, StringComparison.Ordinal);
        Assert.Contains("Currently Active Slave: eth1", lab.A.Tandem("show", "bond0"), StringComparison.Ordinal);
    }

    [Fact]
    public void The_bond_has_no_carrier_when_all_cables_are_cut_and_has_it_again_with_the_first_that_is_mended()
    {
        using var lab = new Lab().Bond("mode", "balance-xor", "miimon", "100");
        lab.Cut(0);
        lab.Cut(1);
        Shell.Until(() => lab.A.Must("cat", "/sys/class/net/bond0/carrier").Trim() == "0", "bond0 loses its carrier");
        lab.Mend(1);
        Shell.Until(() => lab.A.Must("cat", "/sys/class/net/bond0/carrier").Trim() == "1", "bond0 has carrier");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c5", "-i0.02", "10.213.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_whose_device_is_deleted_is_released_and_can_be_replaced()
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        lab.A.Ip("link", "del", "eth0");
        Shell.Until(() => !lab.A.Tandem("show", "bond0").Contains("Slave Interface: eth0", StringComparison.Ordinal), "eth0 is released");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c10", "-i0.02", "10.213.0.2"), StringComparison.Ordinal);
        lab.AddCable("eth9");
        foreach (var host in new[] { lab.A, lab.B })
            host.Tandem("link", "set", "eth9", "master", "bond0");
        lab.Cut(1);
        Shell.Until(() => lab.A.BondData("active_slave") == "eth9", "eth9 takes over");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c10", "-i0.02", "10.213.0.2"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_is_moved_to_another_namespace_is_released_and_welcome_back()
    {
        using var lab = new Lab().Bond("mode", "balance-rr");
        using var elsewhere = new Host($"{lab.A.Namespace}x");
        lab.A.Ip("link", "set", "eth1", "netns", elsewhere.Namespace);
        Shell.Until(() => !lab.A.Tandem("show", "bond0").Contains("Slave Interface: eth1", StringComparison.Ordinal), "eth1 is released");
        elsewhere.Ip("link", "set", "eth1", "down");
        elsewhere.Ip("link", "set", "eth1", "netns", lab.A.Namespace);
        lab.A.Tandem("link", "set", "eth1", "master", "bond0");
        Shell.Until(() => lab.A.MemberData("eth1", "mii_status") == "UP", "eth1 is up again");
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c10", "-i0.02", "10.213.0.2"), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tandem")]
    [InlineData("ip")]
    public void Bond0_can_be_set_down_and_up_and_keeps_its_members(string command)
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        Set("down");
        Assert.NotEqual(0, lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode);
        Set("up");
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "traffic passes again");
        Assert.Equal("UP", lab.A.MemberData("eth1", "mii_status"));

        void Set(string state)
        {
            if (command == "ip")
                lab.A.Ip("link", "set", "bond0", state);
            else
                lab.A.Tandem("link", "set", "bond0", state);
        }
    }

    [Theory]
    [InlineData("tandem")]
    [InlineData("ip")]
    public void Bond0s_mac_and_mtu_change_under_way_whoever_changes_them(string command)
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        string[] change = ["link", "set", "bond0"];
        foreach (var words in new[] { new[] { "address", "02:00:00:00:aa:01" }, ["mtu", "1400"] })
        {
            if (command == "ip")
                lab.A.Ip([.. change, .. words]);
            else
                lab.A.Tandem([.. change, .. words]);
        }
        foreach (var member in new[] { "eth0", "eth1" })
        {
            Shell.Until(
                () =>
                    lab.A.KernelLink(member) is { } link
                    && link.GetProperty("address").GetString() == "02:00:00:00:aa:01"
                    && link.GetProperty("mtu").GetInt32() == 1400,
                $"{member} has the address and the MTU"
            );
        }
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "traffic passes");
    }

    private static int Number(Match match, string group) => int.Parse(match.Groups[group].Value, CultureInfo.InvariantCulture);

    [GeneratedRegex(@"(?<sent>\d+) packets transmitted, (?<answered>\d+) received", RegexOptions.None, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Counts();
}
