using Tandem.Core.Lacp;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T43 to T53: recorded partner information, and whether the partner's information about us is correct.</summary>
public sealed class MatchTests
{
    private readonly LacpBench _bench = new LacpBench(2).Steady();

    private ScriptedPeer Peer => _bench.Peers[0];

    private bool InSync => _bench.Port(0).Partner.State.Has(LacpState.Synchronization);

    private bool Answers(byte state, PortInfo view)
    {
        _bench.RunTo(_bench.Time + 3.3);
        var before = _bench.Port(0).Counters[LacpCounter.LacpduSent];
        Peer.IsSilent = true;
        Peer.Send(state, view);
        Peer.IsSilent = false;
        return _bench.Port(0).Counters[LacpCounter.LacpduSent] > before;
    }

    [Fact, Case("T43")]
    public void A_partner_without_our_information_is_not_in_sync_and_gets_an_LACPDU()
    {
        Assert.True(Answers(0x3f, ScriptedPeer.Zero));
        Assert.False(InSync);
        Assert.False(_bench.Distributes() || _bench.Collects());
    }

    [Theory, Case("T44")]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public void A_partner_with_one_wrong_field_of_our_information_is_not_in_sync_and_gets_an_LACPDU(int field)
    {
        var ok = Peer.Ok;
        var view = field switch
        {
            0 => ok with { Port = 9 },
            1 => ok with { PortPriority = 9 },
            2 => ok with { System = ok.System with { Address = new MacAddress(9) } },
            3 => ok with { System = ok.System with { Priority = 9 } },
            4 => ok with { Key = 9 },
            _ => ok with { State = ok.State & ~LacpState.Aggregation },
        };
        Assert.True(Answers(0x3f, view));
        Assert.False(InSync);
        Assert.False(_bench.Distributes());
        Assert.True(_bench.Distributes(1));
    }

    [Theory, Case("T45")]
    [InlineData(LacpState.Collecting)]
    [InlineData(LacpState.Distributing)]
    [InlineData(LacpState.Defaulted)]
    [InlineData(LacpState.Expired)]
    public void Fields_that_the_standard_does_not_compare_cause_no_LACPDU(LacpState bit)
    {
        Assert.False(Answers(0x3f, Peer.Ok with { State = Peer.Ok.State ^ bit }));
        Assert.True(InSync);
    }

    [Theory, Case("T46")]
    [InlineData(LacpState.ShortTimeout)]
    [InlineData(LacpState.Activity)]
    public void Another_view_of_timeout_or_activity_is_answered_and_no_more(LacpState bit)
    {
        Assert.True(Answers(0x3f, Peer.Ok with { State = Peer.Ok.State ^ bit }));
        Assert.True(InSync);
        Assert.True(_bench.Distributes());
    }

    [Fact, Case("T47")]
    public void A_link_that_nobody_keeps_up_is_not_in_sync()
    {
        Answers(0x3e, Peer.Ok with { State = Peer.Ok.State & ~LacpState.Activity });
        Assert.False(InSync);
        Answers(0x3e, Peer.Ok);
        Assert.True(InSync);
    }

    [Fact, Case("T48")]
    public void An_individual_partner_is_in_sync_without_knowing_us_and_has_a_group_of_its_own()
    {
        Answers(0x3b, ScriptedPeer.Zero);
        Assert.True(InSync);
        Assert.True(_bench.Port(0).Aggregator!.Lag.IsIndividual);
        Assert.False(_bench.Port(0).Aggregator!.IsActive);
        Assert.Equal(Selection.Unselected, _bench.Port(0).Selected);
    }

    [Fact, Case("T48")]
    public void An_individual_link_is_used_if_it_is_all_there_is()
    {
        var bench = new LacpBench(1);
        bench.Up();
        for (var time = 0; time < 5; time++)
            bench.At(time, () => bench.Peers[0].Send(0x3b, ScriptedPeer.Zero));
        bench.RunTo(4.5);
        Assert.True(bench.Distributes());
    }

    [Fact, Case("T49")]
    public void Another_key_of_the_partner_on_one_port_detaches_that_port_alone()
    {
        _bench.RunTo(3.3);
        Peer.Key = 2002;
        Peer.Send(0x3f);
        Assert.Equal((Selection.Unselected, MuxState.Detached), (_bench.Port(0).Selected, _bench.Mux(0)));
        Assert.False(_bench.SentOn(0).Last().Pdu.Actor.State.Has(LacpState.Synchronization));
        Assert.Equal(MuxState.Distributing, _bench.Mux(1));
        Assert.Contains("key 2002", LacpAdvice.WhyIdle(_bench.Lacp, _bench.Port(0)), StringComparison.Ordinal);
    }

    [Fact, Case("T50")]
    public void Another_port_number_of_the_partner_means_another_link_that_waits_its_time()
    {
        _bench.RunTo(3.3);
        Peer.Number = 999;
        Peer.Send(0x3f);
        Assert.Equal(MuxState.Waiting, _bench.Mux(0));
        _bench.RunTo(5.29);
        Assert.Equal(MuxState.Waiting, _bench.Mux(0));
        _bench.RunTo(7);
        Assert.Equal(MuxState.Distributing, _bench.Mux(0));
    }

    [Fact, Case("T53")]
    public void The_partners_version_changes_only_what_is_shown()
    {
        _bench.RunTo(3.3);
        foreach (byte version in (byte[])[2, 1, 2])
        {
            var frame = Peer.Frame(0x3f);
            frame[15] = version;
            _bench.Deliver(0, frame);
            Assert.Equal(version, _bench.Port(0).PartnerVersion);
            Assert.True(_bench.Distributes());
        }
    }
}
