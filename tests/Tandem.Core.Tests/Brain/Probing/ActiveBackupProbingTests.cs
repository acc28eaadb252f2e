using Tandem.Core.Bonds;
using Xunit;

namespace Tandem.Core.Tests.Brain.Probing;

public sealed class ActiveBackupProbingTests() : ProbedHost(ports: 3)
{
    [Fact]
    public void Probes_leave_on_the_active_member_only_and_at_once()
    {
        ActiveBackup();
        Assert.Equal(1, Host.Asked);
        Pass(10);
        Assert.Equal(11, Host.Asked);
        Assert.All(Lan.Seen, seen => Assert.Equal(0, seen.Port));
    }

    [Theory]
    [InlineData(2)]
    [InlineData(1)]
    [InlineData(5)]
    public void An_active_member_is_down_one_interval_after_the_probes_that_may_be_missed(int missed)
    {
        ActiveBackup("arp_missed_max", $"{missed}");
        Pass(10);
        // The last probe was answered 50 ms ago.
        Lan.Silence(0);
        World.Run(((missed + 1) * Interval) - 51);
        Assert.Equal(LinkState.Up, First.State);
        World.Run(2);
        Assert.Equal(LinkState.Down, First.State);
        Assert.Equal(1u, First.LinkFailures);
        Assert.Same(Second, A.Bond.Active);
        Assert.True(A.Carrier);
        var slot = (byte)Second.Slot;
        Assert.Equal([slot], A.Plan.Transmit);
    }

    [Fact]
    public void A_silent_link_that_keeps_its_carrier_is_found_and_the_next_member_asks()
    {
        ActiveBackup("arp_validate", "all");
        Pass(10);
        Lan.Silence(0);
        Pass(4);
        Lan.Seen.Clear();
        Pass(5);
        Assert.Equal(5, Lan.Seen.Count);
        Assert.All(Lan.Seen, seen => Assert.Equal(1, seen.Port));
        Assert.Equal(LinkState.Up, Second.State);
    }

    [Fact]
    public void A_member_that_hears_again_is_up_and_does_not_take_over()
    {
        ActiveBackup("arp_validate", "all");
        Pass(10);
        Lan.Silence(0);
        Pass(4);
        Lan.Mend(0);
        Pass(2);
        Assert.Equal(LinkState.Up, First.State);
        Assert.Same(Second, A.Bond.Active);
    }

    [Fact]
    public void The_primary_takes_over_again_when_it_hears()
    {
        ActiveBackup("arp_validate", "all", "primary", "eth0");
        Pass(10);
        Lan.Silence(0);
        Pass(4);
        Assert.Same(Second, A.Bond.Active);
        Lan.Mend(0);
        Pass(2);
        Assert.Same(First, A.Bond.Active);
    }

    [Fact]
    public void A_member_that_stands_by_has_one_interval_more()
    {
        ActiveBackup();
        Pass(10);
        Lan.Silence(1);
        World.Run((4 * Interval) - 51);
        Assert.Equal(LinkState.Up, Second.State);
        World.Run(2);
        Assert.Equal(LinkState.Down, Second.State);
        Assert.Same(First, A.Bond.Active);
    }

    [Fact]
    public void A_member_that_becomes_active_is_trusted_for_two_intervals()
    {
        ActiveBackup();
        Pass(10);
        Lan.Silence(0);
        Lan.Silence(1);
        Host.IsAlive = false;
        Pass(3);
        Assert.Same(Second, A.Bond.Active);
        World.Run(2 * Interval);
        Assert.Equal(LinkState.Up, Second.State);
        World.Run(1 * Interval);
        Assert.Equal(LinkState.Down, Second.State);
    }

