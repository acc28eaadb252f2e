using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T16 to T30: timers of the receive machine and their limits.</summary>
public sealed class ReceiveTests
{
    // The last LACPDU comes at 10.
    private static LacpBench Heard(params string[] options)
    {
        var bench = new LacpBench(1, options).Steady();
        bench.At(
            10,
            () =>
            {
                bench.Peers[0].Send(0x3f);
                bench.Peers[0].IsSilent = true;
            }
        );
        bench.RunTo(10);
        Assert.Equal(ReceiveState.Current, bench.Receive());
        return bench;
    }

    [Fact, Case("T16")]
    public void A_LACPDU_just_in_time_keeps_the_partner()
    {
        var bench = Heard();
        bench.Peers[0].SendAt(12.999, 0x3f);
        bench.RunTo(15.998);
        Assert.Equal(ReceiveState.Current, bench.Receive());
        bench.RunTo(15.999);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
    }

    [Fact, Case("T17")]
    public void A_LACPDU_at_the_very_moment_beats_the_timer()
    {
        var bench = Heard();
        bench.Peers[0].SendAt(13, 0x3f);
        bench.RunTo(13.5);
        Assert.Equal(ReceiveState.Current, bench.Receive());
        Assert.True(bench.Distributes());
        Assert.Empty(bench.EventsOf(EventKind.LacpDown));
    }

    [Fact, Case("T18")]
    public void A_partner_that_is_silent_for_three_seconds_expires_and_hears_of_it_at_once()
    {
        var bench = Heard();
        bench.RunTo(12.999);
        Assert.True(bench.Distributes());
        bench.RunTo(13);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
        Assert.False(bench.Distributes() || bench.Collects());
        var told = bench.SentOn(0, 13).Single();
        Assert.Equal(0x8f, told.State);
        Assert.True(told.Pdu.Partner.State.Has(LacpState.ShortTimeout));
        Assert.False(told.Pdu.Partner.State.Has(LacpState.Synchronization));
    }

    [Fact, Case("T19")]
    public void After_one_LACPDU_the_link_carries_traffic_again_without_any_wait()
    {
        var bench = Heard();
        bench.Peers[0].SendAt(13.001, 0x3f);
        bench.RunTo(13.001);
        Assert.Equal((ReceiveState.Current, MuxState.Distributing), (bench.Receive(), bench.Mux()));
    }

    [Fact, Case("T20")]
    public void Three_seconds_later_nobody_is_assumed_and_the_link_is_detached()
    {
        var bench = Heard();
        bench.RunTo(15.999);
        Assert.InRange(bench.SentOn(0, 13.5).Count(), 2, 3);
        Assert.Equal(MuxState.Attached, bench.Mux());
        bench.RunTo(16);
        Assert.Equal(ReceiveState.Defaulted, bench.Receive());
        Assert.Equal((MuxState.Detached, Selection.Unselected), (bench.Mux(), bench.Port(0).Selected));
    }

    [Fact, Case("T21")]
    public void With_the_long_timeout_it_takes_ninety_seconds_and_three_more()
    {
        var bench = Heard("lacp_rate", "slow");
        bench.RunTo(99.999);
        Assert.Equal(ReceiveState.Current, bench.Receive());
        bench.RunTo(100);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
        bench.RunTo(103);
        Assert.Equal(ReceiveState.Defaulted, bench.Receive());
    }

    [Theory, Case("T22"), Case("T23"), Case("T24")]
    [InlineData(3, true)]
    [InlineData(3.001, false)]
    [InlineData(4, false)]
    [InlineData(2.9, true)]
    public void Two_lost_LACPDUs_do_nothing_and_three_cost_the_gap_less_three_seconds(double gap, bool holds)
    {
        var bench = Heard();
        bench.Peers[0].SendAt(10 + gap, 0x3f);
        bench.RunTo(10 + gap);
        Assert.True(bench.Distributes());
        var lost = bench.EventsOf(EventKind.LacpDown).ToList();
        Assert.Equal(holds ? 0 : 1, lost.Count);
    }

    [Fact, Case("T24")]
    public void A_partner_that_sends_every_2900_ms_never_expires()
    {
        var bench = Heard();
        bench.Peers[0].Every(2.9, 12.9, 610, 0x3f);
        bench.RunTo(610);
        Assert.Empty(bench.EventsOf(EventKind.LacpDown));
    }

