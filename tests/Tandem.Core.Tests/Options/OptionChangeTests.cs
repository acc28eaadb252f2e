using Tandem.Core.Options;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Options;

public sealed class OptionChangeTests
{
    private static (BondOptions Options, OptionError? Error) Apply(
        BondOptions current,
        bool hasMembers,
        bool isUp,
        params string[] words
    ) => OptionChange.Apply(current, Words.Parse(OptionScope.Bond, words), new OptionSituation(hasMembers, isUp, _ => null));

    private static BondOptions With(params string[] words)
    {
        var (options, error) = Apply(BondOptions.Default, false, false, words);
        Assert.Null(error);
        return options;
    }

    private static string Value(BondOptions options, string name)
    {
        var option = BondOptionTable.Get(OptionScope.Bond, name);
        return options[option].Format(option);
    }

    // Columns of the driver's access matrix: down and empty, up and empty, down with members, up with members.
    [Theory]
    [InlineData("mode balance-xor", "ok", "BondUp", "HasMembers", "HasMembers")]
    [InlineData("fail_over_mac active", "ok", "ok", "HasMembers", "HasMembers")]
    [InlineData("ad_select count", "ok", "BondUp", "ok", "BondUp")]
    [InlineData("lacp_rate fast", "Mode", "Mode", "Mode", "Mode")]
    [InlineData("tlb_dynamic_lb 0", "Mode", "Mode", "Mode", "Mode")]
    [InlineData("packets_per_slave 4", "ok", "ok", "ok", "ok")]
    [InlineData("primary eth0", "Mode", "Mode", "Mode", "Mode")]
    [InlineData("updelay 100", "Dependency", "Dependency", "Dependency", "Dependency")]
    [InlineData("downdelay 0", "Dependency", "Dependency", "Dependency", "Dependency")]
    [InlineData("peer_notify_delay 0", "Dependency", "Dependency", "Dependency", "Dependency")]
    [InlineData("xmit_hash_policy layer3+4", "ok", "ok", "ok", "ok")]
    [InlineData("arp_validate all", "ok", "ok", "ok", "ok")]
    [InlineData("min_links 2", "ok", "ok", "ok", "ok")]
    [InlineData("resend_igmp 255", "ok", "ok", "ok", "ok")]
    public void An_option_of_balance_rr_changes_when_the_driver_lets_it(string change, params string[] expected)
    {
        var outcomes = new[] { (false, false), (false, true), (true, false), (true, true) }.Select(situation =>
            Apply(BondOptions.Default, situation.Item1, situation.Item2, change.Split(' ')).Error?.Kind.ToString() ?? "ok"
        );
        Assert.Equal(expected, outcomes);
    }

    [Fact]
    public void Changes_apply_in_the_drivers_order_whatever_order_they_are_given_in()
    {
        var options = With("updelay", "200", "primary", "eth0", "miimon", "100", "mode", "active-backup");
        Assert.Equal("200", Value(options, "updelay"));
        Assert.Equal("eth0", options.Primary);
    }

    [Fact]
    public void The_last_value_of_an_option_counts() =>
        Assert.Equal("layer2+3", Value(With("xmit_hash_policy", "layer2", "xmit_hash_policy", "2"), "xmit_hash_policy"));

    [Fact]
    public void A_refused_change_leaves_every_option_as_it_was()
    {
        var (options, error) = Apply(BondOptions.Default, false, false, "miimon", "100", "min_links", "2", "lacp_rate", "fast");
        Assert.NotNull(error);
        Assert.Same(BondOptions.Default, options);
    }

    [Theory]
    [InlineData("150", "100")]
    [InlineData("50", "0")]
    [InlineData("300", "300")]
    public void Delays_are_rounded_down_to_whole_monitor_passes(string asked, string got) =>
        Assert.Equal(got, Value(With("miimon", "100", "updelay", asked), "updelay"));

    [Fact]
    public void Another_miimon_rescales_the_delays_as_the_driver_does()
    {
        var (options, _) = Apply(With("miimon", "100", "updelay", "200", "downdelay", "300"), false, false, "miimon", "70");
        Assert.Equal(("140", "210"), (Value(options, "updelay"), Value(options, "downdelay")));
    }

    [Fact]
    public void Delays_read_0_while_miimon_is_0_and_return_with_it()
    {
        var (off, _) = Apply(With("miimon", "100", "updelay", "200"), false, false, "miimon", "0");
        Assert.Equal("0", Value(off, "updelay"));
        var (on, _) = Apply(off, false, false, "miimon", "50");
        Assert.Equal("100", Value(on, "updelay"));
    }

    [Theory]
    [InlineData("miimon 100 arp_interval 100")]
    [InlineData("mode active-backup miimon 100 arp_validate all")]
    public void Both_monitors_in_one_command_are_refused(string words)
    {
        var (_, error) = Apply(BondOptions.Default, false, false, words.Split(' '));
        Assert.Equal(OptionErrorKind.Conflict, error?.Kind);
        Assert.Contains("not both", error!.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("lacp_rate fast", "lacp_rate fast: not an option of mode balance-rr; it belongs to 802.3ad")]
    [InlineData("updelay 100", "updelay 100: needs the MII monitor; set miimon, to 100 for instance")]
    public void A_refusal_names_option_value_reason_and_way_out(string words, string message) =>
        Assert.Equal(message, Apply(BondOptions.Default, false, false, words.Split(' ')).Error?.Message);

    [Fact]
    public void A_change_of_mode_forgets_what_only_the_old_mode_had()
    {
        var (options, error) = Apply(With("mode", "active-backup", "arp_validate", "all"), false, false, "mode", "balance-rr");
        Assert.Null(error);
        Assert.Equal("none", Value(options, "arp_validate"));
    }

    [Theory]
    [InlineData("data_path csharp device_kind veth", "device_kind veth: cannot be used together with data_path csharp")]
    [InlineData("device_kind netkit data_path csharp", "device_kind netkit: cannot be used together with data_path csharp")]
    [InlineData("data_path csharp device_kind tap", null)]
    [InlineData("data_path csharp", null)]
    public void A_pair_and_the_services_data_path_do_not_go_together(string words, string? refusal)
    {
        var situation = new OptionSituation(HasMembers: false, IsUp: false, _ => null, IsNew: true);
        var (_, error) = OptionChange.Apply(BondOptions.Default, Words.Parse(OptionScope.Bond, words.Split(' ')), situation);
        if (refusal is null)
            Assert.Null(error);
        else
            Assert.StartsWith(refusal, error!.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_kind_of_device_is_chosen_when_a_bond_is_made_and_named_without_harm_later()
    {
        var made = BondOptions.Default.With(BondOptions.Known.DeviceKind, (long)DeviceKind.Veth);
        Assert.Null(Apply(made, hasMembers: true, isUp: true, "device_kind", "veth").Error);
        var refused = Apply(made, hasMembers: false, isUp: false, "device_kind", "tap").Error;
        Assert.Equal(OptionErrorKind.Conflict, refused!.Kind);
        Assert.Contains("the bond was created with device_kind veth", refused.Message, StringComparison.Ordinal);
    }
}
