using Tandem.Config.Files;
using Tandem.Core.Options;
using Xunit;

namespace Tandem.Config.Tests.Files;

public sealed class ParameterTests
{
    // A parameter of netplan, the option that it sets, the bond's mode, and the option's value if it differs from the parameter's.
    [Theory]
    [InlineData("mode: active-backup", "mode")]
    [InlineData("mode: 802.3ad", "mode")]
    [InlineData("lacp-rate: fast", "lacp_rate", "802.3ad")]
    [InlineData("mii-monitor-interval: 50", "miimon")]
    [InlineData("mii-monitor-interval: 50ms", "miimon", "balance-rr", "50")]
    [InlineData("mii-monitor-interval: 2s", "miimon", "balance-rr", "2000")]
    [InlineData("mii-monitor-interval: 0", "miimon", "802.3ad")]
    [InlineData("min-links: 2", "min_links")]
    [InlineData("transmit-hash-policy: vlan+srcmac", "xmit_hash_policy")]
    [InlineData("ad-select: bandwidth", "ad_select")]
    [InlineData("all-slaves-active: true", "all_slaves_active", "balance-rr", "1")]
    [InlineData("all-members-active: yes", "all_slaves_active", "balance-rr", "1")]
    [InlineData("arp-interval: 1s", "arp_interval", "balance-rr", "1000")]
    [InlineData("arp-ip-targets: [192.0.2.1, 192.0.2.2]", "arp_ip_target", "balance-rr", "192.0.2.1,192.0.2.2")]
    [InlineData("arp-validate: filter_active", "arp_validate")]
    [InlineData("arp-all-targets: all", "arp_all_targets")]
    [InlineData("fail-over-mac-policy: follow", "fail_over_mac")]
    [InlineData("gratuitous-arp: 7", "num_grat_arp")]
    [InlineData("gratuitious-arp: 7", "num_grat_arp")]
    [InlineData("packets-per-slave: 3", "packets_per_slave")]
    [InlineData("packets-per-member: 3", "packets_per_slave")]
    [InlineData("primary-reselect-policy: better", "primary_reselect")]
    [InlineData("resend-igmp: 0", "resend_igmp")]
    [InlineData("learn-packet-interval: 7", "lp_interval")]
    [InlineData("learn-packet-interval: 7s", "lp_interval", "balance-rr", "7")]
    [InlineData("learn-packet-interval: 3000ms", "lp_interval", "balance-rr", "3")]
    [InlineData("primary: eth1", "primary", "active-backup")]
    // Parameters that netplan lacks.
    [InlineData("ns-ip6-target: [\"fe80::1\"]", "ns_ip6_target", "balance-rr", "fe80::1")]
    [InlineData("arp-missed-max: 4", "arp_missed_max")]
    [InlineData("tlb-dynamic-lb: off", "tlb_dynamic_lb", "balance-tlb", "0")]
    [InlineData("lacp-active: false", "lacp_active", "802.3ad", "off")]
    [InlineData("ad-actor-system: \"02:00:00:00:00:0a\"", "ad_actor_system", "802.3ad", "02:00:00:00:00:0a")]
    [InlineData("lacp-fallback: 30s", "lacp_fallback", "802.3ad", "30")]
    [InlineData("lacp-hold-partner: true", "lacp_hold_partner", "802.3ad", "on")]
    [InlineData("flap-window: 5s", "flap_window", "balance-rr", "5000")]
    [InlineData("data-path: ebpf", "data_path")]
    [InlineData("device-kind: veth", "device_kind")]
    [InlineData("active-slave: eth1", "active_slave", "active-backup")]
    public void A_parameter_sets_its_option(string line, string option, string mode = "balance-rr", string? value = null)
    {
        var modeLine = option == "mode" ? "" : $"  mode: {mode}\n";
        var spec = Texts.ValidBond($"parameters:\n{modeLine}  {line}");
        Assert.Equal(value ?? line.Split(": ")[1], spec.Options![option]);
    }

    [Theory]
    [InlineData("up-delay: 200", "updelay", "200")]
    [InlineData("down-delay: 1s", "downdelay", "1000")]
    [InlineData("peer-notify-delay: 300", "peer_notif_delay", "300")]
    // As in the driver, delays are multiples of the monitor's interval.
    [InlineData("up-delay: 250", "updelay", "200")]
    public void A_delay_sets_its_option_if_links_are_polled(string line, string option, string value)
    {
        Assert.Equal(value, Texts.ValidBond($"parameters:\n  mii-monitor-interval: 100\n  {line}").Options![option]);
        var key = line.Split(':')[0];
        Assert.Equal(
            $"a.yaml:5:9: bonds.bond0.parameters.{key}: needs the MII monitor; set mii-monitor-interval, to 100 for instance",
            Texts.BondError($"parameters:\n  {line}")
        );
    }

    [Fact]
    public void Every_option_of_the_table_has_a_key_of_its_own()
    {
        foreach (var scope in new[] { OptionScope.Bond, OptionScope.Member })
        {
            var table = scope == OptionScope.Bond ? BondOptionTable.Bond : BondOptionTable.Member;
            Assert.Equal(table.Length, OptionKeys.All(scope).Distinct(StringComparer.Ordinal).Count());
            Assert.All(table, option => Assert.DoesNotContain('_', OptionKeys.Of(option)));
            Assert.All(table, option => Assert.True(OptionKeys.TryFind(scope, OptionKeys.Of(option), out var found) && found == option));
        }
    }

