using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T66 to T84: links that go and come, members that leave.</summary>
public sealed class LinkTests
{
    [Fact, Case("T66"), Case("T67")]
    public void A_link_that_comes_back_to_its_partner_carries_traffic_after_one_exchange()
    {
        var bench = new LacpBench(1).Steady();
        bench.SetLink(0, false);
        Assert.Equal(ReceiveState.PortDisabled, bench.Receive());
        Assert.False(bench.Distributes() || bench.Collects());
        Assert.Equal(
            (ScriptedPeer.Switch, false),
            (bench.Port(0).Partner.System, bench.Port(0).Partner.State.Has(LacpState.Synchronization))
        );
        bench.Peers[0].IsSilent = true;
        bench.RunTo(1);
        bench.Sent.Clear();
        bench.SetLink(0, true);
        Assert.Equal((1.0, 0x8f), (bench.Sent[0].Time, (int)bench.Sent[0].State));
        Assert.Equal(0x37, (int)bench.Sent[0].Pdu.Partner.State);
        bench.Peers[0].Send(0x3f);
        Assert.True(bench.Distributes());
        Assert.Equal(1, bench.Time);
    }

    [Fact, Case("T68")]
    public void A_link_that_comes_back_to_another_partner_begins_anew()
    {
        var bench = new LacpBench(1).Steady();
        bench.SetLink(0, false);
        bench.Peers[0].IsSilent = true;
        bench.RunTo(600);
        bench.SetLink(0, true);
        bench.Peers[0].System = new SystemId(7, new MacAddress(0x0200_5e20_0099));
        bench.Peers[0].Send(0x0f);
        Assert.Equal(MuxState.Waiting, bench.Mux());
        bench.Peers[0].IsSilent = false;
        bench.RunTo(601.9);
        Assert.Equal(MuxState.Waiting, bench.Mux());
        bench.RunTo(604);
        Assert.True(bench.Distributes());
    }

