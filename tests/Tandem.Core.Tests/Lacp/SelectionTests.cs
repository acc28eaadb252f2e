using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>The catalogue's cases T85 to T98: groups, limits, policies.</summary>
public sealed class SelectionTests
{
    private static IEnumerable<int> Carrying(LacpBench bench) =>
        bench.Lacp.Ports.Select((_, port) => port).Where(port => bench.Distributes(port));

    private static LacpBench Limited(params string[] options)
    {
        var bench = new LacpBench(4, ["lacp_max_active", "2", "ad_actor_sys_prio", "1", .. options]);
        bench.SetMember(3, "actor_port_prio", "1");
        return bench.Steady();
    }

    [Fact, Case("T85"), Case("T89")]
    public void The_better_system_ranks_by_its_own_ports_and_the_rest_stands_by()
    {
        var bench = Limited();
        Assert.Equal([0, 3], Carrying(bench));
        Assert.All([1, 2], port => Assert.Equal((Selection.Standby, 0), (bench.Port(port).Selected, bench.State(port) & 0x38)));
        bench.RunTo(5);
        Assert.InRange(bench.SentOn(1).Count(), 4, 6);
        Assert.Contains("hot standby", LacpAdvice.WhyIdle(bench.Lacp, bench.Port(1)), StringComparison.Ordinal);
    }

    [Fact, Case("T86")]
    public void The_worse_system_follows_the_ranking_of_its_partner()
    {
        var bench = new LacpBench(4, "lacp_max_active", "2");
        bench.SetMember(3, "actor_port_prio", "1");
        bench.Peers[1].PortPriority = 1;
        bench.Peers[2].PortPriority = 2;
        bench.Steady();
        Assert.Equal([1, 2], Carrying(bench));
    }

    [Theory, Case("T87"), Case("T88")]
    [InlineData("on")]
    [InlineData("off")]
    public void A_failed_link_is_replaced_within_one_exchange_and_takes_its_place_again_or_not(string revertive)
    {
        var bench = Limited("lacp_revertive", revertive);
        bench.SetLink(0, false);
        foreach (var peer in (ScriptedPeer[])[bench.Peers[1], bench.Peers[3], bench.Peers[1], bench.Peers[3]])
            peer.Respond();
        Assert.Equal(0, bench.Time);
        Assert.Equal([1, 3], Carrying(bench));
        bench.RunTo(5);
        bench.SetLink(0, true);
        bench.RunTo(12);
        Assert.Equal(revertive == "on" ? [0, 3] : [1, 3], Carrying(bench));
    }

    [Fact, Case("T90")]
    public void A_partner_with_a_smaller_limit_keeps_links_out_which_is_told_after_a_minute()
    {
        var bench = new LacpBench(4);
        bench.Zero();
        bench.Up();
        for (var time = 0; time < 70; time++)
        {
            bench.At(time, bench.Peers[0].Respond);
            bench.At(time, bench.Peers[1].Respond);
            bench.At(time, () => bench.Peers[2].Send(0x07));
            bench.At(time, () => bench.Peers[3].Send(0x07));
        }
        bench.RunTo(61);
        Assert.Equal([0, 1], Carrying(bench));
        Assert.Equal(["eth2", "eth3"], bench.EventsOf(EventKind.LacpChurn).Select(happened => happened.Member!));
    }

    [Fact, Case("T91"), Case("T92")]
    public void The_carrier_goes_when_fewer_than_min_links_carry_traffic_and_standby_does_not_count()
    {
        var bench = new LacpBench(3, "min_links", "2").Steady();
        bench.SetLink(0, false);
        Assert.True(bench.Carrier);
        bench.SetLink(1, false);
        Assert.False(bench.Carrier);
        bench.SetLink(1, true);
        bench.Peers[1].Respond();
        Assert.True(bench.Carrier);

        var limited = new LacpBench(3, "min_links", "2", "lacp_max_active", "1").Steady();
        Assert.False(limited.Carrier);
    }

    [Fact, Case("T92")]
    public void With_lacp_strict_off_links_are_enough_for_carrier_as_with_the_driver()
    {
        var bench = new LacpBench(1, "lacp_strict", "off").Up();
        Assert.True(bench.Carrier);
        Assert.True(bench.Plan.Transmit.IsEmpty);
    }

