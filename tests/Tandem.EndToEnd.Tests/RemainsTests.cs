using System.Text.Json.Nodes;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>State files are damaged, missing, or cannot be written; the copies in the kernel are used.</summary>
public sealed class RemainsTests
{
    private static readonly string[] Ports = ["eth0", "eth1"];

    [Theory]
    [InlineData("empty")]
    [InlineData("cut")]
    [InlineData("random")]
    [InlineData("unknown key")]
    [InlineData("later format")]
    [InlineData("deleted")]
    [InlineData("directory deleted")]
    public void A_bond_goes_on_whatever_becomes_of_its_state_file(string damage)
    {
        using var lab = new Lab();
        lab.A.Ip("addr", "add", "192.0.2.77/24", "dev", "eth1");
        lab.A.Ip("link", "set", "eth1", "mtu", "1450");
        var before = Ports.Select(name => ServiceTests.Fingerprint(lab.A, name)).ToList();
        lab.Bond("mode", "active-backup", "miimon", "50", "primary", "eth1");
        Shell.Until(() => lab.A.BondData("active_slave") == "eth1", "the primary is active");
        lab.A.Tandem("link", "set", "eth0", "type", "bond_slave", "prio", "7");
        lab.A.Service.Kill();
        Damage(lab.A, damage);
        lab.A.Service.Start();

        Assert.Equal("active-backup", lab.A.BondData("mode"));
        Assert.Equal("50", lab.A.BondData("miimon"));
        Assert.Equal("eth1", lab.A.BondData("active_slave"));
        Assert.Equal("7", lab.A.MemberData("eth0", "prio"));
        lab.Cut(1);
        Shell.Until(() => lab.A.BondData("active_slave") == "eth0", "failover works after the take-over");
        lab.Mend(1);
        Assert.Equal(0, lab.A.Service.Stop());
        Assert.Equal(before, Ports.Select(name => ServiceTests.Fingerprint(lab.A, name)));
        Assert.Null(lab.A.KernelLink("bond0"));
        Assert.Equal("", lab.A.Run("nft", "list", "ruleset").Output);
    }

    [Theory]
    [InlineData("random")]
    [InlineData("directory deleted")]
    public void Flush_removes_a_bond_whatever_became_of_its_state_file(string damage)
    {
        using var lab = new Lab();
        var before = Ports.Select(name => ServiceTests.Fingerprint(lab.A, name)).ToList();
        lab.Bond("mode", "active-backup");
        lab.A.Service.Kill();
        Damage(lab.A, damage);
        var flushed = lab.A.Run(Programs.Tandemd, "--flush", "--state", lab.A.Service.State);
        Assert.Equal(0, flushed.ExitCode);
        Assert.Null(lab.A.KernelLink("bond0"));
        Assert.Equal(before, Ports.Select(name => ServiceTests.Fingerprint(lab.A, name)));
        Assert.Equal("", lab.A.Run("nft", "list", "ruleset").Output);
    }

    [Fact]
    public void Guards_of_nobody_are_removed_at_the_start_and_interfaces_of_others_are_left()
    {
        using var lab = new Lab(start: false);
        var ifindex = lab.A.KernelLink("eth1")!.Value.GetProperty("ifindex").GetInt32();
        lab.A.Must(
            "nft",
            $"add table netdev tandem; add chain netdev tandem member-{ifindex} {{ type filter hook ingress device eth1 priority 0; policy drop; }}"
        );
        lab.A.Must("nft", "add table netdev mine; add chain netdev mine in { type filter hook ingress device eth0 priority 0; }");
        lab.A.Ip("link", "set", "eth0", "up");
        var before = ServiceTests.Fingerprint(lab.A, "eth0");
        lab.A.Service.Start();
        Assert.DoesNotContain("tandem", lab.A.Run("nft", "list", "ruleset").Output, StringComparison.Ordinal);
        Assert.Contains("mine", lab.A.Run("nft", "list", "ruleset").Output, StringComparison.Ordinal);
        Assert.Equal(before, ServiceTests.Fingerprint(lab.A, "eth0"));
        Assert.Contains("eth1 was a member", lab.A.Service.Log, StringComparison.Ordinal);
    }

    [Fact]
    public void A_service_with_another_directory_leaves_the_bonds_of_the_first_alone()
    {
        using var lab = new Lab().Bond("mode", "active-backup");
        using var other = lab.A.Start(
            Programs.Tandemd,
            "--socket",
            Path.Combine(lab.A.Directory, "other.sock"),
            "--state",
            Path.Combine(lab.A.Directory, "other")
        );
        Shell.Until(() => File.Exists(Path.Combine(lab.A.Directory, "other.sock")), "the second service answers");
        Shell.Until(
            () =>
                lab.A.Run(Programs.Tandem, "--socket", Path.Combine(lab.A.Directory, "other.sock"), "-j", "link", "show").Output.Trim()
                == "[]",
            "the second service has no bond"
        );
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c20", "-i0.01", "10.213.0.2"), StringComparison.Ordinal);
        Assert.Equal(2, lab.A.Run("nft", "list", "ruleset").Output.Split("chain member-").Length - 1 - 1);
    }

