using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T54 to T60 and T65: partners that restart, change, split or do not hear. The others of the group are in TwinTests.</summary>
public sealed class PartnerFaultTests
{
    [Fact, Case("T54")]
    public void A_partner_that_restarts_stops_the_link_with_its_first_LACPDU_and_is_back_after_its_wait()
    {
        var bench = new LacpBench(1).Steady();
        bench.RunTo(0.5);
        bench.Peers[0].Send(0x07, ScriptedPeer.Zero);
        Assert.False(bench.Distributes() || bench.Collects());
        Assert.Equal(0.5, bench.SentOn(0).Last().Time);
        bench.RunTo(2.5);
        Assert.True(bench.Distributes());
    }

    [Fact, Case("T55")]
    public void A_partner_that_restarts_silently_expires_three_seconds_after_its_last_LACPDU()
    {
        var bench = new LacpBench(1).Steady();
        var last = (double)(bench.Port(0).LastHeard! - bench.Now) / Clock.Second;
        bench.Peers[0].IsSilent = true;
        bench.RunTo(last + 2.999);
        Assert.True(bench.Distributes());
        bench.RunTo(last + 3);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
    }

    [Fact, Case("T56")]
    public void A_partner_with_a_new_system_address_on_all_ports_costs_two_seconds_and_one_event()
    {
        var bench = new LacpBench(3).Steady();
        bench.RunTo(0.5);
        foreach (var peer in bench.Peers)
        {
            peer.System = new SystemId(0x1000, new MacAddress(0x0200_5e20_0099));
            peer.Send(0x3f);
        }
        foreach (var peer in bench.Peers)
            bench.At(0.6, peer.Respond);
        bench.At(2.51, () => bench.Peers.ToList().ForEach(peer => peer.Respond()));
        bench.RunTo(2.6);
        Assert.All([0, 1, 2], port => Assert.True(bench.Distributes(port)));
        Assert.Single(bench.Lacp.Ports.Select(port => port.Aggregator).Distinct());
        Assert.Single(bench.EventsOf(EventKind.LacpAggregator));
    }

    [Fact, Case("T57"), Case("T58")]
    public void When_a_partner_splits_the_present_set_stays_and_the_other_takes_over_once_it_is_dead()
    {
        var bench = new LacpBench(4).Steady();
        foreach (var peer in bench.Peers.Skip(2))
            peer.System = new SystemId(0x0001, new MacAddress(0x0200_5e20_0099));
        bench.RunTo(600);
        Assert.True(bench.Distributes(0) && bench.Distributes(1));
        Assert.All(
            [2, 3],
            port =>
            {
                Assert.Equal(Selection.Unselected, bench.Port(port).Selected);
                Assert.Equal(0, bench.State(port) & 0x38);
                Assert.Contains("02:00:5e:20:00:99", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(port)), StringComparison.Ordinal);
            }
        );
        var told = Assert.Single(bench.EventsOf(EventKind.LacpTwoPartners));
        Assert.Contains("02:00:5e:20:00:01", told.Reason, StringComparison.Ordinal);
        Assert.Empty(bench.EventsOf(EventKind.LacpAggregator));

        bench.Peers[0].IsSilent = bench.Peers[1].IsSilent = true;
        bench.SetLink(0, false);
        bench.SetLink(1, false);
        bench.At(602.05, bench.Peers[2].Respond);
        bench.At(602.05, bench.Peers[3].Respond);
        bench.RunTo(602.1);
        Assert.True(bench.Distributes(2) && bench.Distributes(3));
    }

    [Fact]
    public void Links_that_move_to_another_partner_one_after_the_other_are_no_alarm()
    {
        var bench = new LacpBench(2).Steady();
        foreach (var peer in bench.Peers)
            peer.System = new SystemId(0x0001, new MacAddress(0x0200_5e20_0099));
        bench.At(0.1, bench.Peers[0].Respond);
        bench.At(0.9, bench.Peers[1].Respond);
        bench.RunTo(30);
        Assert.True(bench.Distributes(0) && bench.Distributes(1));
        Assert.Empty(bench.EventsOf(EventKind.LacpTwoPartners));
    }

    [Fact, Case("T59")]
    public void A_partner_that_does_not_hear_us_never_gets_a_frame_and_is_named()
    {
        var bench = new LacpBench(1);
        bench.Zero();
        bench.Up();
        for (var time = 0; time < 120; time++)
            bench.At(time, () => bench.Peers[0].Send(0x4f, ScriptedPeer.Zero));
        bench.RunTo(59.9);
        Assert.Equal(ChurnState.Monitor, bench.Port(0).PartnerChurn);
        bench.RunTo(120);
        Assert.Equal(ChurnState.Churn, bench.Port(0).PartnerChurn);
        Assert.Empty(bench.EventsOf(EventKind.LacpUp));
        Assert.Contains("does not hear us", bench.EventsOf(EventKind.LacpUnseen).First().Reason, StringComparison.Ordinal);
        Assert.InRange(bench.SentOn(0).Count(), 120, 363);
    }

    [Fact, Case("T60")]
    public void A_deaf_port_tells_its_partner_that_it_lost_it()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].Send(0x3f);
        bench.Peers[0].IsSilent = true;
        bench.RunTo(2.9);
        bench.Sent.Clear();
        bench.RunTo(5.9);
        Assert.All(bench.Sent.Where(sent => sent.Time >= 3), sent => Assert.Equal(0x80, sent.State & 0xb0));
        bench.RunTo(7);
        var pdu = bench.Sent.Last().Pdu;
        Assert.True(pdu.Actor.State.Has(LacpState.Defaulted));
        Assert.Equal(default, pdu.Partner);
    }

    [Fact, Case("T65")]
    public void A_frozen_partner_that_repeats_itself_stays_current_which_is_a_limit_of_the_protocol()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].IsSilent = true;
        var frame = bench.Peers[0].Frame(0x3f);
        for (var time = 0; time < 300; time++)
            bench.At(time, () => bench.Deliver(0, frame));
        bench.RunTo(299);
        Assert.True(bench.Distributes());
    }

    [Fact, Case("V6")]
    public void A_partner_that_expired_us_is_told_and_gets_no_frames_under_independent_control()
    {
        var bench = new LacpBench(1, "lacp_aggregate_wait", "0").Up();
        bench.Deliver(0, GoldenFrames.V11);
        bench.Deliver(0, GoldenFrames.V11);
        Assert.True(bench.Distributes());
        bench.RunTo(3);
        bench.Deliver(0, GoldenFrames.V11);
        var sent = bench.Sent.Count;
        bench.Deliver(0, GoldenFrames.V6);
        Assert.Equal(MuxState.Collecting, bench.Mux());
        Assert.True(bench.Sent.Count > sent);
    }
}
