using Tandem.Core.Options;
using Xunit;

namespace Tandem.Core.Tests.Options;

public sealed class OptionParserTests
{
    private static (string? Value, OptionError? Error) Parse(string name, string text, OptionScope scope = OptionScope.Bond)
    {
        var option = BondOptionTable.Get(scope, name);
        return OptionParser.TryParse(option, text, out var value, out var error) ? (value.Format(option), null) : (null, error);
    }

    [Theory]
    [InlineData("mode", "1", "active-backup")]
    [InlineData("mode", "802.3ad", "802.3ad")]
    [InlineData("xmit_hash_policy", "vlan+srcmac", "vlan+srcmac")]
    [InlineData("miimon", "2147483647", "2147483647")]
    [InlineData("miimon", "0x64", "100")]
    [InlineData("miimon", "0X7fffffff", "2147483647")]
    [InlineData("miimon", "0100", "100")]
    [InlineData("lacp_active", "off", "off")]
    [InlineData("coupled_control", "on", "on")]
    [InlineData("num_unsol_na", "5", "5")]
    [InlineData("ad_actor_system", "00:00:00:00:00:00", "00:00:00:00:00:00")]
    [InlineData("arp_ip_target", "192.0.2.1,+192.0.2.2", "192.0.2.1,192.0.2.2")]
    [InlineData("arp_ip_target", "192.0.2", "192.0.2.0")]
    [InlineData("arp_ip_target", "", "")]
    [InlineData("ns_ip6_target", "fe80::1", "fe80::1")]
    [InlineData("primary", "eth0", "eth0")]
    public void A_value_is_read(string name, string text, string expected) => Assert.Equal(expected, Parse(name, text).Value);

    [Theory]
    [InlineData("mode", "7", OptionErrorKind.Syntax)]
    [InlineData("mode", "-1", OptionErrorKind.Syntax)]
    [InlineData("mode", "Active-Backup", OptionErrorKind.Syntax)]
    [InlineData("miimon", "-1", OptionErrorKind.Syntax)]
    [InlineData("miimon", "abc", OptionErrorKind.Syntax)]
    [InlineData("miimon", "99999999999999999999", OptionErrorKind.Syntax)]
    [InlineData("miimon", "2147483648", OptionErrorKind.Range)]
    [InlineData("num_grat_arp", "256", OptionErrorKind.Syntax)]
    [InlineData("resend_igmp", "256", OptionErrorKind.Range)]
    [InlineData("all_slaves_active", "2", OptionErrorKind.Range)]
    [InlineData("arp_missed_max", "0", OptionErrorKind.Range)]
    [InlineData("arp_missed_max", "256", OptionErrorKind.Syntax)]
    [InlineData("lp_interval", "0", OptionErrorKind.Range)]
    [InlineData("ad_actor_sys_prio", "65536", OptionErrorKind.Syntax)]
    [InlineData("ad_user_port_key", "1024", OptionErrorKind.Range)]
    [InlineData("ad_actor_system", "foo", OptionErrorKind.Range)]
    [InlineData("ad_actor_system", "01:00:00:00:00:01", OptionErrorKind.Range)]
    [InlineData("coupled_control", "1", OptionErrorKind.Syntax)]
    [InlineData("use_carrier", "0", OptionErrorKind.Range)]
    [InlineData("arp_ip_target", "0.0.0.0", OptionErrorKind.Range)]
    [InlineData("arp_ip_target", "255.255.255.255", OptionErrorKind.Range)]
    [InlineData("arp_ip_target", "192.0.2.9,192.0.2.9", OptionErrorKind.Range)]
    [InlineData("arp_ip_target", "fe80::1", OptionErrorKind.Syntax)]
    [InlineData("ns_ip6_target", "::", OptionErrorKind.Range)]
    [InlineData("ns_ip6_target", "ff02::1", OptionErrorKind.Range)]
    [InlineData("primary", "a name", OptionErrorKind.NoDevice)]
    [InlineData("primary", "averyveryverylongname", OptionErrorKind.NoDevice)]
    public void An_invalid_value_is_refused_with_its_kind_of_error(string name, string text, OptionErrorKind kind)
    {
        var error = Parse(name, text).Error;
        Assert.Equal(kind, error?.Kind);
        Assert.Contains(name, error!.Message, StringComparison.Ordinal);
        Assert.Contains("accepted: ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_message_names_the_accepted_values() =>
        Assert.Equal("miimon 2147483648: out of range; accepted: 0 to 2147483647 ms", Parse("miimon", "2147483648").Error!.Message);

    [Fact]
    public void Prio_takes_negative_numbers() => Assert.Equal("-5", Parse("prio", "-5", OptionScope.Member).Value);

    [Fact]
    public void Every_option_has_one_place_in_the_order_of_application_and_one_attribute()
    {
        foreach (var table in new[] { BondOptionTable.Bond, BondOptionTable.Member })
        {
            Assert.Equal(table.Length, table.Select(option => option.ApplyOrder).Distinct().Count());
            Assert.Equal(table.Length, table.Select(option => option.Attribute).Distinct().Count());
            Assert.All(table, option => Assert.NotEmpty(option.Help));
        }
    }

    [Fact]
    public void Every_default_is_a_value_that_is_accepted()
    {
        foreach (var option in BondOptionTable.Bond)
        {
            var text = BondOptions.Default[option].Format(option);
            Assert.True(OptionParser.TryParse(option, text, out var value, out _), option.Name);
            Assert.Equal(BondOptions.Default[option], value);
        }
    }
}
