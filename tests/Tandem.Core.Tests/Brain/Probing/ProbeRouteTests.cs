using System.Net;
using Tandem.Core.Bonds;
using Tandem.Core.Monitoring;
using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain.Probing;

public sealed class ProbeRouteTests : ProbedHost
{
    [Fact]
    public void A_probe_is_a_broadcast_of_42_octets_from_the_member_with_the_hosts_address()
    {
        ActiveBackup();
        var probe = Lan.Seen[0].Frame;
        Assert.Equal(42, probe.Length);
        Assert.True(NeighborFrame.TryRead(probe, out var read));
        Assert.Equal((MacAddress.Broadcast, First.Address), (read.Destination, read.Source));
        Assert.False(read.IsArpReply);
        Assert.Equal(Octets(Stacks.Ip4), read.Sender.ToArray());
        Assert.Equal(Octets(Target), read.Target.ToArray());
    }

    [Fact]
    public void A_solicitation_goes_to_the_group_of_the_target()
    {
        ActiveBackup("ns_ip6_target", Target6);
        var probe = Lan.Seen[0].Frame;
        Assert.True(NeighborFrame.TryRead(probe, out var read));
        Assert.Equal(new MacAddress(0x3333_ff00_0009), read.Destination);
        Assert.Equal(Octets(Stacks.Ip6), read.Sender.ToArray());
        Assert.Equal(Octets("ff02::1:ff00:9"), read.Target.ToArray());
    }

    [Fact]
    public void Probes_have_the_tags_of_the_way_and_answers_with_tags_count()
    {
        FrameTag[] tags = [new(EtherType.ServiceVlan, 7), new(EtherType.Vlan, 9)];
        A.StackOf = targets => Stacks.OnBond(targets, tags);
        ActiveBackup("arp_validate", "all");
        Pass(20);
        Assert.Equal([0x88, 0xa8, 0, 7, 0x81, 0, 0, 9, 8, 6], Lan.Seen[0].Frame[12..22]);
        Assert.Equal(0u, First.LinkFailures);
        Assert.Equal(0u, Second.LinkFailures);
    }

    [Fact]
    public void A_target_without_a_route_is_asked_without_an_address_and_named()
    {
        A.StackOf = Stacks.WithoutRoutes;
        ActiveBackup();
        Pass(5);
        Assert.True(NeighborFrame.TryRead(Lan.Seen[0].Frame, out var read));
        Assert.Equal(new byte[4], read.Sender.ToArray());
        Assert.Equal(0u, First.LinkFailures);
        Assert.Empty(Notices);
        Pass(60);
        Assert.Single(Notices, notice => notice.Contains($"no route leads directly to {Target} (arp_ip_target)", StringComparison.Ordinal));
        Pass(600);
        Assert.Single(Notices);
    }

    [Fact]
    public void A_target_whose_route_leaves_elsewhere_is_not_asked_and_named()
    {
        A.StackOf = targets =>
            Stacks.OnBond(targets) with
            {
                Ways = [Stacks.By(targets[0]), new ProbeWay(targets[1], ProbeRoute.Elsewhere, [], IPAddress.Any)],
            };
        ActiveBackup("arp_ip_target", $"{Target},{OtherTarget}", "arp_validate", "all", "arp_all_targets", "all");
        Pass(70);
        Assert.Equal(0, Other.Asked);
        Assert.Equal(0u, First.LinkFailures);
        Assert.Single(
            Notices,
            notice =>
                notice.Contains($"{OtherTarget} (arp_ip_target) is not probed: its route does not use bond0", StringComparison.Ordinal)
        );
    }

    [Fact]
    public void Without_a_target_that_can_be_asked_the_carrier_decides_and_probes_do_again_when_there_is_one()
    {
        A.StackOf = Stacks.Elsewhere;
        ActiveBackup();
        Pass(20);
        Assert.Equal(0, Host.Asked);
        Assert.Equal(LinkState.Up, First.State);
        Assert.Single(Notices, notice => notice.Contains("the carrier decides", StringComparison.Ordinal));
        Lan.Cables[0].Cut();
        World.Run(1);
        Assert.Equal(LinkState.Down, First.State);
        Assert.Same(Second, A.Bond.Active);
        A.StackOf = targets => Stacks.OnBond(targets);
        A.TellStack();
        Lan.Silence(1);
        Pass(5);
        Assert.NotEqual(LinkState.Up, Second.State);
        Assert.False(A.Carrier);
    }

    [Fact]
    public void Without_targets_the_carrier_decides_and_the_bond_says_so()
    {
        A.Start("mode", "active-backup", "arp_interval", "100");
        Pass(20);
        Assert.Equal(LinkState.Up, First.State);
        Assert.Contains("has no target", Assert.Single(Notices), StringComparison.Ordinal);
        Lan.Cables[0].Cut();
        World.Run(1);
        Assert.Same(Second, A.Bond.Active);
    }

    [Fact]
    public void Nothing_is_asked_and_nobody_judged_before_the_ways_are_known()
    {
        A.StackOf = _ => HostStack.Unknown;
        ActiveBackup();
        Pass(50);
        Assert.Equal(0, Host.Asked);
        Assert.Equal(LinkState.Up, First.State);
    }

    [Fact]
    public void The_stack_is_watched_while_the_monitor_is_on()
    {
        ActiveBackup();
        Assert.Equal([IPAddress.Parse(Target)], A.Watched!);
        A.Set("arp_ip_target", $"{OtherTarget},{Target}");
        Assert.Equal(2, A.Watched!.Count);
        A.Set("arp_interval", "0");
        Assert.Null(A.Watched);
    }
}
