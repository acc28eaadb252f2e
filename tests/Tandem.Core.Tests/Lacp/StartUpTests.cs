using Tandem.Core.Lacp;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T01 to T15: start, and when LACPDUs are sent.</summary>
public sealed class StartUpTests
{
    [Fact, Case("T01"), Case("V1")]
    public void A_port_that_comes_up_speaks_at_once_and_then_each_second()
    {
        var bench = new LacpBench(1);
        bench.Zero();
        bench.Up().RunTo(2.5);
        Assert.Equal([0, 1, 2], bench.SentOn(0).Select(sent => sent.Time));
        Assert.All(bench.SentOn(0), sent => Assert.Equal(GoldenFrames.V1, sent.Frame));
    }

    [Fact, Case("T02"), Case("V2")]
    public void A_silent_partner_is_assumed_absent_after_three_seconds_and_asked_every_thirty()
    {
        var bench = new LacpBench(1);
        bench.Zero();
        bench.Up().RunTo(2.999);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
        bench.RunTo(3);
        Assert.Equal(ReceiveState.Defaulted, bench.Receive());
        Assert.Equal(0x47, bench.State());
        bench.RunTo(100);
        Assert.Equal([0, 1, 2, 3, 33, 63, 93], bench.SentOn(0).Select(sent => sent.Time));
        Assert.False(bench.Carrier);
    }

    [Fact, Case("T02")]
    public void A_silent_partner_is_asked_each_second_for_as_long_as_lacp_probe_says()
    {
        var bench = new LacpBench(1, "lacp_probe", "600");
        bench.Zero();
        bench.Up().RunTo(603);
        Assert.Equal(604, bench.SentOn(0).Count());
        bench.RunTo(700);
        Assert.InRange(bench.SentOn(0, 603.5).Count(), 3, 4);
    }

    [Fact, Case("T04")]
    public void A_passive_port_with_a_silent_partner_sends_nothing()
    {
        var bench = new LacpBench(1, "lacp_active", "off");
        bench.Zero();
        bench.Up().RunTo(120);
        Assert.Empty(bench.Sent);
    }

    [Fact, Case("T05")]
    public void A_passive_port_answers_an_active_partner_at_once_and_then_at_its_rate()
    {
        var bench = new LacpBench(1, "lacp_active", "off");
        bench.Zero();
        bench.Up();
        bench.Peers[0].Every(1, 5, 20, 0x07);
        bench.RunTo(12.5);
        Assert.Equal(5, bench.SentOn(0).First().Time);
        Assert.Equal([8, 9, 10, 11, 12], bench.SentOn(0, 7.5).Select(sent => sent.Time));
    }

    [Fact, Case("T10")]
    public void A_partner_that_asks_for_long_gets_a_LACPDU_every_thirty_seconds()
    {
        var bench = new LacpBench(1);
        bench.Peers[0].Asks = 0x05;
        bench.Steady().RunTo(300);
        Assert.InRange(bench.SentOn(0).Count(), 9, 11);
    }

    [Fact, Case("T11")]
    public void A_partner_that_changes_to_short_gets_a_LACPDU_at_once()
    {
        var bench = new LacpBench(1);
        bench.Peers[0].Asks = 0x05;
        bench.Steady();
        bench.At(100, () => bench.Peers[0].Asks = 0x07);
        bench.At(100, bench.Peers[0].Respond);
        bench.RunTo(99.9);
        bench.Sent.RemoveRange(0, bench.Sent.Count - 1);
        bench.RunTo(105.5);
        Assert.Equal([100, 101, 102, 103, 104, 105], bench.SentOn(0, 99.95).Select(sent => sent.Time));
    }

    [Fact, Case("T12")]
    public void A_partner_that_changes_to_long_gets_at_most_one_more_soon()
    {
        var bench = new LacpBench(1).Steady();
        bench.At(50, () => bench.Peers[0].Asks = 0x05);
        bench.RunTo(200);
        Assert.InRange(bench.SentOn(0, 50.8, 79).Count(), 0, 1);
        Assert.InRange(bench.SentOn(0, 51.9, 200).Count(), 4, 6);
    }

    [Fact, Case("T13")]
    public void A_change_to_the_short_timeout_is_told_at_once_and_counts_from_the_next_LACPDU()
    {
        var bench = new LacpBench(1, "lacp_rate", "slow").Steady();
        bench.At(
            40.1,
            () =>
            {
                bench.Peers[0].IsSilent = true;
                var before = bench.Port(0).CurrentWhile;
                bench.Configure(settings => settings with { ShortTimeout = true });
                Assert.Equal(before, bench.Port(0).CurrentWhile);
            }
        );
        bench.RunTo(40.1);
        Assert.Equal((40.1, 0x3f), (bench.SentOn(0).Last().Time, bench.SentOn(0).Last().State));
        bench.Peers[0].IsSilent = false;
        bench.Peers[0].Respond();
        Assert.Equal(bench.Now + (3 * Clock.Second), bench.Port(0).CurrentWhile);
    }

    [Fact, Case("T14")]
    public void A_port_that_becomes_passive_goes_on_with_an_active_partner()
    {
        var bench = new LacpBench(1).Steady();
        bench.At(10.5, () => bench.Configure(settings => settings with { IsActive = false }));
        bench.RunTo(20);
        Assert.Equal(0x3e, bench.SentOn(0, 10.5).First().State);
        Assert.InRange(bench.SentOn(0, 10.6).Count(), 8, 11);
        Assert.True(bench.Distributes());
    }

    [Fact, Case("T15")]
    public void Two_ports_that_become_passive_fall_silent_and_expire()
    {
        var bench = new LacpBench(1).Steady();
        bench.At(
            10.5,
            () =>
            {
                bench.Peers[0].Send(0x3e);
                bench.Peers[0].IsSilent = true;
                bench.Configure(settings => settings with { IsActive = false });
            }
        );
        bench.RunTo(20);
        Assert.Empty(bench.SentOn(0, 10.51));
        Assert.Equal(ReceiveState.Defaulted, bench.Receive());
        Assert.Equal(PeriodicState.None, bench.Port(0).Periodic);
        Assert.False(bench.Carrier);
    }
}
