using Tandem.Core.Options;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

public sealed class RestoringTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;

    public RestoringTests()
    {
        _a = _world.AddStation("a", 3);
        var b = _world.AddStation("b", 3);
        _cables = _world.Connect(_a, b);
        b.Start();
        _a.Bond.Restore(_world.Now, Words.Parse(OptionScope.Bond, ["mode", "active-backup", "miimon", "100", "updelay", "5000"]));
    }

    [Fact]
    public void The_member_that_was_active_is_so_again_without_waiting_for_its_up_delay()
    {
        _a.Start();
        var before = _a.Bond.Members[2];
        Assert.Equal(LinkState.Returning, before.State);
        _a.Bond.EndRestoring(_world.Now, before.Ifindex);
        Assert.Same(before, _a.Bond.Active);
    }

    [Fact]
    public void The_member_that_was_active_stays_out_if_its_link_is_gone()
    {
        _cables[2].Cut();
        _a.Start();
        _a.Bond.EndRestoring(_world.Now, _a.Bond.Members[2].Ifindex);
        Assert.Same(_a.Bond.Members[0], _a.Bond.Active);
    }

    [Fact]
    public void The_address_stays_while_members_come_back_and_goes_home_with_the_last()
    {
        var now = _a.Address;
        var own = new MacAddress(0x0200_0000_0077);
        _a.Bond.RestoreAddress(own, user: null);
        _a.Start();
        Assert.Equal(now, _a.Address);
        foreach (var port in _a.Ports)
            Assert.Null(_a.Leave(port));
        Assert.Equal(own, _a.Address);
    }

    [Fact]
    public void A_bond_that_gets_no_member_back_has_the_address_of_an_empty_bond()
    {
        var mine = new MacAddress(0x0200_0000_0099);
        _a.Bond.RestoreAddress(new MacAddress(0x0200_0000_0077), mine);
        _a.Bond.EndRestoring(_world.Now, active: 2);
        Assert.Equal(mine, _a.Address);
    }

    [Theory]
    [InlineData("balance-rr")]
    [InlineData("active-backup")]
    [InlineData("balance-xor")]
    [InlineData("broadcast")]
    public void A_service_that_is_succeeded_changes_nothing_for_the_frames(string mode)
    {
        var (a, _) = Pair(mode, "miimon", "100");
        var before = a.Plan;
        var published = a.Plans.Count;
        a.Succeed(awayMilliseconds: 3_000);
        _world.Run(1_000);
        Assert.True(before.SameAs(a.Plan));
        Assert.All(a.Plans.Skip(published), plan => Assert.True(before.SameAs(plan), plan.ToString()));
        Assert.True(a.Carrier);
    }

    [Theory]
    [InlineData("fast", 1_800)]
    [InlineData("slow", 25_000)]
    public void A_partner_that_speaks_lacp_does_not_notice_who_succeeds(string rate, double away)
    {
        var (a, b) = Pair("802.3ad", "lacp_rate", rate);
        _world.Run(60_000);
        var before = a.Plan;
        Assert.Equal(2, before.Transmit.Length);
        var (published, told) = (a.Plans.Count, b.Events.Count);
        a.Succeed(away);
        _world.Run(100_000);
        Assert.All(a.Plans.Skip(published), plan => Assert.True(before.SameAs(plan), plan.ToString()));
        Assert.Empty(b.Events.Skip(told));
    }

    private (Station A, Station B) Pair(string mode, params string[] options)
    {
        var (a, b) = (_world.AddStation("c", 2), _world.AddStation("d", 2));
        _world.Connect(a, b);
        a.Start(["mode", mode, .. options]);
        b.Start(["mode", mode, .. options]);
        _world.Run(1_000);
        return (a, b);
    }
}
