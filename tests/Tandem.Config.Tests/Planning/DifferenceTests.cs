using Tandem.Config.Planning;
using Xunit;

namespace Tandem.Config.Tests.Planning;

public sealed class DifferenceTests
{
    [Theory]
    [InlineData("bond0: {}", "bond0: {}", "")]
    [InlineData(
        "",
        "bond0: {interfaces: [eth0], mtu: 9000, parameters: {mode: 802.3ad, resend-igmp: 1}}",
        "Added bond0: mode -> 802.3ad, mtu -> 9000, up -> on | Joins eth0"
    )]
    [InlineData("bond0: {mtu: 1500}", "bond0: {}", "")]
    [InlineData("bond0: {up: false}", "bond0: {mtu: 9000}", "Changed bond0: mtu -> 9000, up off -> on |")]
    [InlineData("bond0: {parameters: {resend-igmp: 7}}", "bond0: {}", "Changed bond0: resend_igmp 7 -> 1 |")]
    [InlineData(
        "bond0: {parameters: {mode: 802.3ad}}",
        "bond0: {parameters: {mode: 802.3ad, mii-monitor-interval: 0}}",
        "Changed bond0: miimon 100 -> 0 |"
    )]
    [InlineData("bond0: {parameters: {mode: 802.3ad}}", "bond0: {parameters: {mode: 802.3ad, mii-monitor-interval: 100}}", "")]
    // The monitor's default depends on the mode.
    [InlineData(
        "bond0: {}",
        "bond0: {parameters: {mode: balance-tlb}}",
        "Changed bond0: mode balance-rr -> balance-tlb, miimon 0 -> 100 |"
    )]
    [InlineData("bond0: {interfaces: [eth0, eth1]}", "bond0: {interfaces: [eth1, eth2]}", "Changed bond0: | Joins eth2; Leaves eth0")]
    [InlineData("bond0: {interfaces: [eth0]}", "bond0: {}", "")]
    [InlineData("bond0: {interfaces: [eth0]}", "bond0: {interfaces: []}", "Changed bond0: | Leaves eth0")]
    [InlineData(
        "bond0: {interfaces: [eth0], members: {eth0: {queue-id: 3}}}",
        "bond0: {interfaces: [eth0]}",
        "Changed bond0: | Changes eth0 queue_id 3 -> 0"
    )]
    [InlineData(
        "bond0: {interfaces: [eth0]}",
        "bond0: {interfaces: [eth1, eth0], members: {eth1: {queue-id: 3}}}",
        "Changed bond0: | Joins eth1 queue_id -> 3"
    )]
    [InlineData(
        "bond0: {interfaces: [eth0, eth1]}\n    bond1: {}",
        "bond1: {interfaces: [eth0]}",
        "Changed bond1: | Joins eth0 (bond0) / Changed bond0: | Leaves eth0 (bond1)"
    )]
    [InlineData(
        "bond0: {interfaces: [eth0]}\n    bond1: {interfaces: [eth1]}",
        "bond0: {interfaces: [eth1]}\n    bond1: {interfaces: [eth0]}",
        "Changed bond0: | Joins eth1 (bond1); Leaves eth0 (bond1) / Changed bond1: | Joins eth0 (bond0); Leaves eth1 (bond0)"
    )]
    [InlineData("bond0: {num-tx-queues: 16}", "bond0: {num-tx-queues: 4}", "")]
    [InlineData(
        "bond0: {parameters: {mode: active-backup}}",
        "bond0: {parameters: {mode: active-backup, active-slave: eth1}}",
        "Changed bond0: active_slave  -> eth1 |"
    )]
    public void Differences_are_those_that_a_reader_expects(string present, string wanted, string expected) =>
        Assert.Equal(expected, Text(Difference.Between(Bonds(present), Bonds(wanted))));

    [Fact]
    public void Bonds_that_the_files_do_not_name_are_removed_on_request_only()
    {
        var present = Bonds("bond0: {interfaces: [eth0]}\n    bond1: {}");
        Assert.Empty(Difference.Between(present, Bonds("bond1: {}")));
        Assert.Equal("Removed bond0: | Leaves eth0", Text(Difference.Between(present, Bonds("bond1: {}"), removesOthers: true)));
    }

    internal static IReadOnlyList<NamedBond> Bonds(string bonds) => Texts.Valid($"network:\n  bonds:\n    {bonds}\n");

    private static string Text(IReadOnlyList<BondChange> changes) =>
        string.Join(
            " / ",
            changes.Select(change =>
                $"{change.Kind} {change.Bond}: {Text(change.Values, ", ")}{(change.Values.Count > 0 ? " " : "")}| {string.Join("; ", change.Members.Select(Text))}".TrimEnd()
            )
        );

    private static string Text(MemberChange member) =>
        $"{member.Kind} {member.Name}{(member.Other is { } other ? $" ({other})" : "")} {Text(member.Values, ", ")}".TrimEnd();

    private static string Text(IReadOnlyList<ValueChange> values, string separator) =>
        string.Join(
            separator,
            values.Select(value => value.Old is { } old ? $"{value.Name} {old} -> {value.New}" : $"{value.Name} -> {value.New}")
        );
}
