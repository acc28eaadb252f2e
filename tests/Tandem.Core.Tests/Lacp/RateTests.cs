using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T107 to T110, T114 to T117 and T121 to T131: rates, markers, churn, fallback, retry counts.</summary>
public sealed class RateTests
{
    private static LacpBench Quiet()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].IsSilent = true;
        bench.Peers[0].Asks = 0x05;
        bench.Peers[0].Send(0x3d);
        bench.RunTo(2.5);
        bench.Peers[0].Send(0x3d);
        bench.Zero();
        return bench;
    }

    [Fact, Case("T107"), Case("T108")]
    public void Three_LACPDUs_per_second_and_pending_changes_follow_in_one_after_that_second()
    {
        var bench = Quiet();
        byte[] states = [0x05, 0x0d, 0x05, 0x0d, 0x05, 0x0d];
        for (var i = 0; i < 6; i++)
            bench.Peers[0].SendAt(i / 10.0, states[i]);
        bench.RunTo(1.5);
        Assert.Equal([0, 0.1, 0.2, 1], bench.SentOn(0).Select(sent => sent.Time));
        Assert.Equal(bench.State(), bench.Sent[^1].State);
    }

    [Fact, Case("T109")]
    public void A_storm_of_LACPDUs_is_answered_three_times_a_second()
    {
        var bench = new LacpBench(1).Steady();
        bench.ChecksInvariants = false;
        bench.Peers[0].IsSilent = true;
        var (inSync, outOfSync) = (bench.Peers[0].Frame(0x3f), bench.Peers[0].Frame(0x07));
        for (var i = 0; i < 10_000; i++)
        {
            var frame = i % 3 == 0 ? inSync : outOfSync;
            bench.At(i / 1000.0, () => bench.Deliver(0, frame));
        }
        bench.At(10.5, () => bench.Deliver(0, inSync));
        bench.RunTo(11);
        Assert.InRange(bench.SentOn(0, 0, 9.999).Count(), 20, 33);
        // A second after the storm the state is right.
        Assert.True(bench.Carrier);
        Assert.InRange(bench.CarrierChanges.Count, 2, 8);
        Assert.True(bench.Distributes());
        Assert.InRange(bench.Port(0).Counters[LacpCounter.Storm], 8_000UL, 10_000UL);
        Assert.InRange(bench.Events.Count, 1, 30);
    }

    [Theory]
    [InlineData(0x3f, 1.0)]
    [InlineData(0x3d, 30.0)]
    public void LACPDUs_leave_so_early_that_a_late_wake_up_makes_none_late(int state, double period)
    {
        var bench = new LacpBench(1).Steady();
        bench.Lacp.PeriodicLead = PeriodicMachine.UsualLead;
        bench.Peers[0].Asks = (byte)(state & 7);
        bench.RunTo(2);
        bench.Zero();
        bench.RunTo(10 * period);
        var times = bench.SentOn(0).Select(sent => sent.Time).ToList();
        Assert.InRange(times.Count, 9, 11);
        Assert.All(times.Zip(times.Skip(1)), pair => Assert.Equal(0.98 * period, pair.Second - pair.First, 3));
    }

    [Fact, Case("T114"), Case("T115"), Case("T116"), Case("N17"), Case("N18"), Case("V9"), Case("V10")]
    public void A_marker_is_answered_on_its_port_whether_it_carries_traffic_or_not_and_an_answer_never()
    {
        var bench = new LacpBench(1).Up();
        bench.Sent.Clear();
        bench.Deliver(0, GoldenFrames.V9);
        Assert.Equal(GoldenFrames.V10, Assert.Single(bench.Sent).Frame);
        bench.Deliver(0, GoldenFrames.V10);
        var damaged = GoldenFrames.V9.ToArray();
        damaged[17] = 0x0f;
        bench.Deliver(0, damaged);
        Assert.Single(bench.Sent);
        Assert.Equal(
            (1UL, 1UL, 1UL),
            (
                bench.Port(0).Counters[LacpCounter.MarkerResponseSent],
                bench.Port(0).Counters[LacpCounter.MarkerResponseReceived],
                bench.Port(0).Counters[LacpCounter.MarkerIllegal]
            )
        );
    }

    [Fact, Case("T117")]
    public void Of_a_thousand_markers_a_second_ten_are_answered()
    {
        var bench = new LacpBench(1).Up();
        bench.Sent.Clear();
        // One request now, and many from just before the second ends: the limit must hold in each sliding second.
        bench.At(0, () => bench.Deliver(0, GoldenFrames.V9));
        for (var i = 990; i < 3_990; i++)
            bench.At(i / 1000.0, () => bench.Deliver(0, GoldenFrames.V9));
        bench.RunTo(4);
        var answered = bench.Sent.Where(sent => !sent.IsLacpdu).Select(sent => sent.Time).ToList();
        Assert.InRange(answered.Count, 30, 32);
        Assert.All(answered, from => Assert.InRange(answered.Count(time => time >= from && time < from + 0.9999), 1, 10));
    }

    [Fact, Case("T121"), Case("T123")]
    public void A_partner_that_is_never_in_sync_churns_after_a_minute_and_not_before()
    {
        var bench = new LacpBench(1);
        bench.Zero();
        bench.Up();
        bench.Peers[0].Every(1, 0, 70, 0x07);
        bench.RunTo(59.999);
        Assert.Equal(ChurnState.Monitor, bench.Port(0).PartnerChurn);
        bench.RunTo(60);
        Assert.Equal((ChurnState.Churn, ChurnState.NoChurn), (bench.Port(0).PartnerChurn, bench.Port(0).ActorChurn));
        Assert.Single(bench.EventsOf(EventKind.LacpChurn));
        bench.RunTo(60.5);
        bench.Peers[0].Send(0x0f);
        Assert.Equal(ChurnState.NoChurn, bench.Port(0).PartnerChurn);
    }

    [Fact, Case("T122")]
    public void A_port_that_no_group_takes_churns_on_our_side()
    {
        var bench = new LacpBench(2);
        bench.Peers[1].System = new SystemId(9, new MacAddress(0x0200_5e20_0099));
        bench.Steady().RunTo(60);
        Assert.Equal((ChurnState.NoChurn, ChurnState.Churn), (bench.Port(0).ActorChurn, bench.Port(1).ActorChurn));
    }

    [Fact, Case("T126")]
    public void A_partner_that_churned_and_then_flaps_is_counted_once_a_minute_at_most()
    {
        var bench = new LacpBench(1);
        bench.Zero();
        bench.Up();
        bench.Peers[0].Every(1, 0, 59, 0x07);
        for (var i = 0; i < 100; i++)
            bench.Peers[0].SendAt(60 + i / 20.0, (byte)(i % 2 == 0 ? 0x07 : 0x0f));
        bench.RunTo(60.01);
        Assert.Equal(1UL, bench.Port(0).Counters[LacpCounter.PartnerChurn]);
        bench.RunTo(65);
        Assert.Equal(1UL, bench.Port(0).Counters[LacpCounter.PartnerChurn]);
        bench.Peers[0].Every(1, 65, 127, 0x07);
        bench.RunTo(127);
        Assert.Equal(2UL, bench.Port(0).Counters[LacpCounter.PartnerChurn]);
    }

    [Fact, Case("T124"), Case("T126")]
    public void A_partner_that_is_in_sync_now_and_then_never_churns()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].IsSilent = true;
        bench.Peers[0].Every(1, 0, 59, 0x07);
        bench.Peers[0].SendAt(59.9, 0x0f);
        bench.Peers[0].Every(0.1, 60, 62, 0x07);
        bench.Peers[0].Every(0.1, 60.05, 62.05, 0x0f);
        bench.RunTo(62.5);
        Assert.Equal(0UL, bench.Port(0).Counters[LacpCounter.PartnerChurn]);
    }

    [Fact, Case("T125")]
    public void The_minute_begins_anew_with_the_link()
    {
        var bench = new LacpBench(1);
        bench.Zero();
        bench.Up().RunTo(50);
        bench.SetLink(0, false);
        bench.SetLink(0, true);
        bench.RunTo(109.9);
        Assert.Equal(ChurnState.Monitor, bench.Port(0).PartnerChurn);
        bench.RunTo(110);
        Assert.Equal(ChurnState.Churn, bench.Port(0).PartnerChurn);
    }

    [Fact, Case("T127"), Case("T128"), Case("T129"), Case("T131")]
    public void With_lacp_fallback_one_member_carries_traffic_while_no_partner_answers()
    {
        var bench = new LacpBench(2, "lacp_fallback", "10");
        bench.Zero();
        bench.Up().RunTo(9.999);
        Assert.False(bench.Carrier || bench.Distributes(0) || bench.Distributes(1));
        bench.RunTo(10);
        Assert.True(bench.Carrier && bench.Distributes(0) && bench.Collects(0));
        Assert.False(bench.Distributes(1) || bench.Collects(1));
        bench.Deliver(0, new byte[60]);
        bench.Deliver(0, GoldenFrames.V4.AsSpan(0, 60));
        bench.RunTo(40);
        Assert.True(bench.Distributes(0));
        Assert.All(bench.SentOn(0, 10), sent => Assert.Equal(0x47, sent.State));
        bench.SetLink(0, false);
        Assert.True(bench.Distributes(1) && bench.Carrier);
        bench.Peers[1].Send(0x0f);
        Assert.False(bench.Carrier || bench.Distributes(1));
        Assert.Null(bench.Lacp.FallbackPort);
    }

    [Fact, Case("T130"), Case("V12")]
    public void A_partner_that_asks_for_patience_gets_it_until_it_was_given_up()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].IsSilent = true;
        var frame = GoldenFrames.V12.ToArray();
        bench.Deliver(0, frame);
        bench.RunTo(4.999);
        Assert.Equal(ReceiveState.Current, bench.Receive());
        bench.RunTo(5);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
        bench.Peers[0].Send(0x3f);
        bench.RunTo(8);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
    }
}