    [Fact]
    public void Without_an_active_member_one_after_another_is_tried()
    {
        ActiveBackup("arp_validate", "all");
        Pass(10);
        Host.IsAlive = false;
        Pass(30);
        Assert.Null(A.Bond.Active);
        Assert.False(A.Carrier);
        Lan.Seen.Clear();
        Pass(6);
        var tried = Lan.Seen.Select(seen => seen.Port).ToList();
        Assert.Equal(6, tried.Count);
        for (var i = 1; i < tried.Count; i++)
            Assert.Equal((tried[i - 1] + 1) % 3, tried[i]);
        var trying = A.Bond.Members.Single(member => member.State == LinkState.Returning);
        Assert.True(A.Plan.Delivers(trying.Slot), "the one that is tried receives");
        Assert.All(
            A.Bond.Members.Where(member => member != trying),
            member => Assert.True(member.State is LinkState.Failing or LinkState.Down)
        );
        Host.IsAlive = true;
        Pass(3);
        Assert.NotNull(A.Bond.Active);
        Assert.True(A.Carrier);
    }

    [Fact]
    public void The_search_says_so_once_and_passes_over_members_without_carrier()
    {
        ActiveBackup("arp_validate", "all");
        Pass(10);
        Lan.Cables[1].Cut();
        Host.IsAlive = false;
        Pass(30);
        Assert.Equal(LinkState.Down, Second.State);
        Lan.Seen.Clear();
        Pass(6);
        Assert.DoesNotContain(Lan.Seen, seen => seen.Port == 1);
        Assert.Single(Notices, notice => notice.Contains("one after another is tried", StringComparison.Ordinal));
    }

    [Fact]
    public void The_carrier_does_not_decide_while_probes_do()
    {
        ActiveBackup();
        Pass(10);
        Lan.Cables[0].Cut();
        World.Run(10);
        Assert.Equal(LinkState.Up, First.State);
        Pass(4);
        Assert.Equal(LinkState.Down, First.State);
        Assert.Same(Second, A.Bond.Active);
    }

    [Fact]
    public void Neighbour_solicitations_find_a_silent_link_too()
    {
        ActiveBackup("ns_ip6_target", Target6, "arp_validate", "all");
        Pass(10);
        Assert.Equal(11, Host6.Asked);
        Assert.All(A.Bond.Members, member => Assert.Equal(LinkState.Up, member.State));
        Lan.Silence(0);
        Pass(4);
        Assert.Equal(LinkState.Down, First.State);
        Assert.Same(Second, A.Bond.Active);
        Pass(20);
        Assert.Equal(LinkState.Up, Second.State);
    }

    [Fact]
    public void A_damped_link_has_to_prove_itself_for_its_hold()
    {
        ActiveBackup("arp_validate", "all", "flap_limit", "1", "flap_window", "60000", "flap_hold", "5000");
        for (var i = 0; i < 2; i++)
        {
            Pass(10);
            Lan.Silence(1);
            Pass(6);
            Assert.Equal(LinkState.Down, Second.State);
            Lan.Mend(1);
        }
        Pass(40);
        Assert.Equal(LinkState.Down, Second.State);
        Assert.Contains(A.Events, e => e.Kind == EventKind.LinkReturning && e.Reason.Contains("used in 5000 ms", StringComparison.Ordinal));
        Pass(15);
        Assert.Equal(LinkState.Up, Second.State);
    }

    [Fact]
    public void A_damped_link_is_used_at_once_where_there_is_no_other()
    {
        ActiveBackup("arp_validate", "all", "flap_limit", "1", "flap_window", "60000", "flap_hold", "50000");
        Lan.Silence(2);
        Lan.Silence(1);
        for (var i = 0; i < 3; i++)
        {
            Pass(10);
            Lan.Silence(0);
            Pass(8);
            Lan.Mend(0);
        }
        Pass(8);
        Assert.Same(First, A.Bond.Active);
    }

    [Fact]
    public void A_probe_that_the_device_refuses_is_sent_again_within_the_interval()
    {
        ActiveBackup();
        Pass(2);
        A.RefusesFrames = true;
        Pass(1);
        var asked = Host.Asked;
        A.RefusesFrames = false;
        Pass(0.2);
        Assert.Equal(asked + 1, Host.Asked);
    }
}
