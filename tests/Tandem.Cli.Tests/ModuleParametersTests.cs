using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Shim;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>Module parameters have the same effect as with the driver.</summary>
public sealed class ModuleParametersTests
{
    [Theory]
    [InlineData("", "", 1)]
    [InlineData("mode=1", "mode=active-backup", 1)]
    [InlineData("mode=802.3ad lacp_rate=1 miimon=100", "lacp_rate=fast miimon=100 mode=802.3ad", 1)]
    [InlineData("mode=4", "miimon=100 mode=802.3ad", 1)]
    [InlineData("max_bonds=0 mode=1 max_bonds=3", "mode=active-backup", 3)]
    [InlineData("miimon=0x64 updelay=200", "miimon=100 updelay=200", 1)]
    [InlineData("num_unsol_na=3", "num_grat_arp=3", 1)]
    [InlineData(
        "mode=1 arp_interval=100 arp_ip_target=192.0.2.9,192.0.2.8 arp_validate=all",
        "arp_interval=100 arp_ip_target=192.0.2.9,192.0.2.8 arp_validate=all mode=active-backup",
        1
    )]
    [InlineData("mode=1 primary=eth9 primary_reselect=better", "mode=active-backup primary=eth9 primary_reselect=better", 1)]
    [InlineData("mode=1 primary_reselect=foo", "mode=active-backup", 1)]
    public void Parameters_become_options(string words, string options, int bonds)
    {
        var parameters = Read(words);
        Assert.Equal((options, (long)bonds), (Text(parameters.Options), parameters.MaxBonds));
        Assert.Empty(parameters.Warnings);
    }

    [Theory]
    [InlineData("miimon=-1", "")]
    [InlineData("mode=4 miimon=0", "miimon=100 mode=802.3ad")]
    [InlineData("mode=4 arp_interval=100 arp_ip_target=192.0.2.9", "arp_ip_target=192.0.2.9 miimon=100 mode=802.3ad")]
    [InlineData("miimon=100 arp_interval=100", "miimon=100")]
    [InlineData("arp_interval=100", "")]
    [InlineData("arp_interval=100 arp_ip_target=nowhere", "")]
    [InlineData("updelay=100", "")]
    [InlineData("max_bonds=-1", "")]
    [InlineData("tx_queues=256", "")]
    [InlineData("num_grat_arp=300", "num_grat_arp=1")]
    [InlineData("resend_igmp=300", "resend_igmp=1")]
    [InlineData("packets_per_slave=70000", "packets_per_slave=1")]
    [InlineData("lp_interval=0", "lp_interval=1")]
    [InlineData("all_slaves_active=2", "all_slaves_active=0")]
    [InlineData("mode=0 primary=eth9", "mode=balance-rr")]
    [InlineData("mode=0 lacp_rate=fast", "mode=balance-rr")]
    [InlineData("xmit_hash_policy=layer3+4", "")]
    [InlineData("nosuch=1", "")]
    public void What_has_no_effect_is_told(string words, string options)
    {
        var parameters = Read(words);
        Assert.Equal(options, Text(parameters.Options));
        Assert.Equal(1, parameters.MaxBonds);
        Assert.Single(parameters.Warnings);
    }

    [Theory]
    [InlineData("mode=foo")]
    [InlineData("mode=1 arp_interval=100 arp_ip_target=192.0.2.9 arp_validate=foo")]
    [InlineData("arp_validate=all")]
    [InlineData("mode=4 lacp_rate=foo")]
    [InlineData("mode=1 fail_over_mac=foo")]
    [InlineData("mode=2 xmit_hash_policy=foo")]
    [InlineData("use_carrier=0")]
    [InlineData("miimon=abc")]
    [InlineData("miimon")]
    public void What_the_driver_refuses_is_refused(string words)
    {
        var refusal = Assert.Throws<CommandException>(() => Read(words));
        Assert.Equal(1, refusal.ExitCode);
        Assert.Contains("; accepted: ", refusal.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("", "miimon=100 mode=802.3ad lacp_rate=fast updelay=200")]
    [InlineData("miimon=50", "miimon=50 mode=802.3ad lacp_rate=fast updelay=200")]
    [InlineData("mode=1", "miimon=100 mode=1 updelay=200")]
    [InlineData("mode=1 arp_interval=100", "arp_interval=100 mode=1")]
    [InlineData("miimon=0", "miimon=0 mode=802.3ad lacp_rate=fast")]
    public void Defaults_that_fit_apply_to_later_bonds(string given, string result)
    {
        var defaults = new ModuleDefaults(Read("mode=4 lacp_rate=fast miimon=100 updelay=200 tx_queues=4").Options, 4);
        var request = defaults.Complete(new CreateBondRequest { Name = "bond0", Options = Pairs(given) });
        Assert.Equal(Pairs(result), request.Options);
        Assert.Equal(4, request.NumTxQueues);
    }

    private static Dictionary<string, string> Pairs(string text) =>
        text.Split(' ', StringSplitOptions.RemoveEmptyEntries)
            .Select(word => word.Split('='))
            .ToDictionary(parts => parts[0], parts => parts[1], StringComparer.Ordinal);

    private static ModuleParameters Read(string words) => ModuleParameters.Read(words.Split(' ', StringSplitOptions.RemoveEmptyEntries));

    private static string Text(IEnumerable<KeyValuePair<string, string>> options) =>
        string.Join(' ', options.Select(option => $"{option.Key}={option.Value}"));
}
