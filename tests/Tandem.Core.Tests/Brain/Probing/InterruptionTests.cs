using Xunit;

namespace Tandem.Core.Tests.Brain.Probing;

/// <summary>While no probes are sent, missing answers are no evidence against a link.</summary>
public sealed class InterruptionTests : ProbedHost
{
    [Theory]
    [InlineData("active-backup", 50)]
    [InlineData("active-backup", 10_000)]
    [InlineData("balance-xor", 10_000)]
    [InlineData("balance-rr", 3_600_000)]
    public void A_service_that_was_dead_takes_no_member_down_when_it_comes_back(string mode, double away)
    {
        Start(mode, "arp_validate", "all");
        Pass(10);
        A.Succeed(away);
        Pass(20);
        Assert.All(A.Bond.Members, member => Assert.Equal((LinkState.Up, 0u), (member.State, member.LinkFailures)));
        Assert.True(A.Carrier);
    }

    [Fact]
    public void A_link_that_went_silent_meanwhile_is_found_after_a_grace()
    {
        ActiveBackup("arp_validate", "all");
        Pass(10);
        Lan.Silence(0);
        A.Succeed(10_000);
        Assert.Same(First, A.Bond.Active);
        Pass(5);
        Assert.Same(Second, A.Bond.Active);
    }

    [Theory]
    [InlineData("active-backup")]
    [InlineData("broadcast")]
    public void A_process_that_was_stopped_takes_no_member_down(string mode)
    {
        Start(mode, "arp_validate", "all");
        foreach (var pause in new[] { 90.0, 149, 151, 260, 1000, 60_000 })
        {
            Pass(3);
            A.Stall(pause);
            Pass(5);
            Assert.All(A.Bond.Members, member => Assert.Equal(0u, member.LinkFailures));
        }
    }

    [Fact]
    public void A_process_that_is_stopped_again_and_again_takes_no_member_down()
    {
        ActiveBackup("arp_validate", "all");
        for (var i = 0; i < 50; i++)
        {
            A.Stall(333);
            Pass(0.3);
        }
        Assert.All(A.Bond.Members, member => Assert.Equal(0u, member.LinkFailures));
    }

    [Fact]
    public void A_clock_that_jumps_takes_no_member_down()
    {
        Start("balance-xor", "arp_validate", "all");
        Pass(5);
        foreach (var jump in new[] { 1000.0, 1e7, 1e12 })
        {
            World.Jump(jump);
            Pass(8);
            Assert.All(A.Bond.Members, member => Assert.Equal((LinkState.Up, 0u), (member.State, member.LinkFailures)));
        }
    }

    [Fact]
    public void A_bond_that_was_down_takes_no_member_down()
    {
        ActiveBackup("arp_validate", "all");
        Pass(5);
        A.Bond.SetUp(World.Now, up: false);
        var asked = Host.Asked;
        Pass(100);
        Assert.Equal(asked, Host.Asked);
        A.Bond.SetUp(World.Now, up: true);
        Pass(20);
        Assert.All(A.Bond.Members, member => Assert.Equal(0u, member.LinkFailures));
    }

    [Fact]
    public void Turning_the_monitor_on_takes_no_member_down()
    {
        A.Start("mode", "active-backup", "miimon", "100");
        Pass(50);
        Assert.Null(A.Set("arp_interval", "100", "arp_ip_target", Target, "arp_validate", "all"));
        Pass(20);
        Assert.All(A.Bond.Members, member => Assert.Equal(0u, member.LinkFailures));
        Assert.Equal(20, Host.Asked);
    }

    [Fact]
    public void Turning_it_off_leaves_links_to_their_carrier()
    {
        ActiveBackup("arp_validate", "all");
        Pass(5);
        Lan.Silence(1);
        Pass(6);
        Assert.Equal(LinkState.Down, Second.State);
        Assert.Null(A.Set("arp_interval", "0"));
        Assert.Equal(LinkState.Up, Second.State);
        Assert.Equal(Clock.Never, A.Bond.NextDeadline);
    }

    [Fact]
    public void A_member_that_probes_had_found_down_is_still_down_for_the_next_service()
    {
        Start("balance-xor", "arp_validate", "all");
        Lan.Silence(1);
        Pass(6);
        Assert.Equal(LinkState.Down, Second.State);
        A.Succeed(500);
        Pass(1);
        Assert.Equal(LinkState.Down, Second.State);
        Lan.Mend(1);
        Pass(3);
        Assert.Equal(LinkState.Up, Second.State);
    }
}
