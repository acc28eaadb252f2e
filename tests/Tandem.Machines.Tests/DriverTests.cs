using Xunit;

namespace Tandem.Machines.Tests;

/// <summary>Tandem beside the bonding driver, in a kernel that has the driver and compiles eBPF: states and frames of both are compared.</summary>
public sealed class DriverTests
{
    private static readonly Machine FourCables = new("6.12") { Cards = [.. Enumerable.Repeat("virtio", 8)] };
    private static readonly Machine TwoCables = new("6.12") { Cards = [.. Enumerable.Repeat("virtio", 4)] };

    [Fact]
    public void Both_say_the_same_of_an_active_backup_bond_whose_cables_are_pulled()
    {
        var output = Guest.Play(FourCables, "machine-driver.sh", arguments: ["active-backup"]);
        Assert.EndsWith("ok: active-backup, it is a member again\n", output, StringComparison.Ordinal);
    }

    // The sequences under User-Mode Linux compare all modes in each run.
    [Fact, Trait("Machines", "whole")]
    public void Both_say_the_same_in_each_other_mode_without_partners()
    {
        string[] modes = ["balance-rr", "balance-xor", "broadcast", "balance-tlb", "balance-alb"];
        var output = Guest.Play(FourCables, "machine-driver.sh", 600, modes);
        Assert.All(modes, mode => Assert.Contains($"ok: {mode}, it is a member again\n", output, StringComparison.Ordinal));
    }

    [Fact]
    public void Both_say_the_same_in_802_3ad_with_a_partner()
    {
        var output = Guest.Play(FourCables, "machine-driver.sh", 600, "802.3ad");
        Assert.EndsWith("ok: 802.3ad, it is a member again\n", output, StringComparison.Ordinal);
    }

    [Fact, Trait("Machines", "whole")]
    public void Flows_leave_on_the_same_members()
    {
        var output = Guest.Play(new Machine("6.12"), "machine-driver-hash.sh");
        Assert.EndsWith("ok: layer3+4: 120 flows on 5 members as with the driver\n", output, StringComparison.Ordinal);
    }

    [Fact, Trait("Machines", "whole")]
    public void Both_are_partners_in_802_3ad()
    {
        var output = Guest.Play(TwoCables, "machine-driver-lacp.sh");
        Assert.EndsWith("ok: with cable 0 again: 2 links in use, each end has the other as it is\n", output, StringComparison.Ordinal);
    }

    [Fact, Trait("Machines", "whole")]
    public void A_pulled_cable_costs_no_more_than_with_the_driver_at_miimon_100()
    {
        var output = Guest.Play(TwoCables, "machine-driver-failover.sh");
        Assert.Contains("ok: Tandem loses no more than the driver", output, StringComparison.Ordinal);
    }
}
