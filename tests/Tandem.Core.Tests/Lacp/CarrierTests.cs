using Tandem.Core.Bonds;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The carrier of the bond's device with a partner that goes in and out of sync: T25 and T109 as the host sees them.</summary>
public sealed class CarrierTests
{
    private const int OutOfSync = 0x07;
    private const int InSync = 0x3f;

    private static LacpBench Steady(int ports = 1)
    {
        var bench = new LacpBench(ports).Steady();
        foreach (var peer in bench.Peers)
            peer.IsSilent = true;
        return bench;
    }

    [Fact, Case("T109")]
    public void A_partner_that_flaps_for_ever_moves_the_carrier_a_few_times_and_it_is_right_in_the_end()
    {
        var bench = Steady();
        for (var i = 0; i < 60 * 49; i++)
            bench.Peers[0].SendAt(i / 49.0, (byte)(i % 2 == 0 ? OutOfSync : InSync));
        bench.RunTo(59.9);
        Assert.Equal([false, true, false, true, false], bench.CarrierChanges.Select(change => change.Up));
        Assert.InRange(bench.CarrierChanges[^1].Time, 0, 0.2);
        Assert.InRange(bench.GroupsAnnounced.Count, 0, 5);
        Assert.Contains("three times", Assert.Single(bench.EventsOf(EventKind.Notice)).Reason, StringComparison.Ordinal);
        Assert.InRange(bench.Events.Count(happened => happened.Member is null), 1, 6);
        // The last LACPDU was in sync.
        var last = (60 * 49 - 2) / 49.0;
        bench.RunTo(last + 1.001);
        Assert.True(bench.Carrier && bench.Bond.HasCarrier);
        Assert.Equal(EventKind.CarrierUp, bench.Events.Last(happened => happened.Member is null).Kind);
    }

    [Fact]
    public void A_carrier_that_falls_twice_within_a_second_or_now_and_then_rises_at_once()
    {
        var bench = Steady();
        foreach (var fall in (double[])[0, 0.4, 1.2, 2.1, 3.1, 3.2])
        {
            bench.Peers[0].SendAt(fall, OutOfSync);
            bench.Peers[0].SendAt(fall + 0.01, InSync);
        }
        bench.RunTo(4);
        Assert.Equal(
            [0, 0.01, 0.4, 0.41, 1.2, 1.21, 2.1, 2.11, 3.1, 3.11, 3.2, 3.21],
            bench.CarrierChanges.Select(change => Math.Round(change.Time, 3))
        );
    }

    [Fact]
    public void Where_links_alone_give_carrier_it_follows_them_however_often_they_bounce()
    {
        var bench = new LacpBench(1, "lacp_strict", "off").Steady();
        for (var i = 0; i < 5; i++)
        {
            bench.SetLink(0, false);
            Assert.False(bench.Carrier);
            bench.SetLink(0, true);
            Assert.True(bench.Carrier);
        }
    }

    [Fact]
    public void A_carrier_that_was_held_back_rises_a_second_after_the_last_loss_and_falls_at_once()
    {
        var bench = Steady();
        foreach (var fall in (double[])[0, 0.1, 0.2, 0.9])
        {
            bench.Peers[0].SendAt(fall, OutOfSync);
            bench.Peers[0].SendAt(fall + 0.01, InSync);
        }
        bench.Peers[0].SendAt(2.5, OutOfSync);
        bench.RunTo(1.899);
        Assert.True(bench.Distributes() && !bench.Carrier);
        bench.RunTo(1.9);
        Assert.True(bench.Carrier);
        bench.RunTo(2.5);
        Assert.False(bench.Carrier);
    }

    [Fact]
    public void Setting_the_bond_down_and_up_needs_no_wait()
    {
        var bench = Steady();
        for (var i = 0; i < 5; i++)
        {
            bench.Bond.SetUp(bench.Now, up: false);
            bench.Bond.SetUp(bench.Now, up: true);
            bench.Peers[0].Send(InSync);
            Assert.True(bench.Carrier);
        }
    }

    [Fact, Case("T25")]
    public void A_carrier_that_comes_and_goes_without_end_is_reported_now_and_then_and_rightly_in_the_end()
    {
        var bench = Steady();
        bench.Peers[0].Every(3.1, 0, 300, InSync);
        bench.RunTo(299);
        Assert.InRange(bench.CarrierChanges.Count, 180, 200);
        var told = bench.Events.Where(happened => happened.Kind is EventKind.CarrierUp or EventKind.CarrierDown).ToList();
        Assert.InRange(told.Count, 12, 42);
        Assert.Contains("times since", told[^1].Reason, StringComparison.Ordinal);
        // From here on the partner is silent.
        bench.RunTo(330);
        Assert.False(bench.Carrier);
        Assert.Equal(
            EventKind.CarrierDown,
            bench.Events.Last(happened => happened.Kind is EventKind.CarrierUp or EventKind.CarrierDown).Kind
        );
    }

    [Fact]
    public void Two_links_that_flap_in_turn_do_not_flood_switches_with_the_hosts_groups()
    {
        var bench = Steady(2);
        for (var i = 0; i < 400; i++)
        {
            bench.Peers[i % 2].SendAt(i / 20.0, OutOfSync);
            bench.Peers[i % 2].SendAt(i / 20.0 + 0.03, InSync);
        }
        bench.RunTo(22);
        Assert.True(bench.CarrierChanges.Count == 0 && bench.Carrier);
        Assert.InRange(bench.GroupsAnnounced.Count, 5, 25);
    }
}
