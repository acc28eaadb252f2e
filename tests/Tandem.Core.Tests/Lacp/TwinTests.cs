using Tandem.Core.Lacp;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>Two bonds that talk LACP over cables in virtual time: the catalogue's cases T06 to T09, T42, T63, T64, T82, T98 and T110.</summary>
public sealed class TwinTests
{
    private readonly World _world = new();
    private Station _a = null!;
    private Station _b = null!;
    private IReadOnlyList<Cable> _cables = null!;

    private void Build(int ports, string[] a, string[] b)
    {
        _a = _world.AddStation("a", ports);
        _b = _world.AddStation("b", ports);
        _cables = _world.Connect(_a, _b);
        foreach (var cable in _cables)
            cable.Delay = Clock.Millisecond;
        SentChecker.Watch(_a, _world);
        SentChecker.Watch(_b, _world);
        _a.Prepare(["mode", "802.3ad", "lacp_rate", "fast", .. a]);
        _b.Prepare(["mode", "802.3ad", "lacp_rate", "fast", .. b]);
        // The catalogue counts in whole seconds.
        _a.Bond.Lacp!.PeriodicLead = _b.Bond.Lacp!.PeriodicLead = 0;
    }

    private void Start(int ports, params string[] options)
    {
        Build(ports, options, options);
        _a.Bond.SetUp(_world.Now, up: true);
        _b.Bond.SetUp(_world.Now, up: true);
    }

    private static bool IsUp(Station station) => station.Bond.Members.All(member => member.Lacp!.IsDistributing);

    private bool BothUp => IsUp(_a) && IsUp(_b);

    // Runs until both ends carry traffic on all ports; returns the time in ms.
    private double UntilUp(double limit)
    {
        var start = _world.Now;
        while (!BothUp && _world.Now - start < limit * Clock.Millisecond)
            _world.Run(1);
        Assert.True(BothUp, $"not up after {limit} ms");
        return (double)(_world.Now - start) / Clock.Millisecond;
    }

    private void Check()
    {
        LacpInvariants.Check(_a.Bond, _world.Now);
        LacpInvariants.Check(_b.Bond, _world.Now);
    }

    [Fact, Case("T06")]
    public void Two_passive_ends_say_nothing_and_carry_nothing()
    {
        Start(1, "lacp_active", "off");
        _world.Run(300_000);
        Assert.Equal((0, 0), (_a.ControlFrames, _b.ControlFrames));
        Assert.False(_a.Carrier || _b.Carrier);
        Assert.Equal(ReceiveState.Defaulted, _a.Bond.Members[0].Lacp!.Receive);
    }

    [Fact, Case("T07")]
    public void An_active_and_a_passive_end_come_up()
    {
        Build(1, ["lacp_aggregate_wait", "2000"], ["lacp_aggregate_wait", "2000", "lacp_active", "off"]);
        _b.Bond.SetUp(_world.Now, up: true);
        _a.Bond.SetUp(_world.Now, up: true);
        Assert.InRange(UntilUp(2_100), 2_000, 2_100);
    }

    [Theory, Case("T08"), Case("T42")]
    [InlineData("on", 2_003)]
    [InlineData("off", 2_005)]
    public void Both_ends_carry_traffic_a_few_exchanges_after_the_wait_whatever_the_offset(string coupled, double limit)
    {
        for (var offset = 0; offset <= 1000; offset += 25)
        {
            var twin = new TwinTests();
            twin.Build(
                1,
                ["lacp_aggregate_wait", "2000", "coupled_control", coupled],
                ["lacp_aggregate_wait", "2000", "coupled_control", coupled]
            );
            twin._a.Bond.SetUp(twin._world.Now, up: true);
            twin._world.Run(offset);
            twin._b.Bond.SetUp(twin._world.Now, up: true);
            Assert.InRange(twin.UntilUp(2_010), 2_000, limit + 1);
        }
    }

    [Fact, Case("T42")]
    public void Coupled_and_independent_ends_come_up()
    {
        Build(2, ["coupled_control", "on"], ["coupled_control", "off"]);
        _a.Bond.SetUp(_world.Now, up: true);
        _b.Bond.SetUp(_world.Now, up: true);
        UntilUp(2_100);
    }

    [Fact]
    public void By_default_both_ends_carry_traffic_within_milliseconds()
    {
        Start(2);
        Assert.InRange(UntilUp(100), 0, 10);
        Check();
    }

