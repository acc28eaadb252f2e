using Tandem.Core.Bonds;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

public sealed class DampingTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly Cable _flapping;
    private readonly Cable _other;

    public DampingTests()
    {
        _a = _world.AddStation("a", 2);
        var b = _world.AddStation("b", 2);
        var cables = _world.Connect(_a, b);
        (_flapping, _other) = (cables[0], cables[1]);
        b.Start();
    }

    private LinkState State => _a.Member(0).State;

    [Fact]
    public void Nothing_is_damped_unless_it_is_asked_for()
    {
        _a.Start("mode", "active-backup");
        for (var i = 0; i < 50; i++)
            Flap();
        Assert.Equal(LinkState.Up, State);
    }

    [Fact]
    public void A_link_lost_more_often_than_the_limit_has_to_hold_before_it_is_used()
    {
        _a.Start("mode", "balance-xor", "flap_limit", "3", "flap_window", "5000", "flap_hold", "1000");
        for (var i = 0; i < 3; i++)
        {
            Flap();
            Assert.Equal(LinkState.Up, State);
        }
        Flap();
        Assert.Equal(LinkState.Returning, State);
        Assert.Single(_a.Plan.Transmit);
        _world.Run(999);
        Assert.Equal(LinkState.Returning, State);
        _world.Run(2);
        Assert.Equal(LinkState.Up, State);
        Assert.Equal(2, _a.Plan.Transmit.Length);
    }

    [Fact]
    public void A_hold_that_is_longer_than_links_are_watched_ends_without_a_poll()
    {
        _a.Start("mode", "balance-xor", "flap_limit", "1", "flap_window", "5000", "flap_hold", "3000");
        Flap();
        Flap();
        _world.Run(2999);
        Assert.Equal(LinkState.Returning, State);
        _world.Run(2);
        Assert.Equal(LinkState.Up, State);
    }

    [Fact]
    public void Each_further_loss_doubles_the_hold_up_to_its_bound()
    {
        _a.Start("mode", "balance-xor", "flap_limit", "1", "flap_window", "5000", "flap_hold", "1000", "flap_hold_max", "3000");
        Flap();
        Flap();
        Assert.Equal(1000, Hold());
        _world.Run(500);
        Flap();
        Assert.Equal(2000, Hold());
        Flap();
        Assert.Equal(3000, Hold());
        Flap();
        Assert.Equal(3000, Hold());

        // Remaining time for which the link is held back, in ms.
        double Hold() => (_a.Member(0).DelayEnds - _world.Now) / (double)Clock.Millisecond;
    }

    [Fact]
    public void A_window_without_a_loss_after_the_hold_makes_it_an_ordinary_link_again()
    {
        _a.Start("mode", "balance-xor", "flap_limit", "1", "flap_window", "2000", "flap_hold", "1000");
        Flap();
        Flap();
        _world.Run(1500);
        Assert.Equal(LinkState.Up, State);
        // A loss within the hold and a window after the last loss: the link still flaps.
        _world.Run(1000);
        Flap();
        Assert.Equal(LinkState.Returning, State);
        _world.Run(2000 + 2000 + 1);
        Flap();
        Assert.Equal(LinkState.Up, State);
    }

    [Fact]
    public void Losses_that_are_far_apart_do_not_add_up()
    {
        _a.Start("mode", "balance-xor", "flap_limit", "2", "flap_window", "1000");
        for (var i = 0; i < 20; i++)
        {
            Flap();
            Assert.Equal(LinkState.Up, State);
            _world.Run(501);
        }
    }

    [Fact]
    public void The_longer_of_up_delay_and_hold_counts()
    {
        _a.Start("mode", "balance-xor", "miimon", "100", "updelay", "4000", "flap_limit", "1", "flap_hold", "1000");
        _world.Run(5000);
        Flap();
        Flap();
        _world.Run(3990);
        Assert.Equal(LinkState.Returning, State);
        _world.Run(20);
        Assert.Equal(LinkState.Up, State);
    }

    [Fact]
    public void A_damped_link_is_used_at_once_if_there_is_no_other()
    {
        _a.Start("mode", "active-backup", "flap_limit", "1", "flap_hold", "10000");
        Flap();
        Flap();
        Assert.Equal("eth1", _a.Bond.Active?.Name);
        Assert.Equal(LinkState.Returning, State);
        _other.Cut();
        Assert.Equal("eth0", _a.Bond.Active?.Name);
        Assert.Equal(LinkState.Up, State);
    }

    [Fact]
    public void Disabling_damping_ends_the_hold_and_clears_the_count()
    {
        _a.Start("mode", "balance-xor", "flap_limit", "1", "flap_hold", "1000");
        Flap();
        Flap();
        _a.Set("flap_limit", "0");
        _world.Run(1);
        Assert.Equal(LinkState.Up, State);
        _a.Set("flap_limit", "1");
        Flap();
        Assert.Equal(LinkState.Up, State);
    }

    [Fact]
    public void The_event_says_why_and_for_how_long()
    {
        _a.Start("mode", "active-backup", "flap_limit", "1", "flap_window", "10000", "flap_hold", "1000");
        Flap();
        Flap();
        var said = _a.Events.Last(happened => happened.Kind == EventKind.LinkReturning);
        Assert.Equal("the link is back; used in 1000 ms if it stays up: lost 2 times in a row (flap_limit 1 within 10000 ms)", said.Reason);
    }

    private void Flap()
    {
        _flapping.Cut();
        _flapping.Mend();
    }
}
