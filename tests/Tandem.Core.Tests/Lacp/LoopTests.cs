using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Tandem.Core.Packets;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T99 to T106: loops, and LACPDUs that are not the partner's.</summary>
public sealed class LoopTests
{
    private static byte[] Spoof(LacpBench bench, byte state = 0x3f) =>
        new ScriptedPeer(bench, 0) { System = new SystemId(3, new MacAddress(0x0200_5e66_6666)) }.Frame(state);

    [Fact, Case("T99")]
    public void A_port_that_hears_itself_is_not_used_and_feeds_no_storm()
    {
        var bench = new LacpBench(1);
        bench.Zero();
        bench.Up();
        for (var i = 1; i < 600; i++)
            bench.At(i * 0.05, () => bench.Deliver(0, bench.Sent[^1].Frame));
        bench.RunTo(30);
        Assert.Equal(Selection.Unselected, bench.Port(0).Selected);
        Assert.InRange(bench.Sent.Count, 4, 5);
        Assert.Contains("looped", Assert.Single(bench.EventsOf(EventKind.LacpLoop)).Reason, StringComparison.Ordinal);
        Assert.Equal(599UL, bench.Port(0).Counters[LacpCounter.OwnSystem]);
        Assert.Contains("our own system", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
    }

    [Fact, Case("T100")]
    public void Two_ports_that_are_cabled_together_are_named_and_recover_when_they_are_not()
    {
        var bench = new LacpBench(2).Up();
        for (var i = 1; i < 10; i++)
        {
            bench.At(i, () => bench.Deliver(0, bench.SentOn(1).Last().Frame));
            bench.At(i, () => bench.Deliver(1, bench.SentOn(0).Last().Frame));
        }
        bench.RunTo(10);
        Assert.Equal(["eth0", "eth1"], bench.EventsOf(EventKind.LacpLoop).Select(happened => happened.Member!).Order());
        Assert.False(bench.Carrier);
        bench.Zero();
        bench.Steady();
        Assert.True(bench.Distributes(0) && bench.Distributes(1));
    }

    [Fact, Case("T101")]
    public void Another_host_with_our_system_is_named_and_costs_no_partner()
    {
        var bench = new LacpBench(1).Steady();
        var frame = new byte[SlowProtocols.FrameLength];
        Lacpdu.Write(frame, new MacAddress(0x0200_0000_7777), bench.Port(0).Actor with { Port = 40 }, default);
        bench.Deliver(0, frame);
        Assert.True(bench.Distributes());
        Assert.Contains("ad_actor_system", Assert.Single(bench.EventsOf(EventKind.LacpLoop)).Reason, StringComparison.Ordinal);
    }

    [Fact, Case("T102")]
    public void A_spoofed_LACPDU_costs_the_link_until_the_partner_was_heard_again()
    {
        var bench = new LacpBench(1).Steady();
        bench.RunTo(0.5);
        bench.Deliver(0, Spoof(bench));
        Assert.False(bench.Distributes());
        Assert.Equal("eth0", Assert.Single(bench.EventsOf(EventKind.LacpDown)).Member);
        var flip = Assert.Single(bench.EventsOf(EventKind.LacpAggregator));
        Assert.Contains("02:00:5e:66:66:66", flip.Reason, StringComparison.Ordinal);
        bench.Peers[0].Respond();
        bench.RunTo(bench.Time + 2.1);
        bench.Peers[0].Respond();
        Assert.True(bench.Distributes());
    }

    [Fact, Case("T103"), Case("T104")]
    public void With_lacp_hold_partner_a_spoofed_LACPDU_costs_nothing_and_a_new_partner_is_taken_once_the_old_is_silent()
    {
        var bench = new LacpBench(1, "lacp_hold_partner", "on").Steady();
        for (var i = 0; i < 50; i++)
            bench.At(i * 0.1, () => bench.Deliver(0, Spoof(bench)));
        bench.RunTo(5);
        Assert.True(bench.Distributes());
        Assert.Equal(50UL, bench.Port(0).Counters[LacpCounter.ForeignPartner]);
        Assert.Single(bench.EventsOf(EventKind.LacpPartner));
        bench.Peers[0].IsSilent = true;
        bench.RunTo(8.3);
        bench.Deliver(0, Spoof(bench));
        Assert.Equal(3, bench.Port(0).Partner.System.Priority);
    }

    [Fact, Case("T103")]
    public void With_lacp_partner_no_other_system_is_ever_used()
    {
        var bench = new LacpBench(1, "lacp_partner", ScriptedPeer.Switch.Address.ToString());
        bench.Up();
        bench.Deliver(0, Spoof(bench));
        Assert.True(bench.Port(0).IsDefaulted);
        Assert.Contains("lacp_partner", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
        bench.Steady();
        Assert.True(bench.Distributes());
        bench.Peers[0].IsSilent = true;
        bench.RunTo(10);
        bench.Deliver(0, Spoof(bench));
        Assert.True(bench.Port(0).IsDefaulted);
        Assert.Null(bench.Set("lacp_partner", "02:00:5e:66:66:66"));
        bench.Deliver(0, Spoof(bench));
        Assert.False(bench.Port(0).IsDefaulted);
    }

    [Fact, Case("T105")]
    public void A_spoofed_LACPDU_with_the_partners_identity_costs_until_the_partners_next()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].Send(0x07);
        Assert.False(bench.Distributes());
        bench.RunTo(1.01);
        Assert.True(bench.Distributes());
        Assert.True(bench.Port(0).Counters[LacpCounter.SyncChanges] >= 2);
    }

    [Fact]
    public void Our_own_LACPDU_among_those_of_a_partner_is_not_said_to_cost_the_link()
    {
        var bench = new LacpBench(2).Steady();
        bench.Deliver(0, bench.Port(0).LastSent);
        bench.Deliver(1, bench.Port(0).LastSent);
        Assert.True(bench.Distributes(0) && bench.Distributes(1));
        Assert.Equal(2, bench.EventsOf(EventKind.LacpLoop).Count());
        Assert.All(
            bench.EventsOf(EventKind.LacpLoop),
            happened => Assert.EndsWith("it is used as long as its partner is heard", happened.Reason, StringComparison.Ordinal)
        );
    }

    [Fact]
    public void LACPDUs_that_cannot_be_read_are_not_said_to_be_missing()
    {
        var bench = new LacpBench(1).Up();
        bench.RunTo(5);
        Assert.Contains("no LACPDU arrives", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
        bench.Deliver(0, bench.Peers[0].Frame(0x0f).AsSpan(0, 100));
        Assert.Contains("none that can be read", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
        bench.RunTo(120);
        bench.SetLink(0, true);
        Assert.Contains("no LACPDU arrives", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(0)), StringComparison.Ordinal);
    }

    [Fact, Case("T106")]
    public void Our_own_LACPDU_does_not_keep_a_silent_partner_alive()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].Send(0x3f);
        bench.Peers[0].IsSilent = true;
        for (var i = 1; i < 40; i++)
            bench.At(i * 0.1, () => bench.Deliver(0, bench.Port(0).LastSent));
        bench.RunTo(2.999);
        Assert.Equal(ReceiveState.Current, bench.Receive());
        bench.RunTo(3);
        Assert.Equal(ReceiveState.Expired, bench.Receive());
    }
}