    [Fact, Case("T93")]
    public void Another_key_of_ours_unselects_all_and_is_told()
    {
        var bench = new LacpBench(2).Steady();
        bench.RunTo(0.5);
        bench.Configure(settings => settings with { UserKey = 5 });
        Assert.All(
            bench.SentOn(0, 0.5).Concat(bench.SentOn(1, 0.5)),
            sent => Assert.Equal((5 << 6 | 17, 0x07), (sent.Pdu.Actor.Key, sent.State))
        );
        bench.RunTo(4);
        Assert.Equal([0, 1], Carrying(bench));
    }

    [Theory, Case("T94")]
    [InlineData("ad_actor_sys_prio", "100")]
    [InlineData("ad_actor_system", "02:00:00:00:00:77")]
    public void Another_system_of_ours_unselects_all_and_is_told(string option, string value)
    {
        var bench = new LacpBench(2).Steady();
        bench.RunTo(0.5);
        Assert.Null(bench.Set(option, value));
        Assert.Equal(bench.Lacp.Id, bench.SentOn(1, 0.5).Single().Pdu.Actor.System);
        Assert.Equal(0x07, bench.SentOn(1, 0.5).Single().State);
        bench.RunTo(4);
        Assert.Equal([0, 1], Carrying(bench));
        Assert.Single(bench.EventsOf(EventKind.OptionsChanged));
    }

    [Fact, Case("T95")]
    public void Another_port_priority_is_told_and_ranks_anew()
    {
        var bench = Limited();
        bench.RunTo(0.5);
        bench.SetMember(2, "actor_port_prio", "2");
        Assert.Equal(2, bench.SentOn(2, 0.5).First().Pdu.Actor.PortPriority);
        bench.RunTo(4);
        Assert.Equal([2, 3], Carrying(bench));
    }

    [Fact, Case("T96")]
    public void The_order_in_which_links_come_up_does_not_matter()
    {
        foreach (var order in Permutations([0, 1, 2, 3]))
        {
            var bench = new LacpBench(4);
            foreach (var port in order)
            {
                bench.Up(port);
                bench.Peers[port].Follow();
                bench.RunTo(bench.Time + 0.3);
            }
            bench.RunTo(8);
            Assert.Equal([0, 1, 2, 3], Carrying(bench));
            Assert.All(bench.Lacp.Ports, port => Assert.Equal(1, port.Aggregator!.Id));
        }
    }

    [Fact, Case("T97")]
    public void The_group_with_more_bandwidth_is_used_once_it_was_better_for_ten_seconds()
    {
        var bench = new LacpBench(5, "ad_select", "bandwidth");
        for (var port = 0; port < 5; port++)
        {
            bench.SetLink(port, false, speed: port < 2 ? 10_000u : 1_000u);
            if (port >= 2)
                bench.Peers[port].System = new SystemId(5, new MacAddress(0x0200_5e20_0099));
        }
        foreach (var port in (int[])[2, 3, 4])
            bench.Peers[port].Follow();
        bench.Up(2, 3, 4);
        bench.RunTo(4);
        Assert.Equal([2, 3, 4], Carrying(bench));
        bench.Zero();
        bench.Up(0, 1);
        bench.Peers[0].Follow();
        bench.Peers[1].Follow();
        bench.RunTo(9.9);
        Assert.Equal([2, 3, 4], Carrying(bench));
        bench.RunTo(14);
        Assert.Equal([0, 1], Carrying(bench));
    }

    [Theory]
    [InlineData("stable", new[] { 0 })]
    [InlineData("count", new[] { 1, 2, 3 })]
    [InlineData("actor_port_prio", new[] { 4 })]
    public void Each_policy_prefers_its_criterion(string policy, int[] expected)
    {
        var bench = new LacpBench(5, "ad_select", policy);
        uint[] speeds = [100_000, 1_000, 1_000, 1_000, 10_000];
        int[] systems = [1, 2, 2, 2, 3];
        string[] priorities = ["1", "1", "1", "1", "9"];
        for (var port = 0; port < 5; port++)
        {
            bench.SetLink(port, false, speed: speeds[port]);
            bench.SetMember(port, "actor_port_prio", priorities[port]);
            bench.Peers[port].System = new SystemId(5, new MacAddress(0x0200_5e20_0090 + (ulong)systems[port]));
        }
        bench.Steady().RunTo(30);
        Assert.Equal(expected, Carrying(bench));
    }

    private static IEnumerable<int[]> Permutations(int[] items) =>
        items.Length < 2
            ? [items]
            : items.SelectMany(first => Permutations([.. items.Where(item => item != first)]).Select(rest => (int[])[first, .. rest]));
}