    [Fact, Case("T25")]
    public void A_partner_that_sends_every_3100_ms_flaps_without_a_flood_of_events()
    {
        var bench = Heard();
        bench.Peers[0].Every(3.1, 13.1, 310, 0x3f);
        bench.RunTo(310);
        var changes = bench.EventsOf(EventKind.LacpDown).Count() + bench.EventsOf(EventKind.LacpUp).Count();
        Assert.InRange(changes, 10, 45);
        Assert.InRange(bench.Port(0).Counters[LacpCounter.SyncChanges], 190UL, 220UL);
        Assert.InRange(bench.Port(0).Counters[LacpCounter.EventsSuppressed], 100UL, 200UL);
    }

    [Fact, Case("T26")]
    public void A_partner_that_ignores_the_short_timeout_is_named_once()
    {
        var bench = Heard();
        bench.Peers[0].Every(30, 40, 340, 0x3f);
        bench.RunTo(340);
        var hint = Assert.Single(bench.EventsOf(EventKind.LacpPartner));
        Assert.Contains("every 30 s", hint.Reason, StringComparison.Ordinal);
    }

    [Fact, Case("T26")]
    public void A_link_that_was_down_for_long_is_not_taken_for_a_partner_that_ignores_the_short_timeout()
    {
        var bench = Heard();
        bench.SetLink(0, false);
        bench.RunTo(600);
        bench.SetLink(0, true);
        bench.RunTo(604);
        Assert.Equal(ReceiveState.Defaulted, bench.Receive());
        bench.Peers[0].Send(0x0f);
        Assert.Empty(bench.EventsOf(EventKind.LacpPartner));
        // A partner that does ignore the short timeout is reported again on the next link.
        for (var round = 0; round < 2; round++)
        {
            bench.Peers[0].Every(30, bench.Time + 30, bench.Time + 120, 0x0f);
            bench.RunTo(bench.Time + 125);
            Assert.Equal(round + 1, bench.EventsOf(EventKind.LacpPartner).Count());
            bench.SetLink(0, false);
            bench.SetLink(0, true);
        }
    }

    [Fact]
    public void A_partner_that_did_not_see_us_before_the_link_was_lost_has_five_seconds_after_it_is_back()
    {
        var bench = Heard();
        bench.Peers[0].Send(0x0f, ScriptedPeer.Zero);
        bench.SetLink(0, false);
        bench.RunTo(60);
        bench.SetLink(0, true);
        bench.Peers[0].Send(0x0f, ScriptedPeer.Zero);
        Assert.Empty(bench.EventsOf(EventKind.LacpUnseen));
        bench.At(62.5, () => bench.Peers[0].Send(0x0f, ScriptedPeer.Zero));
        bench.At(65, () => bench.Peers[0].Send(0x0f, ScriptedPeer.Zero));
        bench.RunTo(65);
        Assert.Single(bench.EventsOf(EventKind.LacpUnseen));
    }

    [Fact, Case("T27")]
    public void After_a_pause_frames_that_waited_count_before_timers()
    {
        var bench = Heard();
        bench.Pause(10);
        bench.Peers[0].Send(0x3f);
        bench.RunTo(20.01);
        Assert.Equal(ReceiveState.Current, bench.Receive());
        Assert.Empty(bench.EventsOf(EventKind.LacpDown));
    }

    [Fact, Case("T28")]
    public void After_a_pause_in_which_nothing_came_the_partner_expires_and_has_its_three_seconds()
    {
        var bench = Heard();
        bench.Pause(10);
        bench.RunTo(20.1);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
        bench.RunTo(22.9);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
        bench.RunTo(23.1);
        Assert.Equal(ReceiveState.Defaulted, bench.Receive());
    }

    [Fact, Case("T28")]
    public void After_a_pause_a_frame_that_is_still_being_read_is_waited_for()
    {
        var bench = Heard();
        bench.Pause(10);
        bench.Peers[0].SendAt(20.02, 0x3f);
        bench.RunTo(20.1);
        Assert.Equal(ReceiveState.Current, bench.Receive());
        Assert.Empty(bench.EventsOf(EventKind.LacpDown));
    }

    [Fact, Case("T30")]
    public void A_jump_of_an_hour_fires_each_timer_once()
    {
        var bench = Heard();
        bench.Sent.Clear();
        bench.Pause(3600);
        bench.RunTo(3610.9);
        Assert.InRange(bench.Sent.Count, 1, 3);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
        bench.RunTo(3620);
        Assert.Equal(ReceiveState.Defaulted, bench.Receive());
    }
}
