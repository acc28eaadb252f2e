using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
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

    [Theory]
    [InlineData(true, true, 4)]
    [InlineData(true, false, 3)]
    [InlineData(false, true, 3)]
    public void A_link_that_went_meanwhile_counts_as_one_that_failed(bool isCut, bool hadLink, uint failures)
    {
        if (isCut)
            _cables[0].Cut();
        _a.Start();
        var member = _a.Bond.Members[0];
        _a.Bond.RestoreFailures(_world.Now, member.Ifindex, failures: 3, hadLink);
        _a.Bond.EndRestoring(_world.Now, active: null);
        Assert.Equal(failures, member.LinkFailures);
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
    public void An_LACP_partner_does_not_notice_a_takeover(string rate, double away)
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

    [Fact]
    public void A_standby_member_stays_on_standby_after_a_takeover()
    {
        var (a, b) = Pair("802.3ad", "lacp_rate", "fast", "lacp_max_active", "1", "lacp_revertive", "off");
        Lose(a, 0);
        AssertUnchangedBySuccession(a, b);
        Assert.Equal([1], a.Plan.Transmit);
    }

    [Theory]
    [InlineData("lacp_wait_to_restore", "300")]
    [InlineData("lacp_revertive", "off")]
    public void A_member_that_waits_to_be_restored_still_waits_after_a_takeover(string option, string value)
    {
        var (a, b) = Pair("802.3ad", "lacp_rate", "fast", option, value);
        Lose(a, 0);
        AssertUnchangedBySuccession(a, b);
        Assert.Equal(MuxState.Restoring, a.Bond.Members[0].Lacp!.Mux);
        Assert.Equal([1], a.Plan.Transmit);
    }

    [Fact]
    public void A_link_that_was_down_during_a_takeover_waits_to_be_restored_too()
    {
        var (a, _) = Pair("802.3ad", "lacp_rate", "fast", "lacp_revertive", "off");
        a.Ports[0].Cable!.Cut();
        _world.Run(500);
        var number = a.Bond.Members[0].Lacp!.Number;
        a.Succeed(awayMilliseconds: 500);
        a.Ports[0].Cable!.Mend();
        _world.Run(5_000);
        Assert.Equal((MuxState.Restoring, number), (a.Bond.Members[0].Lacp!.Mux, a.Bond.Members[0].Lacp!.Number));
        Assert.Equal([1], a.Plan.Transmit);
    }

    [Fact]
    public void The_group_that_carried_the_traffic_does_so_after_a_succession_though_another_is_faster()
    {
        var (a, b, c) = (_world.AddStation("c", 3), _world.AddStation("d", 1), _world.AddStation("e", 2));
        a.Ports[0].SpeedMbps = b.Ports[0].SpeedMbps = 1_000;
        _world.Connect(a.Ports[0], b.Ports[0]);
        var faster = new[] { _world.Connect(a.Ports[1], c.Ports[0]), _world.Connect(a.Ports[2], c.Ports[1]) };
        foreach (var cable in faster)
            cable.Cut();
        foreach (var station in new[] { a, b, c })
            station.Start("mode", "802.3ad", "lacp_rate", "fast");
        _world.Run(1_000);
        foreach (var cable in faster)
            cable.Mend();
        _world.Run(20_000);
        Assert.Equal([0], a.Plan.Transmit);
        AssertUnchangedBySuccession(a, b);
        Assert.Equal(b.Bond.Lacp!.Id, a.Bond.Lacp!.Active!.Lag.Partner);
    }

    [Fact]
    public void A_state_of_an_older_version_leads_to_the_aggregator_that_carried_the_traffic()
    {
        var (a, b, c) = (_world.AddStation("c", 3), _world.AddStation("d", 1), _world.AddStation("e", 2));
        var other = _world.Connect(a.Ports[0], b.Ports[0]);
        other.Cut();
        _world.Connect(a.Ports[1], c.Ports[0]);
        _world.Connect(a.Ports[2], c.Ports[1]);
        foreach (var station in new[] { a, b, c })
            station.Start("mode", "802.3ad", "lacp_rate", "fast");
        _world.Run(1_000);
        other.Mend();
        _world.Run(5_000);
        Assert.Equal([1, 2], a.Plan.Transmit);
        a.Succeed(awayMilliseconds: 500, keeps: whole => new LacpMemory(whole.Number, whole.Partner));
        _world.Run(30_000);
        Assert.Equal([1, 2], a.Plan.Transmit);
    }

    [Theory]
    [InlineData(10_000)]
    // A speed of 0 means unknown, as with virtio.
    [InlineData(0)]
    public void The_next_service_sends_an_LACPDU_at_once(uint speed)
    {
        var (a, b) = (_world.AddStation("c", 2), _world.AddStation("d", 2));
        foreach (var port in a.Ports.Concat(b.Ports))
            port.SpeedMbps = speed;
        _world.Connect(a, b);
        a.Start("mode", "802.3ad", "lacp_rate", "fast");
        b.Start("mode", "802.3ad", "lacp_rate", "fast");
        _world.Run(10_000);
        var sent = a.ControlFrames;
        a.Succeed(awayMilliseconds: 500);
        _world.Run(1);
        Assert.Equal(sent + 2, a.ControlFrames);
    }

    [Fact]
    public void The_patience_that_a_partner_asked_for_outlasts_a_succession()
    {
        var (a, b) = Pair("802.3ad", "lacp_rate", "fast");
        foreach (var member in a.Bond.Members)
            member.Lacp!.RetryCount = 5;
        _world.Remove(b);
        a.Succeed(awayMilliseconds: 100);
        _world.Run(4_900);
        Assert.Equal(2, a.Plan.Transmit.Length);
        _world.Run(200);
        Assert.Empty(a.Plan.Transmit);
    }

    [Fact]
    public void A_member_that_was_drained_is_so_without_another_word_after_a_succession()
    {
        var (a, b) = Pair("802.3ad", "lacp_rate", "fast");
        Assert.Null(a.Set(a.Ports[0], "drain", "on"));
        _world.Run(5_000);
        Assert.Single(a.Events, happened => happened.Kind == EventKind.LacpDrained);
        AssertUnchangedBySuccession(a, b);
        Assert.Single(a.Events, happened => happened.Kind == EventKind.LacpDrained);
    }

    private void Lose(Station station, int port)
    {
        station.Ports[port].Cable!.Cut();
        _world.Run(500);
        station.Ports[port].Cable!.Mend();
        _world.Run(5_000);
    }

    private void AssertUnchangedBySuccession(Station station, Station partner)
    {
        var before = station.Plan;
        var (published, told) = (station.Plans.Count, partner.Events.Count);
        station.Succeed(awayMilliseconds: 500);
        _world.Run(30_000);
        Assert.All(station.Plans.Skip(published), plan => Assert.True(before.SameAs(plan), plan.ToString()));
        Assert.Empty(partner.Events.Skip(told));
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