    [Fact]
    public void Nothing_joins_where_what_it_had_cannot_be_stored()
    {
        using var lab = new Lab(start: false);
        Directory.CreateDirectory(lab.A.Service.State);
        Shell.Must("mount", "-t", "tmpfs", "-o", "size=64k,mode=0700", "none", lab.A.Service.State);
        try
        {
            lab.A.Service.Start();
            lab.A.Tandem("link", "add", "bond0", "type", "bond");
            // Fills the disk to the last byte.
            Shell.Run("dd", "if=/dev/zero", $"of={lab.A.Service.State}/filler", "bs=512", "status=none");
            var before = ServiceTests.Fingerprint(lab.A, "eth1");
            var refused = lab.A.TryTandem("link", "set", "eth1", "master", "bond0");
            Assert.NotEqual(0, refused.ExitCode);
            Assert.Contains("eth1: what is to be given back to it cannot be stored", refused.All, StringComparison.Ordinal);
            Assert.Equal(before, ServiceTests.Fingerprint(lab.A, "eth1"));
            Assert.NotEqual(0, lab.A.TryTandem("link", "add", "bond1", "type", "bond").ExitCode);
            Assert.Null(lab.A.KernelLink("bond1"));
            File.Delete(Path.Combine(lab.A.Service.State, "filler"));
            lab.A.Tandem("link", "set", "eth1", "master", "bond0");
        }
        finally
        {
            lab.A.Service.Kill();
            Shell.Must("umount", lab.A.Service.State);
        }
    }

    [Fact]
    public void A_state_directory_that_others_may_write_is_refused()
    {
        using var lab = new Lab(start: false);
        Directory.CreateDirectory(lab.A.Service.State);
        Shell.Must("chmod", "1777", lab.A.Service.State);
        var refused = lab.A.Run(Programs.Tandemd, "--socket", lab.A.Socket, "--state", lab.A.Service.State);
        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("1777", refused.All, StringComparison.Ordinal);
        Assert.Contains("--state", refused.All, StringComparison.Ordinal);
    }

    [Fact]
    public void A_member_that_was_set_down_or_got_another_address_meanwhile_stays_a_member()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "primary", "eth0");
        var before = lab.A.MemberData("eth1", "perm_hwaddr");
        lab.A.Service.Kill();
        lab.A.Ip("link", "set", "eth1", "down");
        lab.A.Ip("link", "set", "eth0", "address", "02:00:00:00:77:77");
        lab.A.Service.Start();
        Assert.Equal("eth0", lab.A.BondData("active_slave"));
        Assert.DoesNotContain("UP", Flags(lab.A, "eth1"));
        Assert.Equal(before, lab.A.MemberData("eth1", "perm_hwaddr"));
        Assert.Equal(lab.A.Link("bond0").GetProperty("address").GetString(), lab.A.Link("eth0").GetProperty("address").GetString());
        Assert.Contains(" 0% packet loss", lab.A.Must("ping", "-c5", "-i0.01", "10.213.0.2"), StringComparison.Ordinal);
    }

    private static IEnumerable<string?> Flags(Host host, string name) =>
        host.KernelLink(name)!.Value.GetProperty("flags").EnumerateArray().Select(flag => flag.GetString());

    private static void Damage(Host host, string damage)
    {
        if (damage == "directory deleted")
        {
            Directory.Delete(host.Service.State, recursive: true);
            return;
        }
        var file = Assert.Single(Directory.EnumerateFiles(host.Service.State, "*.bond.json"));
        var content = File.ReadAllBytes(file);
        switch (damage)
        {
            case "empty":
                File.WriteAllText(file, "");
                break;
            case "cut":
                File.WriteAllBytes(file, content[..(content.Length / 2)]);
                break;
            case "random":
                new Random(1).NextBytes(content);
                File.WriteAllBytes(file, content);
                break;
            case "deleted":
                File.Delete(file);
                break;
            default:
                var json = JsonNode.Parse(content)!;
                json["later"] = new JsonObject { ["x"] = 1 };
                json["members"]![0]!["later"] = true;
                json["members"]![0]!["saved"]!["later"] = "x";
                if (damage == "later format")
                    json["format"] = 99;
                File.WriteAllText(file, json.ToJsonString());
                break;
        }
    }
}
