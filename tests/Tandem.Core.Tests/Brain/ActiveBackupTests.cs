using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

public sealed class ActiveBackupTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;

    public ActiveBackupTests()
    {
        _a = _world.AddStation("a", 3);
        var b = _world.AddStation("b", 3);
        _cables = _world.Connect(_a, b);
        b.Start();
    }

    private string? Active => _a.Bond.Active?.Name;

    [Fact]
    public void Everything_leaves_on_the_active_member_and_only_it_delivers()
    {
        _a.Start("mode", "active-backup");
        Assert.Equal("eth0", Active);
        Assert.Equal(TransmitRule.One, _a.Plan.Rule);
        Assert.Equal(_a.Member(0).Slot, _a.Plan.Transmit.Single());
        Assert.Equal([true, false, false], _a.Bond.Members.Select(member => _a.Plan.Delivers(member.Slot)));
        Assert.Equal([true, false, false], _a.Bond.Members.Select(member => member.IsActiveState));
    }

    [Fact]
    public void All_slaves_active_delivers_from_standbys_too()
    {
        _a.Start("mode", "active-backup", "all_slaves_active", "1");
        Assert.All(_a.Bond.Members, member => Assert.True(_a.Plan.Delivers(member.Slot)));
        Assert.Single(_a.Plan.Transmit);
    }

    [Theory]
    [InlineData("0")]
    [InlineData("100")]
    public void A_lost_carrier_moves_traffic_in_the_same_instant_whatever_miimon_is(string miimon)
    {
        _a.Start("mode", "active-backup", "miimon", miimon);
        var before = _world.Now;
        _cables[0].Cut();
        Assert.Equal("eth1", Active);
        Assert.Equal(_a.Member(1).Slot, _a.Plan.Transmit.Single());
        Assert.Equal(before, _world.Now);
        Assert.Equal(1u, _a.Member(0).LinkFailures);
    }

    [Fact]
    public void A_link_that_returns_without_primary_or_prio_does_not_take_over()
    {
        _a.Start("mode", "active-backup");
        _cables[0].Cut();
        _cables[0].Mend();
        Assert.Equal("eth1", Active);
        Assert.Equal(LinkState.Up, _a.Member(0).State);
    }

    [Theory]
    [InlineData("always", "eth0")]
    [InlineData("failure", "eth1")]
    [InlineData("better", "eth1")]
    public void A_primary_that_returns_takes_over_as_primary_reselect_says(string reselect, string expected)
    {
        _a.Start("mode", "active-backup", "primary", "eth0", "primary_reselect", reselect);
        _cables[0].Cut();
        Assert.Equal("eth1", Active);
        _cables[0].Mend();
        Assert.Equal(expected, Active);
    }

    [Fact]
    public void A_faster_primary_is_better()
    {
        _a.Ports[0].SpeedMbps = 25_000;
        _a.Start("mode", "active-backup", "primary", "eth0", "primary_reselect", "better");
        _cables[0].Cut();
        _cables[0].Mend();
        Assert.Equal("eth0", Active);
    }

    [Fact]
    public void Naming_a_primary_switches_at_once_even_under_reselect_failure()
    {
        _a.Start("mode", "active-backup", "primary_reselect", "failure");
        Assert.Null(_a.Set("primary", "eth2"));
        Assert.Equal("eth2", Active);
        Assert.Equal("eth2", _a.Bond.Primary?.Name);
    }

    [Fact]
    public void A_primary_may_be_named_before_it_joins()
    {
        _a.Set("mode", "active-backup", "primary", "eth2");
        Assert.Null(_a.Bond.Primary);
        _a.Start();
        Assert.Equal("eth2", Active);
    }

    [Fact]
    public void Highest_prio_wins_when_the_active_member_fails()
    {
        _a.Start("mode", "active-backup");
        _a.Set(_a.Ports[2], "prio", "10");
        Assert.Equal("eth2", Active);
        _a.Set(_a.Ports[1], "prio", "5");
        _cables[2].Cut();
        Assert.Equal("eth1", Active);
        _cables[2].Mend();
        Assert.Equal("eth2", Active);
    }

    [Theory]
    [InlineData("always", "eth1")]
    [InlineData("failure", "eth2")]
    public void Setting_prio_to_its_present_value_starts_a_new_selection_too(string reselect, string expected)
    {
        _a.Start("mode", "active-backup", "primary_reselect", reselect);
        Assert.Null(_a.Set("active_slave", "eth2"));
        _cables[0].Cut();
        Assert.Equal("eth2", Active);
        _a.Set(_a.Ports[2], "prio", "0");
        Assert.Equal(expected, Active);
    }

    [Fact]
    public void Prio_waits_while_the_primary_works()
    {
        _a.Start("mode", "active-backup", "primary", "eth0");
        _a.Set(_a.Ports[2], "prio", "10");
        Assert.Equal("eth0", Active);
        _cables[0].Cut();
        Assert.Equal("eth2", Active);
    }

    [Fact]
    public void A_user_can_choose_the_active_member_until_the_next_reason_to_choose()
    {
        _a.Start("mode", "active-backup");
        Assert.Null(_a.Set("active_slave", "eth2"));
        Assert.Equal("eth2", Active);
        Assert.Null(_a.Set("active_slave", ""));
        Assert.Equal("eth0", Active);
    }

    [Theory]
    [InlineData("eth9", "not a member")]
    [InlineData("eth1", "its link is not up")]
    public void An_unusable_member_cannot_be_made_active(string name, string reason)
    {
        _a.Start("mode", "active-backup");
        _cables[1].Cut();
        var error = _a.Set("active_slave", name);
        Assert.Contains(reason, error!.Message, StringComparison.Ordinal);
        Assert.Equal("eth0", Active);
    }

    [Fact]
    public void Renaming_a_member_to_the_primarys_name_makes_it_the_primary()
    {
        _a.Start("mode", "active-backup", "primary", "uplink");
        _a.Bond.MemberRenamed(_world.Now, _a.Ports[2].Ifindex, "uplink");
        Assert.Equal("uplink", Active);
    }

    [Fact]
    public void No_link_no_active_member_no_carrier()
    {
        _a.Start("mode", "active-backup");
        foreach (var cable in _cables)
            cable.Cut();
        Assert.Null(Active);
        Assert.False(_a.Carrier);
        Assert.Equal(TransmitRule.None, _a.Plan.Rule);
        _cables[2].Mend();
        Assert.Equal("eth2", Active);
        Assert.True(_a.Carrier);
    }

    [Fact]
    public void Every_change_of_the_active_member_says_why()
    {
        _a.Start("mode", "active-backup");
        _cables[0].Cut();
        var change = _a.Events.Last(happened => happened.Kind == EventKind.ActiveChanged);
        Assert.Equal("eth1", change.Member);
        Assert.Equal("the active member now (eth0: the link lost its carrier)", change.Reason);
    }

    [Fact]
    public void The_plan_is_out_before_a_word_is_said_about_the_failover()
    {
        _a.Start("mode", "active-backup");
        _cables[0].Cut();
        var failure = _a.Events.FindIndex(happened => happened.Kind == EventKind.LinkDown);
        Assert.Equal(_a.Plan.Generation, _a.PlanWhenReported[failure]);
    }

    [Fact]
    public void A_member_without_known_speed_is_a_full_member()
    {
        _a.Ports[1].SpeedMbps = 0;
        _a.Start("mode", "active-backup");
        _cables[0].Cut();
        Assert.Equal("eth1", Active);
        Assert.Equal(0u, _a.SpeedMbps);
    }

    [Fact]
    public void Primary_is_an_option_of_modes_with_an_active_member_only()
    {
        Assert.Equal(OptionErrorKind.Mode, _a.Set("mode", "balance-xor", "primary", "eth0")?.Kind);
        Assert.Equal(BondMode.BalanceRoundRobin, _a.Bond.Options.Mode);
    }

    [Fact]
    public void An_option_that_named_nobody_is_told_as_none()
    {
        _a.Start("mode", "active-backup");
        _a.Set("primary", "eth1");
        Assert.Equal("primary none is now eth1", _a.Events.Last(e => e.Kind == EventKind.OptionsChanged).Reason);
        _a.Set("primary", "");
        Assert.Equal("primary eth1 is now none", _a.Events.Last(e => e.Kind == EventKind.OptionsChanged).Reason);
    }
}
