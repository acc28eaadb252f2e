using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

public sealed class AnnouncementTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;

    public AnnouncementTests()
    {
        _a = _world.AddStation("a", 2);
        var b = _world.AddStation("b", 2);
        _cables = _world.Connect(_a, b);
        b.Start();
    }

    // Times of announcements, in ms after a moment.
    private List<long> Times(string what, long since) =>
        [.. _a.Announced.Where(each => each.What == what && each.Time >= since).Select(each => (each.Time - since) / Clock.Millisecond)];

    private long FailOver()
    {
        _world.Run(5000);
        _cables[0].Cut();
        return _world.Now;
    }

    [Fact]
    public void Neighbours_are_told_in_the_instant_of_a_failover_on_the_new_member()
    {
        _a.Start("mode", "active-backup", "miimon", "100");
        var cut = FailOver();
        Assert.Equal([0], Times("addresses", cut));
        Assert.Equal(_a.Member(1).Slot, _a.Announced[^1].Slot);
    }

    [Fact]
    public void Num_grat_arp_and_peer_notif_delay_set_count_and_distance()
    {
        _a.Start("mode", "active-backup", "miimon", "100", "num_grat_arp", "3", "peer_notify_delay", "500", "resend_igmp", "0");
        var cut = FailOver();
        _world.Run(5000);
        Assert.Equal([0, 500, 1000], Times("addresses", cut));
    }

    [Fact]
    public void Without_a_delay_notifications_are_miimon_apart()
    {
        _a.Start("mode", "active-backup", "miimon", "50", "num_unsol_na", "3", "resend_igmp", "0");
        var cut = FailOver();
        _world.Run(5000);
        Assert.Equal([0, 50, 100], Times("addresses", cut));
    }

    [Fact]
    public void Group_memberships_are_announced_resend_igmp_times_200_ms_apart()
    {
        _a.Start("mode", "active-backup", "resend_igmp", "4", "num_grat_arp", "0");
        var cut = FailOver();
        _world.Run(5000);
        Assert.Equal([0, 200, 400, 600], Times("groups", cut));
        Assert.Empty(Times("addresses", cut));
    }

    [Fact]
    public void In_balance_rr_groups_move_with_the_member_that_carries_them_and_neighbours_need_no_word()
    {
        _a.Start();
        var cut = FailOver();
        Assert.Equal([0], Times("groups", cut));
        Assert.Empty(Times("addresses", cut));
    }

    [Fact]
    public void Announcements_delayed_by_a_lost_carrier_are_sent_when_it_is_back()
    {
        _a.Start("mode", "active-backup", "num_grat_arp", "2", "miimon", "100", "resend_igmp", "0");
        _cables[1].Cut();
        _cables[0].Cut();
        _world.Run(3000);
        var mended = _world.Now;
        _cables[1].Mend();
        _world.Run(1000);
        Assert.Equal([0, 100], Times("addresses", mended));
    }

    [Fact]
    public void A_bond_that_is_down_says_nothing()
    {
        _a.Start("mode", "active-backup");
        _world.Run(5000);
        _a.Bond.SetUp(_world.Now, up: false);
        var before = _a.Announced.Count;
        _cables[0].Cut();
        _world.Run(1000);
        Assert.Equal("eth1", _a.Bond.Active?.Name);
        Assert.Equal(before, _a.Announced.Count);
    }
}
