using Tandem.Core.Lacp;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>Two bonds and a cable that carries nothing in one direction for a while: the catalogue's cases T61a, T61b, T62 and T62b.</summary>
public sealed class OneWayTests
{
    private readonly World _world = new();
    private Station _a = null!;
    private Station _b = null!;
    private Cable _cable = null!;

    private LacpPort A => _a.Bond.Members[0].Lacp!;

    private LacpPort B => _b.Bond.Members[0].Lacp!;

    // Both ends exchange LACPDUs once a second for a minute. The last LACPDU of a has just left.
    private void Steady(params string[] options)
    {
        (_a, _b) = (_world.AddStation("a", 1), _world.AddStation("b", 1));
        _cable = _world.Connect(_a, _b)[0];
        _cable.Delay = Clock.Millisecond;
        foreach (var station in (Station[])[_a, _b])
        {
            station.Start(["mode", "802.3ad", "lacp_rate", "fast", "miimon", "0", .. options]);
            station.Bond.Lacp!.PeriodicLead = 0;
        }
        _world.Run(60_300);
        var sent = false;
        _a.ControlSent = (_, _) => sent = true;
        for (var i = 0; i < 20_000 && !sent; i++)
            _world.Run(0.1);
        Assert.True(sent && A.IsDistributing && B.IsDistributing);
    }

    private void Cut() => _cable.DeafTo = _a.Ports[0];

    private void Repair() => _cable.DeafTo = null;

    private double UntilUp()
    {
        var start = _world.Now;
        while (!(A.IsDistributing && B.IsDistributing) && _world.Now - start < 5 * Clock.Second)
            _world.Run(1);
        return (double)(_world.Now - start) / Clock.Second;
    }

    [Fact, Case("T61a")]
    public void A_cut_just_after_a_LACPDU_that_takes_two_costs_nothing()
    {
        Steady();
        _world.Run(2);
        var before = (_a.Events.Count, _b.Events.Count);
        Cut();
        _world.Run(2_500);
        Repair();
        _world.Run(5_000);
        Assert.Equal(before, (_a.Events.Count, _b.Events.Count));
        Assert.Equal(ReceiveState.Current, B.Receive);
    }

    [Fact, Case("T61b")]
    public void The_same_cut_just_before_a_LACPDU_takes_three_and_costs_the_link_a_second()
    {
        Steady();
        _world.Run(990);
        Cut();
        _world.Run(2_005);
        // 2.995 s after the last LACPDU left.
        Assert.True(B is { Receive: ReceiveState.Current, IsDistributing: true });
        _world.Run(7);
        Assert.True(B is { Receive: ReceiveState.Expired, IsDistributing: false });
        _world.Run(488);
        Repair();
        Assert.InRange(UntilUp(), 0.3, 0.6);
    }

    [Theory, Case("T62")]
    [InlineData("off", false)]
    [InlineData("on", true)]
    public void The_end_that_still_hears_stops_sending_at_once_unless_control_is_coupled(string coupled, bool goesOn)
    {
        Steady("coupled_control", coupled);
        _world.Run(2);
        Cut();
        _world.Run(2_990);
        Assert.Equal(ReceiveState.Current, B.Receive);
        _world.Run(20);
        Assert.Equal((ReceiveState.Expired, false), (B.Receive, B.IsCollecting));
        Assert.Equal((ReceiveState.Current, goesOn), (A.Receive, A.IsDistributing));
        _world.Run(490);
        Repair();
        Assert.InRange(UntilUp(), 0, 1.1);
    }

    [Theory, Case("T62b")]
    [InlineData("off", "600")]
    [InlineData("on", "600")]
    [InlineData("off", "0")]
    [InlineData("on", "0")]
    public void A_deaf_end_that_gave_up_is_used_by_neither_and_goes_on_asking_if_it_probes(string coupled, string probe)
    {
        Steady("coupled_control", coupled, "lacp_probe", probe);
        _world.Run(2);
        Cut();
        _world.Run(5_990);
        Assert.Equal(ReceiveState.Expired, B.Receive);
        _world.Run(20);
        Assert.Equal((ReceiveState.Defaulted, default), (B.Receive, B.Partner.System));
        Assert.False(A.Partner.State.Has(LacpState.Synchronization) || A.IsCollecting || A.IsDistributing);
        _world.Run(2_900);
        Assert.Equal(ReceiveState.Current, A.Receive);
        _world.Run(200);
        // An end that does not probe is at the slow rate, so the other end expires too.
        Assert.Equal(probe == "0" ? ReceiveState.Expired : ReceiveState.Current, A.Receive);
        if (probe == "0")
            return;
        _world.Run(890);
        Repair();
        Assert.InRange(UntilUp(), 0, 1.1);
    }
}
