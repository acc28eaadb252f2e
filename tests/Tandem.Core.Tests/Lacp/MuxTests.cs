using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Tandem.Core.Packets;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T31 to T42: mux machine, ready, independent and coupled control.</summary>
public sealed class MuxTests
{
    private static LacpBench Attached(params string[] options)
    {
        var bench = new LacpBench(1, options);
        bench.Zero();
        bench.Up();
        bench.Peers[0].Send(0x07);
        bench.Peers[0].Every(1, 1, 60, 0x07);
        return bench;
    }

    [Fact, Case("T31")]
    public void A_port_is_attached_when_the_wait_is_over_and_never_before()
    {
        var bench = Attached();
        bench.RunTo(1.999);
        Assert.Equal((Selection.Selected, MuxState.Waiting), (bench.Port(0).Selected, bench.Mux()));
        bench.RunTo(2);
        Assert.Equal(MuxState.Attached, bench.Mux());
        Assert.Equal(0x0f, bench.SentOn(0, 2).Single().State);
    }

    [Fact, Case("T31")]
    public void Without_a_wait_which_is_the_default_a_port_is_attached_at_once()
    {
        var bench = Attached("lacp_aggregate_wait", "0");
        Assert.Equal(MuxState.Attached, bench.Mux());
        Assert.Equal([0, 0], bench.SentOn(0).Select(sent => sent.Time));
        bench.Peers[0].Send(0x3f);
        Assert.Equal(MuxState.Distributing, bench.Mux());
    }

    [Fact, Case("T32")]
    public void Ports_that_wait_for_the_same_group_are_attached_together()
    {
        var bench = new LacpBench(2);
        bench.Zero();
        bench.Up();
        bench.Peers[0].Every(0.5, 0, 5, 0x0f);
        bench.Peers[1].Every(0.5, 1.5, 5, 0x0f);
        bench.RunTo(3.499);
        Assert.Equal((MuxState.Waiting, MuxState.Waiting), (bench.Mux(0), bench.Mux(1)));
        bench.RunTo(3.5);
        Assert.All([0, 1], port => Assert.True(bench.Mux(port).IsInSync()));
    }

    [Fact, Case("T33"), Case("T84")]
    public void A_port_that_joins_does_not_disturb_one_that_runs()
    {
        var bench = new LacpBench(2);
        bench.Up(0);
        bench.Peers[0].Follow();
        bench.RunTo(4.25);
        bench.Zero();
        bench.Up(1);
        bench.Peers[1].Every(0.5, 0.5, 10, 0x3f);
        bench.RunTo(2.499);
        Assert.Equal((MuxState.Distributing, MuxState.Waiting), (bench.Mux(0), bench.Mux(1)));
        bench.RunTo(2.5);
        Assert.True(bench.Mux(1).IsInSync());
        Assert.DoesNotContain(bench.EventsOf(EventKind.LacpDown), happened => happened.Member == "eth0");
    }

    [Fact, Case("T34")]
    public void A_port_that_is_unselected_while_it_waits_begins_its_wait_anew()
    {
        var bench = Attached();
        bench.At(0.9, () => bench.Peers[0].Key = 77);
        bench.RunTo(2.5);
        Assert.Equal(MuxState.Waiting, bench.Mux());
        bench.RunTo(3.1);
        Assert.Equal(MuxState.Attached, bench.Mux());
    }

    [Fact, Case("T35")]
    public void Coupled_control_opens_both_directions_and_says_so_once()
    {
        var bench = Attached("coupled_control", "on");
        bench.RunTo(2.5);
        bench.Peers[0].Send(0x0f);
        Assert.True(bench.Distributes() && bench.Collects());
        Assert.Equal([0x3f], bench.SentOn(0, 2.5).Select(sent => (int)sent.State));
    }

    [Fact, Case("T36"), Case("T37"), Case("T38"), Case("V4"), Case("V5")]
    public void Independent_control_sends_only_while_the_partner_collects()
    {
        var bench = Attached();
        bench.RunTo(2.5);
        bench.Peers[0].Send(0x0f);
        Assert.Equal((MuxState.Collecting, 0x1f), (bench.Mux(), bench.State()));
        Assert.True(bench.Collects() && !bench.Distributes());
        bench.Deliver(0, GoldenFrames.V4);
        Assert.Equal((MuxState.Distributing, 0x3f), (bench.Mux(), bench.State()));
        Assert.True(bench.Collects() && bench.Distributes());
        var frame = new byte[SlowProtocols.FrameLength];
        bench.Port(0).WriteLacpdu(frame);
        Assert.Equal(GoldenFrames.V5, frame);
        bench.RunTo(2.9);
        bench.Peers[0].Send(0x0f);
        Assert.Equal(MuxState.Collecting, bench.Mux());
        Assert.True(bench.Collects() && !bench.Distributes());
    }

    [Fact, Case("T39")]
    public void Coupled_control_stays_when_the_partner_stops_collecting()
    {
        var bench = new LacpBench(1, "coupled_control", "on").Steady();
        bench.Peers[0].Send(0x0f);
        Assert.Equal(MuxState.Distributing, bench.Mux());
    }

    [Fact, Case("T40")]
    public void A_partner_out_of_sync_stops_the_link_at_once_and_its_return_starts_it_at_once()
    {
        var bench = new LacpBench(1).Steady();
        bench.RunTo(0.5);
        bench.Peers[0].Send(0x07);
        Assert.Equal((MuxState.Attached, 0x0f), (bench.Mux(), bench.State()));
        Assert.Equal([0x0f], bench.SentOn(0, 0.5).Select(sent => (int)sent.State));
        bench.Peers[0].Send(0x3f);
        Assert.Equal(MuxState.Distributing, bench.Mux());
    }

    [Fact, Case("T41")]
    public void The_data_path_applies_a_state_before_an_LACPDU_announces_it()
    {
        var bench = new LacpBench(1).Steady();
        bench.Peers[0].Send(0x07);
        bench.Peers[0].Send(0x3f);
        bench.RunTo(2);
        bench.SetLink(0, false);
        bench.SetLink(0, true);
        bench.Peers[0].Send(0x3f);
        bench.RunTo(5);
        Assert.True(bench.Sent.Count > 5);
        Assert.All(
            bench.Sent,
            sent =>
            {
                Assert.Equal(sent.Pdu.Actor.State.Has(LacpState.Collecting), sent.Plan.Delivers(0));
                Assert.Equal(sent.Pdu.Actor.State.Has(LacpState.Distributing), !sent.Plan.Transmit.IsEmpty);
            }
        );
    }
}
