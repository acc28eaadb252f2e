using CsCheck;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Options;

/// <summary>Options saved as text can be restored in every combination.</summary>
public sealed class RestoringTests
{
    // csharpier-ignore
    private static readonly string[] Commands =
    [
        "mode 0", "mode 1", "mode 2", "mode 3", "miimon 0", "miimon 70", "miimon 100", "updelay 150", "downdelay 300",
        "peer_notify_delay 200", "arp_validate active", "arp_validate none", "arp_ip_target 192.0.2.1,192.0.2.2",
        "ns_ip6_target 2001:db8::1", "packets_per_slave 2", "packets_per_slave 0", "primary eth1", "primary_reselect failure",
        "fail_over_mac follow", "xmit_hash_policy layer3+4", "min_links 2", "resend_igmp 0", "num_grat_arp 9",
        "all_slaves_active 1", "lp_interval 9", "arp_all_targets all", "arp_missed_max 5",
    ];

    private static readonly Gen<KeyValuePair<BondOption, OptionValue>> Changes = Gen.Int[0, Commands.Length - 1]
        .Select(i => Words.Parse(OptionScope.Bond, Commands[i].Split(' '))[0]);

    [Fact]
    public void Any_history_of_accepted_changes_is_restored_from_its_texts() =>
        Changes
            .Array[0, 25]
            .Sample(
                history =>
                {
                    var options = BondOptions.Default;
                    foreach (var change in history)
                        options = OptionChange.Apply(options, [change], new OptionSituation(false, false, _ => null)).Options;
                    var bond = Restored(options);
                    foreach (var option in BondOptionTable.Bond)
                        Assert.Equal((option.Name, options[option].Format(option)), (option.Name, bond.Options[option].Format(option)));
                },
                iter: 2_000
            );

    private static Bond Restored(BondOptions options)
    {
        var bond = new World().AddStation("a", 2).Bond;
        var words = BondOptionTable
            .Bond.Where(option => options[option] != new OptionValue(option.Default))
            // In the reverse of the order of application, as a state file may have any order.
            .OrderByDescending(option => option.ApplyOrder)
            .SelectMany(option => new[] { option.Name, options[option].Format(option) });
        bond.Restore(0, Words.Parse(OptionScope.Bond, [.. words]));
        return bond;
    }
}
