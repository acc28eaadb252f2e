using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>The running bonds are saved to files, and changed to match files.</summary>
public sealed class FilesTests
{
    [Fact]
    public void What_was_saved_brings_the_same_bonds_back()
    {
        using var lab = new Lab(cables: 3, start: false);
        lab.A.Service.Start();
        lab.A.Tandem(
            "link",
            "add",
            "bond0",
            "mtu",
            "9000",
            "type",
            "bond",
            "mode",
            "active-backup",
            "miimon",
            "50",
            "updelay",
            "100",
            "flap_limit",
            "3"
        );
        lab.A.Tandem("link", "set", "eth0", "master", "bond0");
        lab.A.Tandem("link", "set", "eth1", "master", "bond0");
        lab.A.Tandem("link", "set", "bond0", "type", "bond", "primary", "eth1");
        lab.A.Tandem("link", "set", "eth1", "type", "bond_slave", "prio", "7");
        lab.A.Tandem("link", "set", "bond0", "up");
        lab.A.Tandem("link", "add", "bond1", "type", "bond", "mode", "802.3ad", "lacp_rate", "fast");
        lab.A.Tandem("link", "set", "eth2", "master", "bond1");
        var file = Path.Combine(lab.A.Directory, "bonds.yaml");
        lab.A.Tandem("save", file);
        var saved = File.ReadAllText(file);
        Assert.Equal("The bonds are as wanted.\n", lab.A.Tandem("apply", file));
        lab.A.Tandem("link", "del", "bond0");
        lab.A.Tandem("link", "del", "bond1");
        Assert.Contains("bond0: new", lab.A.Tandem("apply", "--dry-run", file), StringComparison.Ordinal);
        Assert.Equal("[]", lab.A.Tandem("-j", "link", "show").Trim());
        lab.A.Tandem("apply", file);
        Assert.Equal(saved, lab.A.Tandem("save", "-"));
        Assert.Equal("7", lab.A.MemberData("eth1", "prio"));
        Assert.Equal("100", lab.A.BondData("updelay"));
        Assert.Equal("The bonds are as wanted.\n", lab.A.Tandem("apply", file));
    }

    [Fact]
    public void Bonds_exchange_members_by_a_file()
    {
        using var lab = new Lab(cables: 4, start: false);
        lab.A.Service.Start();
        var file = Path.Combine(lab.A.Directory, "bonds.yaml");
        Apply(lab, file, "bond0: {interfaces: [eth0, eth1]}", "bond1: {interfaces: [eth2, eth3]}");
        Apply(lab, file, "bond0: {interfaces: [eth0, eth3], parameters: {mode: active-backup}}", "bond1: {interfaces: [eth2, eth1]}");
        Assert.Equal("bond1", lab.A.Link("eth1").GetProperty("master").GetString());
        Assert.Equal("bond0", lab.A.Link("eth3").GetProperty("master").GetString());
        Assert.Equal("active-backup", lab.A.BondData("mode"));
    }

    [Fact]
    public void A_refused_change_undoes_those_before_it()
    {
        using var lab = new Lab(cables: 3, start: false);
        lab.A.Service.Start();
        var file = Path.Combine(lab.A.Directory, "bonds.yaml");
        Apply(lab, file, "bond0: {interfaces: [eth0, eth1], parameters: {mode: active-backup, mii-monitor-interval: 50}}");
        var before = lab.A.Tandem("save", "-");
        lab.A.Ip("addr", "add", "192.0.2.1/24", "dev", "eth2");
        lab.A.Ip("link", "set", "eth2", "up");
        lab.A.Ip("route", "add", "198.51.100.0/24", "via", "192.0.2.254");
        File.WriteAllText(
            file,
            "network: {bonds: {bond0: {interfaces: [eth0], mtu: 1400}, bond1: {interfaces: [eth1, eth2]}, bond2: {interfaces: [nosuch]}}}"
        );
        var outcome = lab.A.TryTandem("apply", file);
        Assert.Equal(2, outcome.ExitCode);
        Assert.Contains("bond2: ", outcome.Error, StringComparison.Ordinal);
        Assert.Contains("the changes before it were undone", outcome.Error, StringComparison.Ordinal);
        Assert.Equal(before, lab.A.Tandem("save", "-"));
        Assert.Equal("50", lab.A.BondData("miimon"));
        // The user may have reached the machine through eth2.
        Shell.Until(
            () => lab.A.Ip("route", "show", "dev", "eth2").Contains("198.51.100.0/24 via 192.0.2.254", StringComparison.Ordinal),
            "eth2 is up again, with its routes"
        );
        Assert.Equal("1500", lab.A.KernelLink("bond0")!.Value.GetProperty("mtu").ToString());
    }

    [Fact]
    public void An_interface_that_was_up_has_its_addresses_and_routes_when_it_is_up_again()
    {
        using var lab = new Lab(cables: 2, start: false);
        lab.A.Service.Start();
        lab.A.Ip("addr", "add", "192.0.2.1/24", "dev", "eth0");
        lab.A.Ip("addr", "add", "fd00::1/64", "dev", "eth0", "nodad");
        lab.A.Ip("link", "set", "eth0", "up");
        lab.A.Ip("route", "add", "198.51.100.0/24", "via", "192.0.2.254", "metric", "77");
        lab.A.Ip("-6", "route", "add", "fd00:99::/48", "via", "fd00::fe");
        var before = Configuration();
        var file = Path.Combine(lab.A.Directory, "bonds.yaml");
        Apply(lab, file, "bond0: {interfaces: [eth0, eth1]}");
        Assert.Equal("", lab.A.Ip("route", "show", "dev", "eth0"));
        lab.A.Service.Kill();
        lab.A.Service.Start();
        lab.A.Tandem("link", "del", "bond0");
        lab.A.Ip("link", "set", "eth0", "up");
        Shell.Until(() => Configuration() == before, "addresses and routes are back");

        string Configuration() =>
            string.Concat(
                lab.A.Ip("-br", "-4", "addr", "show", "dev", "eth0"),
                lab.A.Ip("-6", "addr", "show", "dev", "eth0", "scope", "global", "-tentative"),
                lab.A.Ip("route", "show", "dev", "eth0"),
                lab.A.Ip("-6", "route", "show", "dev", "eth0", "proto", "boot")
            );
    }

    [Fact]
    public void Bonds_that_a_file_does_not_name_are_removed_on_request()
    {
        using var lab = new Lab(cables: 2, start: false);
        lab.A.Service.Start();
        var file = Path.Combine(lab.A.Directory, "bonds.yaml");
        Apply(lab, file, "bond0: {interfaces: [eth0]}", "bond1: {interfaces: [eth1]}");
        File.WriteAllText(file, "network: {bonds: {bond0: {interfaces: [eth0, eth1]}}}");
        lab.A.Tandem("apply", "--prune", file);
        Assert.Null(lab.A.KernelLink("bond1"));
        Assert.Equal("bond0", lab.A.Link("eth1").GetProperty("master").GetString());
    }

    private static void Apply(Lab lab, string file, params string[] bonds)
    {
        File.WriteAllText(file, $"network:\n  bonds:\n{string.Concat(bonds.Select(bond => $"    {bond}\n"))}");
        lab.A.Tandem("apply", file);
    }
}