    [Theory]
    [InlineData("on")]
    [InlineData("off")]
    public void LACPDUs_that_leave_early_hold_up_no_exchange_for_longer_than_they_are_early(string coupled)
    {
        for (var offset = 0; offset <= 2_000; offset += 10)
        {
            var twin = new TwinTests();
            twin.Build(1, ["coupled_control", coupled], ["coupled_control", coupled]);
            twin._a.Bond.Lacp!.PeriodicLead = twin._b.Bond.Lacp!.PeriodicLead = PeriodicMachine.UsualLead;
            twin._a.Bond.SetUp(twin._world.Now, up: true);
            twin._world.Run(offset);
            twin._b.Bond.SetUp(twin._world.Now, up: true);
            Assert.InRange(twin.UntilUp(100), 0, 10 + PeriodicMachine.UsualLead);
        }
    }

    [Fact, Case("T09")]
    public void An_end_that_starts_late_is_found()
    {
        Build(1, ["lacp_aggregate_wait", "2000"], ["lacp_aggregate_wait", "2000"]);
        _a.Bond.SetUp(_world.Now, up: true);
        _world.Run(10_000);
        Assert.True(_a.Bond.Members[0].Lacp!.IsDefaulted);
        _b.Bond.SetUp(_world.Now, up: true);
        Assert.InRange(UntilUp(2_100), 2_000, 2_100);
    }

    [Fact, Case("T63"), Case("T64")]
    public void Under_loss_and_changing_delay_nothing_locks_up()
    {
        for (var seed = 1UL; seed <= 40; seed++)
        {
            var world = new World(seed);
            var twin = new TwinTests { _a = world.AddStation("a", 2), _b = world.AddStation("b", 2) };
            twin._cables = world.Connect(twin._a, twin._b);
            foreach (var station in (Station[])[twin._a, twin._b])
            {
                SentChecker.Watch(station, world);
                station.Start("mode", "802.3ad", "lacp_rate", "fast", "miimon", "0");
            }
            var up = 0;
            foreach (var cable in twin._cables)
                (cable.Loss, cable.Duplication) = (0.2, 0.2);
            for (var step = 0; step < 400; step++)
            {
                foreach (var cable in twin._cables)
                    cable.Delay = world.Chance.Next(500) * Clock.Millisecond;
                world.Run(500);
                LacpInvariants.Check(twin._a.Bond, world.Now);
                LacpInvariants.Check(twin._b.Bond, world.Now);
                up += twin._a.Carrier && twin._b.Carrier ? 1 : 0;
            }
            Assert.InRange(up, 340, 400);
            foreach (var cable in twin._cables)
                (cable.Loss, cable.Duplication, cable.Delay) = (0, 0, Clock.Millisecond);
            world.Run(5_000);
            Assert.True(twin.BothUp);
        }
    }

    [Fact, Case("T82")]
    public void A_process_that_dies_is_given_up_by_timeout()
    {
        Start(1);
        _world.Run(5_000);
        _world.Remove(_a);
        _world.Run(3_010);
        Assert.False(_b.Carrier);
    }

    [Fact, Case("T98")]
    public void Two_bonds_with_the_same_partner_do_not_mix()
    {
        _b = _world.AddStation("switch", 4);
        _a = _world.AddStation("a", 2);
        var other = _world.AddStation("c", 2);
        for (var port = 0; port < 4; port++)
            _world.Connect(_b.Ports[port], port < 2 ? _a.Ports[port] : other.Ports[port - 2]);
        foreach (var station in (Station[])[_a, other, _b])
            station.Start("mode", "802.3ad", "lacp_rate", "fast");
        _world.Run(5_000);
        Assert.Equal(2, _b.Bond.Lacp!.Ports.Select(port => port.Aggregator).Distinct().Count());
        Assert.True(_a.Carrier != other.Carrier);
        // Different systems tell the two partners apart; their keys may be equal.
        Assert.NotEqual(_a.Bond.Lacp!.Id, other.Bond.Lacp!.Id);
        foreach (var group in _b.Bond.Lacp!.Ports.GroupBy(port => port.Aggregator))
            Assert.Single(group.Select(port => port.Partner.System).Distinct());
    }

    [Fact, Case("T110")]
    public void Ends_that_disagree_about_timeouts_are_quiet_soon()
    {
        Build(1, ["lacp_rate", "slow"], ["lacp_rate", "fast"]);
        _a.Bond.SetUp(_world.Now, up: true);
        _b.Bond.SetUp(_world.Now, up: true);
        _world.Run(60_000);
        Assert.InRange(_b.ControlFrames, 2, 8);
        Assert.InRange(_a.ControlFrames, 58, 65);
        Assert.True(BothUp);
    }
}
