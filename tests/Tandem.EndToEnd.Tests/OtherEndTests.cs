using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Other programs change the other end of bond0's pair: the change is undone, or the bond ends in good order.</summary>
public sealed class OtherEndTests
{
    private const string OtherEnd = "tdm-bond0";

    [Fact]
    public void Another_end_that_is_deleted_ends_the_bond_and_gives_members_back()
    {
        using var lab = new Lab();
        var before = Addresses(lab.A);
        lab.Bond("mode", "active-backup", "device_kind", "veth");
        lab.A.Ip("link", "del", OtherEnd);
        Shell.Until(() => lab.A.Service.Log.Contains("bond0: bond-removed: ", StringComparison.Ordinal), "the bond ends");
        Assert.Contains("notice: the device is gone: it, or its other end, ", lab.A.Service.Log, StringComparison.Ordinal);
        Shell.Until(() => Addresses(lab.A) == before, "members have the addresses that they had");
        Assert.Null(lab.A.KernelLink("bond0"));
        Shell.Until(() => lab.A.Run("nft", "list", "ruleset").Output == "", "none of its rules is left");
    }

    [Fact]
    public void Another_end_that_is_set_down_comes_up_again()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        lab.A.Ip("link", "set", OtherEnd, "down");
        PutRight(lab, "set tdm-bond0, the other end of bond0, down, and with it the carrier of bond0; it is as before");
    }

    [Fact]
    public void Another_end_that_gets_an_address_or_a_small_MTU_or_ARP_loses_it_again()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        lab.A.Ip("addr", "add", "10.9.9.1/24", "dev", OtherEnd);
        PutRight(lab, "gave tdm-bond0, the other end of bond0, the address 10.9.9.1; it is removed");
        lab.A.Ip("link", "set", OtherEnd, "mtu", "1000");
        Shell.Until(() => lab.A.KernelLink(OtherEnd)?.GetProperty("mtu").GetInt32() == 1564, "frames of the bond fit again");
        lab.A.Ip("link", "set", OtherEnd, "arp", "on");
        PutRight(lab, "turned ARP on at tdm-bond0, the other end of bond0; it is as before");
        Assert.DoesNotContain("inet", lab.A.Ip("addr", "show", "dev", OtherEnd), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bond0", "1500")]
    [InlineData("eth1", "1500")]
    [InlineData(OtherEnd, "1564")]
    public void An_MTU_too_small_for_IPv6_and_back_leaves_IPv6_to_bond0_alone(string changed, string usual)
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        // The kernel sets IPv6 up again when the MTU is large enough again.
        lab.A.Ip("link", "set", changed, "mtu", "1200");
        lab.A.Ip("link", "set", changed, "mtu", usual);
        string[] silent = ["eth0", "eth1", OtherEnd];
        Shell.Until(
            () =>
                string.Join(", ", silent.Where(name => DisableIpv6(lab.A, name) != "1" || HasIpv6(lab.A, name))) is var loud && loud == ""
                    ? null
                    : loud,
            "no IPv6 on them"
        );
        Assert.DoesNotContain("someone gave", lab.A.Service.Log, StringComparison.Ordinal);
    }

    private static string DisableIpv6(Host host, string name) => host.Must("cat", $"/proc/sys/net/ipv6/conf/{name}/disable_ipv6").Trim();

    private static bool HasIpv6(Host host, string name) => host.Ip("-6", "addr", "show", "dev", name) != "";

    [Fact]
    public void Another_end_that_is_renamed_works_under_its_new_name()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        lab.A.Ip("link", "set", OtherEnd, "name", "renamed");
        lab.A.Ip("link", "set", "renamed", "down");
        PutRight(lab, "set renamed, the other end of bond0, down");
        lab.A.Service.Kill();
        lab.A.Service.Start();
        Shell.Until(() => lab.A.Service.Log.Contains("bond0: taken over", StringComparison.Ordinal), "the next service takes over");
        lab.A.Tandem("link", "del", "bond0");
        Assert.Null(lab.A.KernelLink("renamed"));
    }

    [Fact]
    public void A_bond_that_is_renamed_while_it_is_up_goes_on_and_its_other_end_is_named_after_it()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        using var ping = lab.A.Start("ping", "-q", "-i0.01", "-c100", "10.213.0.2");
        lab.A.Ip("link", "set", "bond0", "name", "uplink");
        Shell.Until(() => lab.A.TryTandem("show", "uplink").ExitCode == 0, "the service knows the new name");
        Shell.Until(() => lab.A.KernelLink("tdm-uplink") is not null, "its other end has its name");
        Assert.Contains(" 0% packet loss", ping.StandardOutput.ReadToEnd(), StringComparison.Ordinal);
        lab.A.Service.Kill();
        lab.A.Service.Start();
        Shell.Until(() => lab.A.Service.Log.Contains("uplink: taken over", StringComparison.Ordinal), "the next service takes over");
        lab.A.Tandem("link", "del", "uplink");
        Assert.Null(lab.A.KernelLink("tdm-uplink"));
    }

    [Fact]
    public void Another_end_that_is_moved_to_another_namespace_comes_back()
    {
        using var lab = new Lab().Bond("mode", "active-backup", "device_kind", "veth");
        using var away = new Host($"{lab.A.Namespace}w");
        lab.A.Ip("link", "set", OtherEnd, "netns", away.Namespace);
        PutRight(lab, "moved the other end of bond0 to another network namespace, where it reaches no member; it is back");
        Assert.Null(away.KernelLink(OtherEnd));
    }

    private static void PutRight(Lab lab, string notice)
    {
        Shell.Until(() => lab.A.Service.Log.Contains($"bond0: notice: someone {notice}", StringComparison.Ordinal), notice);
        Shell.Until(() => lab.A.Run("ping", "-c1", "-W1", "10.213.0.2").ExitCode == 0, "frames flow");
        Assert.Contains("LOWER_UP", lab.A.Ip("link", "show", "bond0"), StringComparison.Ordinal);
    }

    private static string Addresses(Host host) =>
        host.Ip("-br", "link", "show", "type", "veth").Replace(",M-DOWN", "", StringComparison.Ordinal);
}