    [Theory]
    [InlineData("lacp-rate: sometimes", "lacp-rate: \"sometimes\": no such value; accepted: slow, fast")]
    [InlineData("lacp-rate: fst", "lacp-rate: \"fst\": no such value; did you mean fast? accepted: slow, fast")]
    [InlineData(
        "mode: 4",
        "mode: \"4\": no such value; accepted: balance-rr, active-backup, balance-xor, broadcast, 802.3ad, balance-tlb, balance-alb"
    )]
    [InlineData(
        "mii-monitor-interval: 1.5s",
        "mii-monitor-interval: \"1.5s\": not a time; accepted: a whole number of milliseconds, or one with the unit s or ms"
    )]
    [InlineData(
        "mii-monitor-interval: s",
        "mii-monitor-interval: \"s\": not a time; accepted: a whole number of milliseconds, or one with the unit s or ms"
    )]
    [InlineData("mii-monitor-interval: 5000000s", "mii-monitor-interval: \"5000000s\": out of range; accepted: 0 to 2147483647 ms")]
    [InlineData(
        "learn-packet-interval: 1500ms",
        "learn-packet-interval: 1500ms: not a whole number of seconds; accepted: whole seconds, such as 1s or 2000ms"
    )]
    [InlineData("all-slaves-active: 1", "all-slaves-active: \"1\": neither true nor false; accepted: true, false")]
    [InlineData("use-carrier: false", "use-carrier: \"false\": out of range; accepted: true")]
    [InlineData("resend-igmp: 256", "resend-igmp: \"256\": out of range; accepted: 0 to 255 times")]
    [InlineData("resend-igmp:", "resend-igmp: the value is missing; give a value, or remove the key")]
    [InlineData("resend-igmp: [1]", "resend-igmp: a single value is expected here, and this is a list")]
    [InlineData(
        "arp-ip-targets: 192.0.2.1",
        "arp-ip-targets: a list is expected here, and this is a single value; write it in brackets, separated by commas: [A, B]"
    )]
    [InlineData(
        "arp-ip-targets: [192.0.2.1, 192.0.2.1]",
        "arp-ip-targets: \"192.0.2.1\": given twice; accepted: up to 16 IPv4 addresses of hosts, separated by commas"
    )]
    [InlineData(
        "arp-ip-targets: [0.0.0.0]",
        "arp-ip-targets: \"0.0.0.0\": not the address of a host; accepted: up to 16 IPv4 addresses of hosts, separated by commas"
    )]
    [InlineData(
        "primary: eth/1",
        "primary: \"eth/1\": a name has no white space, no control characters, no \"/\", no \":\" and no \"%\"; accepted: the name of an interface"
    )]
    public void A_value_that_is_not_accepted_is_refused_at_its_place(string line, string error)
    {
        var actual = Texts.BondError($"parameters:\n  {line}");
        Assert.StartsWith("a.yaml:5:", actual, StringComparison.Ordinal);
        Assert.EndsWith($"bonds.bond0.parameters.{error}", actual, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lacp-rat: fast", "lacp-rat: unknown key; did you mean lacp-rate?")]
    [InlineData("miimon: 100", "miimon: unknown key; in files it is called mii-monitor-interval")]
    [InlineData("xmit-hash-policy: layer2", "xmit-hash-policy: unknown key; in files it is called transmit-hash-policy")]
    [InlineData(
        "prio: 3",
        "prio: unknown key; it is an option of members: write it as \"members: {INTERFACE: {prio: ...}}\" beside \"parameters:\""
    )]
    public void An_unknown_parameter_is_refused_with_the_nearest_one(string line, string error) =>
        Assert.Equal($"a.yaml:5:9: bonds.bond0.parameters.{error}", Texts.BondError($"parameters:\n  {line}"));

    [Theory]
    [InlineData(
        "mode: active-backup\n  lacp-rate: fast",
        "a.yaml:6:9: bonds.bond0.parameters.lacp-rate: not an option of mode active-backup; it belongs to 802.3ad"
    )]
    [InlineData(
        "mii-monitor-interval: 100\n  arp-interval: 100",
        "a.yaml:5:9: bonds.bond0.parameters.mii-monitor-interval: cannot be used together with arp-interval 100; links are monitored by carrier (mii-monitor-interval) or by probes (arp-interval), not both"
    )]
    [InlineData(
        "device-kind: veth\n  data-path: csharp",
        "a.yaml:5:9: bonds.bond0.parameters.device-kind: cannot be used together with data-path csharp: only programs in the kernel carry the frames of such a device; accepted with it: auto, tap"
    )]
    [InlineData(
        "all-slaves-active: true\n  all-members-active: true",
        "a.yaml:6:9: bonds.bond0.parameters.all-members-active: all-slaves-active in line 5 is the same option; give it once"
    )]
    public void Options_that_do_not_go_together_are_refused_at_one_of_them(string lines, string error) =>
        Assert.Equal(error, Texts.BondError($"parameters:\n  {lines}"));

    [Fact]
    public void All_errors_are_found_at_once()
    {
        var read = Texts.Read("network:\n  bonds:\n    bond0: {mtu: 1, parameters: {mode: x, resend-igmp: y}}\n    bond1: {mtu: z}\n");
        Assert.Equal(
            ["a.yaml:3:18", "a.yaml:3:40", "a.yaml:3:56", "a.yaml:4:18"],
            read.Errors.Select(error => error.Place.ToString()).Order(StringComparer.Ordinal)
        );
    }
}
