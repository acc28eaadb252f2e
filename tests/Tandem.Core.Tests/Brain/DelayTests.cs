using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

public sealed class DelayTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;

    public DelayTests()
    {
        _a = _world.AddStation("a", 2);
        var b = _world.AddStation("b", 2);
        _cables = _world.Connect(_a, b);
        b.Start();
    }

    private LinkState State(int port) => _a.Member(port).State;

    [Fact]
    public void Down_delay_keeps_the_active_member_until_it_is_over()
    {
        _a.Start("mode", "active-backup", "miimon", "100", "downdelay", "600");
        _cables[0].Cut();
        Assert.Equal(LinkState.Failing, State(0));
        Assert.Equal("eth0", _a.Bond.Active?.Name);
        _world.Run(599);
        Assert.Equal("eth0", _a.Bond.Active?.Name);
        _world.Run(2);
        Assert.Equal(LinkState.Down, State(0));
        Assert.Equal("eth1", _a.Bond.Active?.Name);
        Assert.Equal(1u, _a.Member(0).LinkFailures);
    }

    [Fact]
    public void A_blip_within_the_down_delay_is_no_failure()
    {
        _a.Start("mode", "active-backup", "miimon", "100", "downdelay", "600");
        _cables[0].Cut();
        _world.Run(500);
        _cables[0].Mend();
        Assert.Equal(LinkState.Up, State(0));
        Assert.Equal(0u, _a.Member(0).LinkFailures);
        _world.Run(1000);
        Assert.Equal("eth0", _a.Bond.Active?.Name);
    }

    [Fact]
    public void Up_delay_holds_a_link_back_until_it_has_proved_itself()
    {
        _a.Start("mode", "balance-xor", "miimon", "100", "updelay", "1000");
        _world.Run(2000);
        _cables[0].Cut();
        _cables[0].Mend();
        Assert.Equal(LinkState.Returning, State(0));
        Assert.Single(_a.Plan.Transmit);
        _world.Run(999);
        Assert.Single(_a.Plan.Transmit);
        _world.Run(2);
        Assert.Equal(LinkState.Up, State(0));
        Assert.Equal(2, _a.Plan.Transmit.Length);
    }

    [Fact]
    public void A_link_lost_within_its_up_delay_counts_as_a_failure()
    {
        _a.Start("mode", "active-backup", "miimon", "100", "updelay", "1000");
        _world.Run(2000);
        _cables[1].Cut();
        _cables[1].Mend();
        _world.Run(300);
        _cables[1].Cut();
        Assert.Equal(LinkState.Down, State(1));
        Assert.Equal(2u, _a.Member(1).LinkFailures);
    }

    [Theory]
    [InlineData("active-backup")]
    [InlineData("balance-rr")]
    [InlineData("balance-xor")]
    [InlineData("broadcast")]
    public void Up_delay_is_ignored_while_nothing_else_carries_traffic(string mode)
    {
        _a.Start("mode", mode, "miimon", "100", "updelay", "5000");
        Assert.True(_a.Carrier);
        _cables[0].Cut();
        _cables[1].Cut();
        Assert.False(_a.Carrier);
        _cables[1].Mend();
        Assert.True(_a.Carrier);
        Assert.Equal(LinkState.Up, State(1));
        Assert.Equal(_a.Member(1).Slot, _a.Plan.Transmit.Distinct().Single());
    }

    [Fact]
    public void Down_delay_does_not_hold_the_bonds_carrier()
    {
        _a.Start("mode", "active-backup", "miimon", "100", "downdelay", "600");
        _cables[0].Cut();
        _cables[1].Cut();
        Assert.False(_a.Carrier);
        _cables[0].Mend();
        Assert.True(_a.Carrier);
        Assert.Equal(0u, _a.Member(0).LinkFailures);
    }

    [Fact]
    public void A_member_in_its_down_delay_carries_nothing_in_modes_that_have_others()
    {
        _a.Start("mode", "balance-xor", "miimon", "100", "downdelay", "600");
        _cables[0].Cut();
        Assert.Equal(_a.Member(1).Slot, _a.Plan.Transmit.Single());
    }

    [Fact]
    public void Polling_finds_a_link_change_that_the_kernel_did_not_report()
    {
        _a.Ports[0].ReportsLink = false;
        _a.Start("mode", "active-backup", "miimon", "100");
        Assert.Equal("eth0", _a.Bond.Active?.Name);
        _world.Run(2030);
        _cables[0].Cut();
        _world.Run(50);
        Assert.Equal("eth0", _a.Bond.Active?.Name);
        _world.Run(50);
        Assert.Equal("eth1", _a.Bond.Active?.Name);
    }

    [Fact]
    public void A_process_that_stood_still_looks_again_before_it_trusts_a_link()
    {
        _a.Ports[0].ReportsLink = false;
        _a.Start("mode", "active-backup", "miimon", "100", "updelay", "1000");
        _world.Run(2000);
        _cables[0].Cut();
        _world.Run(150);
        _cables[0].Mend();
        _world.Run(150);
        Assert.Equal(LinkState.Returning, State(0));
        _cables[0].Cut();
        _a.Bond.Advance(_world.Now + (20 * Clock.Second));
        Assert.Equal(LinkState.Down, State(0));
    }

    [Fact]
    public void A_second_cut_right_after_the_first_is_found_although_the_kernel_holds_its_report_back()
    {
        _a.Start("mode", "active-backup", "miimon", "0");
        _world.Run(5000);
        _cables[1].Cut();
        _cables[1].Mend();
        _a.Ports[0].ReportsLink = false;
        _world.Run(500);
        _cables[0].Cut();
        _world.Run(2);
        Assert.Equal("eth1", _a.Bond.Active?.Name);
    }

    [Fact]
    public void Nothing_is_due_without_delays_miimon_or_announcements()
    {
        _a.Start("resend_igmp", "0");
        _cables[0].Cut();
        Assert.NotEqual(Clock.Never, _a.Bond.NextDeadline);
        _world.Run(2000);
        Assert.Equal(Clock.Never, _a.Bond.NextDeadline);
    }
}
