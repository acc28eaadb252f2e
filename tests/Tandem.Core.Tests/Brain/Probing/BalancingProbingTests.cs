using Xunit;

namespace Tandem.Core.Tests.Brain.Probing;

public sealed class BalancingProbingTests : ProbedHost
{
    [Theory]
    [InlineData("balance-rr")]
    [InlineData("balance-xor")]
    [InlineData("broadcast")]
    public void All_members_ask_all_targets(string mode)
    {
        Start(mode, "arp_ip_target", $"{Target},{OtherTarget}");
        Pass(10);
        Assert.Equal((22, 22), (Host.Asked, Other.Asked));
        Assert.Equal(22, Lan.Seen.Count(seen => seen.Port == 0));
        Assert.Equal(22, Lan.Seen.Count(seen => seen.Port == 1));
    }

    [Theory]
    [InlineData("balance-rr")]
    [InlineData("balance-xor")]
    [InlineData("broadcast")]
    public void A_silent_link_goes_down_and_its_traffic_moves(string mode)
    {
        Start(mode);
        Pass(10);
        Assert.All(A.Plan.Transmit.Distinct(), slot => Assert.InRange(slot, 0, 1));
        Lan.Silence(0);
        Pass(4);
        Assert.Equal(LinkState.Down, First.State);
        Assert.Equal(1u, First.LinkFailures);
        Assert.Equal([(byte)Second.Slot], A.Plan.Transmit.Distinct());
        Assert.True(A.Carrier);
        Lan.Mend(0);
        Pass(2);
        Assert.Equal(LinkState.Up, First.State);
        Assert.Equal(2, A.Plan.Transmit.Distinct().Count());
    }

    [Fact]
    public void A_member_without_carrier_asks_nobody_and_is_down()
    {
        Start("balance-xor");
        Pass(5);
        Lan.Cables[0].Cut();
        Lan.Seen.Clear();
        Pass(4);
        Assert.DoesNotContain(Lan.Seen, seen => seen.Port == 0);
        Assert.Equal(LinkState.Down, First.State);
    }

    [Fact]
    public void A_member_that_is_down_comes_up_by_answers_where_answers_are_validated()
    {
        // The switch does not send broadcasts back, like one with a static group.
        Start("balance-xor", "arp_validate", "all");
        Lan.Silence(1);
        Pass(5);
        Assert.Equal((LinkState.Up, LinkState.Down), (First.State, Second.State));
        Lan.Silence(0);
        Pass(5);
        Lan.Mend(1);
        Pass(2);
        Assert.Equal((LinkState.Down, LinkState.Up), (First.State, Second.State));
    }

    [Fact]
    public void That_all_targets_answer_is_not_asked_of_them()
    {
        Start("balance-xor", "arp_ip_target", $"{Target},{OtherTarget}", "arp_all_targets", "all", "arp_validate", "all");
        Other.IsAlive = false;
        Pass(10);
        Assert.True(A.Carrier);
    }
}