    [Fact, Case("T69")]
    public void A_carrier_that_flaps_twenty_times_a_second_opens_nothing_without_an_exchange()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].IsSilent = true;
        for (var flap = 0; flap < 20; flap++)
        {
            bench.At(flap * 0.05, () => bench.SetLink(0, false));
            bench.At(flap * 0.05 + 0.025, () => bench.SetLink(0, true));
        }
        for (var step = 1; step < 100; step++)
        {
            bench.RunTo(step * 0.01 + 0.001);
            Assert.False(bench.Distributes() || bench.Collects());
        }
        bench.RunTo(1.5);
        bench.Peers[0].Send(0x3f);
        Assert.True(bench.Distributes());
    }

    [Fact]
    public void A_port_of_a_bond_that_is_down_says_so()
    {
        var bench = new LacpBench(1).Steady();
        bench.Bond.SetUp(bench.Now, up: false);
        Assert.StartsWith("the bond is down", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
        bench.SetLink(0, false);
        Assert.StartsWith("the link is down", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
    }

    [Fact, Case("T70")]
    public void A_lost_link_waits_to_be_restored()
    {
        var bench = new LacpBench(2, "lacp_wait_to_restore", "5").Steady();
        bench.SetLink(0, false);
        bench.RunTo(1);
        bench.SetLink(0, true);
        bench.RunTo(5.999);
        Assert.Equal((MuxState.Restoring, 0), (bench.Mux(0), bench.State(0) & 0x38));
        Assert.Contains("lacp_wait_to_restore", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
        bench.RunTo(6);
        Assert.True(bench.Mux(0).IsInSync());
        bench.RunTo(8);
        Assert.True(bench.Distributes(0));
    }

    [Fact, Case("T71")]
    public void The_wait_to_be_restored_counts_from_the_last_loss()
    {
        var bench = new LacpBench(2, "lacp_wait_to_restore", "5").Steady();
        bench.SetLink(0, false);
        bench.SetLink(0, true);
        bench.At(3, () => bench.SetLink(0, false));
        bench.At(4, () => bench.SetLink(0, true));
        bench.RunTo(8.999);
        Assert.Equal(MuxState.Restoring, bench.Mux(0));
        bench.RunTo(9);
        Assert.True(bench.Mux(0).IsInSync());
        bench.RunTo(10.1);
        Assert.True(bench.Distributes(0));
    }

    [Fact, Case("T72")]
    public void The_only_link_does_not_wait_to_be_restored()
    {
        var bench = new LacpBench(1, "lacp_wait_to_restore", "5").Steady();
        bench.SetLink(0, false);
        bench.RunTo(0.1);
        bench.SetLink(0, true);
        bench.Peers[0].Send(0x3f);
        Assert.True(bench.Distributes(0));
    }

    [Fact, Case("T73")]
    public void Without_reverting_a_link_that_is_back_stays_out_until_another_fails()
    {
        var bench = new LacpBench(2, "lacp_revertive", "off").Steady();
        bench.SetLink(0, false);
        bench.RunTo(1);
        bench.SetLink(0, true);
        bench.RunTo(60);
        Assert.Equal(MuxState.Restoring, bench.Mux(0));
        bench.SetLink(1, false);
        bench.Peers[0].Respond();
        bench.Peers[0].Respond();
        Assert.True(bench.Distributes(0));
    }

    [Fact, Case("T74"), Case("T75")]
    public void A_cable_that_was_moved_makes_the_old_port_forget_its_partner()
    {
        var bench = new LacpBench(2).Steady(0);
        bench.SetLink(0, false);
        bench.Peers[0].IsSilent = true;
        bench.RunTo(0.5);
        bench.Peers[1].Number = bench.Peers[0].Number;
        bench.Peers[1].Send(0x0f);
        Assert.True(bench.Port(0).IsDefaulted);
        Assert.Equal((Selection.Unselected, ReceiveState.PortDisabled), (bench.Port(0).Selected, bench.Receive(0)));
        Assert.False(bench.Port(0).HasMoved);
        bench.Peers[1].Send(0x0f);
        Assert.Equal(
            1,
            bench
                .Port(0)
                .Transitions.Recent.Count(each =>
                    each.Machine == LacpMachine.Receive && each.Reason.Contains("another port", StringComparison.Ordinal)
                )
        );

        // A port whose link is up again does not count as moved.
        bench.SetLink(0, true);
        bench.Peers[0].Send(0x0f);
        bench.Peers[1].Send(0x0f);
        Assert.False(bench.Port(0).HasMoved);
        Assert.Equal(ReceiveState.Current, bench.Receive(0));
    }

    [Fact, Case("T76")]
    public void A_half_duplex_link_stays_out_and_is_named()
    {
        var bench = new LacpBench(2).Steady();
        bench.SetLink(0, true, duplex: Duplex.Half);
        bench.RunTo(1.1);
        Assert.Equal((Selection.Unselected, ReceiveState.LacpDisabled), (bench.Port(0).Selected, bench.Receive(0)));
        Assert.Equal(0, bench.State(0) & 0x3c);
        Assert.Equal("eth0", Assert.Single(bench.EventsOf(EventKind.LacpMismatch)).Member);
        // The partner hears the farewell after frames have stopped leaving on this port, and nothing afterwards.
        var farewell = bench.SentOn(0).Last();
        Assert.Equal((1.0, 0x03), (farewell.Time, farewell.State));
        Assert.Equal(ScriptedPeer.Switch, farewell.Pdu.Partner.System);
        Assert.DoesNotContain((byte)0, farewell.Plan.Transmit);
        bench.RunTo(10);
        Assert.Equal(farewell, bench.SentOn(0).Last());
        Assert.True(bench.Distributes(1));
    }

    [Fact, Case("T77")]
    public void A_link_that_becomes_slower_leaves_the_group_and_is_named()
    {
        var bench = new LacpBench(2).Steady();
        bench.SetLink(0, true, speed: 1_000);
        bench.RunTo(3);
        Assert.Contains(bench.SentOn(0), sent => sent.Pdu.Actor.Key == 9);
        Assert.Equal(Selection.Unselected, bench.Port(0).Selected);
        Assert.True(bench.Distributes(1));
        var told = bench.EventsOf(EventKind.LacpMismatch).Single();
        Assert.Equal("eth0", told.Member);
        Assert.Contains("1000 Mbit/s", told.Reason, StringComparison.Ordinal);
    }

    [Fact, Case("T78")]
    public void A_speed_that_flickers_changes_nothing()
    {
        var bench = new LacpBench(1).Steady();
        bench.SetLink(0, true, speed: 0);
        bench.RunTo(0.2);
        bench.SetLink(0, true, speed: 14_000);
        bench.RunTo(3);
        Assert.Empty(bench.EventsOf(EventKind.LacpDown));
        Assert.All(bench.Sent, sent => Assert.Equal(17, sent.Pdu.Actor.Key));
    }

    [Fact, Case("T79")]
    public void Members_whose_speed_is_unknown_aggregate_with_each_other()
    {
        var bench = new LacpBench(2);
        bench.SetLink(0, false, speed: 0, duplex: Duplex.Unknown);
        bench.SetLink(1, false, speed: 0, duplex: Duplex.Unknown);
        bench.Steady();
        Assert.True(bench.Distributes(0) && bench.Distributes(1));
    }

    [Fact, Case("T80"), Case("V8")]
    public void A_member_that_is_drained_leaves_step_by_step_and_the_other_notices_nothing()
    {
        var bench = new LacpBench(2).Steady();
        bench.RunTo(0.5);
        var peer = bench.Peers[0];
        peer.IsSilent = true;
        bench.SetMember(0, "drain", "on");
        Assert.Equal((0.5, 0x1f), (bench.SentOn(0).Last().Time, bench.SentOn(0).Last().State));
        Assert.True(bench.Collects(0) && !bench.Distributes(0));
        bench.RunTo(0.7);
        Assert.Equal([(0.6, 0x07), (0.65, 0x07)], bench.SentOn(0, 0.51).Select(sent => (sent.Time, (int)sent.State)));
        Assert.True(bench.Collects(0));
        peer.Send(0x07);
        Assert.False(bench.Collects(0));
        Assert.Single(bench.EventsOf(EventKind.LacpDrained));
        Assert.Contains("drain off", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
        bench.Leave(0);
        var sent = bench.Sent.Count(each => each.Port == 0);
        bench.RunTo(10);
        Assert.Equal(sent, bench.Sent.Count(each => each.Port == 0));
        Assert.True(bench.Distributes(1));
        Assert.DoesNotContain(bench.EventsOf(EventKind.LacpDown), happened => happened.Member == "eth1");
    }

    [Theory, Case("T80")]
    [InlineData("silent")]
    [InlineData("never up")]
    [InlineData("lost meanwhile")]
    public void The_end_of_draining_is_reported_whatever_the_link_does(string link)
    {
        var bench = link == "never up" ? new LacpBench(2) : new LacpBench(2).Steady();
        bench.Peers[0].IsSilent = true;
        if (link == "silent")
            bench.RunTo(5);
        bench.SetMember(0, "drain", "on");
        if (link == "lost meanwhile")
            bench.SetLink(0, false);
        bench.RunTo(bench.Time + 0.2);
        Assert.Equal("eth0", Assert.Single(bench.EventsOf(EventKind.LacpDrained)).Member);
        Assert.Equal(DrainPhase.Drained, bench.Port(0).DrainPhase);
    }

    [Fact, Case("T80")]
    public void A_member_that_was_drained_comes_back()
    {
        var bench = new LacpBench(2).Steady();
        bench.SetMember(0, "drain", "on");
        bench.RunTo(5);
        Assert.False(bench.Distributes(0));
        bench.SetMember(0, "drain", "off");
        bench.RunTo(9);
        Assert.True(bench.Distributes(0));
    }

    [Fact, Case("T80")]
    public void A_member_that_is_released_says_good_bye()
    {
        var bench = new LacpBench(2).Steady();
        bench.Leave(0);
        Assert.Equal((0, 0x07), (bench.Sent.Last().Port, bench.Sent.Last().State));
        Assert.False(bench.Plan.Delivers(0));
    }

    [Fact, Case("T81")]
    public void A_bond_that_is_removed_or_set_down_says_good_bye_on_every_port()
    {
        foreach (var removed in (bool[])[true, false])
        {
            var bench = new LacpBench(3).Steady();
            bench.Sent.Clear();
            if (removed)
                bench.Bond.Close(bench.Now);
            else
                bench.Bond.SetUp(bench.Now, up: false);
            Assert.Equal([0, 1, 2], bench.Sent.Select(sent => sent.Port));
            Assert.All(bench.Sent, sent => Assert.Equal(0x07, sent.State));
        }
    }

    [Fact, Case("T83")]
    public void An_LACPDU_that_the_device_refuses_is_sent_again_after_100_ms()
    {
        var bench = new LacpBench(1).Steady();
        bench.RunTo(0.5);
        bench.DeviceTakesFrames = false;
        bench.Peers[0].IsSilent = true;
        bench.Peers[0].Send(0x07);
        bench.RunTo(0.75);
        Assert.Equal(3UL, bench.Port(0).Counters[LacpCounter.SendFailed]);
        bench.DeviceTakesFrames = true;
        bench.RunTo(0.8);
        Assert.Equal((0.8, 0x0f), (bench.Sent.Last().Time, bench.Sent.Last().State));
    }
}
