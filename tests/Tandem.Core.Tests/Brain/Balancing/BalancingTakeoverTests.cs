using System.Net;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain.Balancing;

/// <summary>balance-alb and balance-tlb: a service that takes over changes nothing for peers and flows.</summary>
public sealed class BalancingTakeoverTests : AlbLab
{
    private const double Away = 3_000;

    [Fact]
    public void Peers_keep_their_member_and_notice_no_takeover()
    {
        for (var peer = 0; peer < 17; peer++)
            Ask(peer);
        B.Ports[0].Transmit(Arp(1, Mac(40), Ip(40), MacAddress.Broadcast, Server, vlan: 7));
        World.Run(30_000);
        var before = Table();
        Heard.Clear();
        var plans = Carrying();
        A.Succeed(Away);
        World.Run(20_000);
        Assert.Equal(before, Table());
        Assert.Empty(Tellings());
        plans.AssertUnchanged();
    }

    [Fact]
    public void Peers_that_are_not_spread_evenly_stay_where_they_are()
    {
        Own(1, 2);
        for (var peer = 0; peer < 16; peer++)
            Ask(peer);
        foreach (var peer in Enumerable.Range(0, 16).Where(peer => Table()[peer].Member == "eth1").ToList())
            Ask(peer, Server + 1);
        // After this change, only peers of one member are left.
        Own(2);
        World.Run(20_000);
        var before = Table();
        Assert.Equal(4, before.Count);
        Assert.All(before, peer => Assert.Equal("eth1", peer.Member));
        Heard.Clear();
        A.Succeed(Away);
        World.Run(20_000);
        Assert.Equal(before, Table());
        Assert.Empty(Tellings());
    }

    [Fact]
    public void Addresses_that_members_exchanged_stay_exchanged()
    {
        Cables[0].Cut();
        World.Run(20_000);
        Cables[0].Mend();
        World.Run(20_000);
        var addresses = A.Ports.Select(port => port.Address).ToList();
        var plans = Carrying();
        A.Succeed(Away);
        World.Run(20_000);
        Assert.Equal(addresses, A.Ports.Select(port => port.Address));
        plans.AssertUnchanged();
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void Peers_whose_member_is_gone_at_the_takeover_are_moved_and_the_others_hear_nothing(bool isRemoved)
    {
        for (var peer = 0; peer < 16; peer++)
            Ask(peer);
        World.Run(20_000);
        var address = A.Ports[2].Address;
        var before = Table();
        var lost = before.Where(peer => peer.Member == "eth2").Select(peer => peer.Station).ToHashSet();
        Heard.Clear();
        A.Succeed(Away, meanwhile: () => Lose(2, isRemoved));
        World.Run(1);
        Assert.Equal(lost, Tellings().Select(telling => telling.Peer).ToHashSet());
        Assert.Equal(before.Where(peer => peer.Member != "eth2"), Table().Where(peer => !lost.Contains(peer.Station)));
        Assert.DoesNotContain(Table(), peer => peer.Member is null or "eth2");
        Assert.DoesNotContain(Table(), peer => peer.Reason.StartsWith(' '));
        // Frames to the lost member's address arrive by the active member.
        Assert.Contains(Heard, heard => heard.Port == "eth0" && IsLearning(heard.Frame) && MacAddress.Read(heard.Frame) == address);
        Assert.Equal(["eth0"], A.HearingAll);
        A.Received.Clear();
        B.Ports[0].Transmit(Data(address));
        World.Run(1);
        Assert.Equal(A.Bond.Address, MacAddress.Read(Assert.Single(A.Received).Frame));
        World.Run(20_000);
        Assert.Empty(A.HearingAll);
        Assert.Equal(lost.Count * 2 * 4, Tellings().Count);
    }

    [Fact]
    public void A_member_that_had_no_link_before_and_has_one_at_the_takeover_gets_its_share()
    {
        for (var peer = 0; peer < 16; peer++)
            Ask(peer);
        Cables[2].Cut();
        World.Run(20_000);
        A.Succeed(Away, meanwhile: Cables[2].Mend);
        World.Run(1_000);
        Assert.All(Table().GroupBy(peer => peer.Member), group => Assert.Equal(4, group.Count()));
        Assert.All(A.Bond.Members, member => Assert.InRange(A.Plan.Balancing!.Buckets.Count(place => place == member.Slot), 32, 96));
    }

    [Fact]
    public void Frames_for_a_member_lost_before_a_takeover_still_arrive_after_it()
    {
        var address = A.Ports[2].Address;
        Cables[2].Cut();
        World.Run(1_000);
        A.Succeed(Away);
        World.Run(1);
        Assert.Equal(["eth0"], A.HearingAll);
        Assert.Contains(address, A.Plan.Balancing!.Stations);
        B.Ports[0].Transmit(Data(address));
        World.Run(1);
        Assert.Equal(A.Bond.Address, MacAddress.Read(Assert.Single(A.Received).Frame));
        // The address is accepted for as long as without a takeover.
        World.Run(5_900);
        Assert.Equal(["eth0"], A.HearingAll);
        World.Run(200);
        Assert.Empty(A.HearingAll);
    }

    [Fact]
    public void A_peer_that_was_to_be_told_again_is_told_after_the_takeover()
    {
        for (var peer = 0; peer < 4; peer++)
            Ask(peer);
        World.Run(20_000);
        Cables[2].Cut();
        World.Run(100);
        var moved = Mode.Peers.Peers.Where(peer => peer.TellingsLeft > 0).Select(peer => peer.Station).ToHashSet();
        Assert.NotEmpty(moved);
        Heard.Clear();
        A.Succeed(100);
        World.Run(20_000);
        Assert.Equal(moved, Tellings().Select(telling => telling.Peer).ToHashSet());
        Assert.Equal(moved.Count * 2 * 3, Tellings().Count);
    }

    [Fact]
    public void An_ARP_request_that_told_all_peers_one_address_meanwhile_is_corrected()
    {
        for (var peer = 0; peer < 4; peer++)
            Ask(peer);
        A.Send(Arp(1, A.Bond.Address, Server, MacAddress.Broadcast, Ip(9)));
        World.Run(20_000);
        A.Succeed(Away, meanwhile: () => A.Send(Arp(1, A.Bond.Address, Server, MacAddress.Broadcast, Ip(9))));
        Heard.Clear();
        World.Run(20_000);
        Assert.Equal(4, Tellings().Select(telling => telling.Peer).Distinct().Count());
        Assert.Equal(4 * 2, Tellings().Count);
    }

    [Fact]
    public void Peers_of_an_address_that_went_meanwhile_are_forgotten()
    {
        Ask(1);
        A.Succeed(Away, meanwhile: () => A.StackOf = _ => new HostStack());
        World.Run(10);
        // The next service has not read the host's addresses yet: an unknown list is not an empty one.
        Assert.Single(Mode.Peers.Peers);
        Own(9);
        Assert.Empty(Mode.Peers.Peers);
    }

    [Fact]
    public void With_the_state_of_an_older_version_peers_are_learned_anew()
    {
        for (var peer = 0; peer < 16; peer++)
            Ask(peer);
        A.Succeed(Away, keepsBalancing: false);
        World.Run(10);
        Assert.Empty(Mode.Peers.Peers);
        foreach (var peer in Enumerable.Range(0, 16))
            Ask(peer);
        Assert.All(Table().GroupBy(peer => peer.Member), group => Assert.Equal(4, group.Count()));
    }

    [Fact]
    public void The_flows_of_balance_tlb_stay_on_their_members_with_the_addresses_that_these_have()
    {
        var tlb = World.AddStation("c", 4);
        var cables = World.Connect(tlb, World.AddStation("d", 4).Start());
        tlb.Start("mode", "balance-tlb");
        // Losses and returns of links have exchanged addresses and buckets before the takeover.
        foreach (var cable in new[] { cables[0], cables[2], cables[1] })
        {
            World.Run(5_000);
            cable.Cut();
            World.Run(5_000);
            cable.Mend();
        }
        World.Run(10_000);
        var before = tlb.Plan;
        var published = tlb.Plans.Count;
        tlb.Succeed(Away);
        World.Run(900);
        Assert.All(tlb.Plans.Skip(published), plan => Assert.True(before.SameAs(plan), plan.ToString()));
    }

    // Sets the addresses of the host.
    private void Own(params byte[] numbers)
    {
        A.StackOf = _ => new HostStack { OwnAddresses = new IpAddressSet(numbers.Select(number => new IPAddress([10, 0, 0, number]))) };
        A.TellStack();
    }

    private void Lose(int port, bool isRemoved)
    {
        Cables[port].Cut();
        A.Ports[port].Exists = !isRemoved;
    }

    private List<(uint Address, FrameTag? Tag, MacAddress Station, string? Member, long Since, string Reason)> Table() =>
        [
            .. Mode
                .Peers.Peers.OrderBy(peer => peer.Address)
                .Select(peer => (peer.Address, peer.Tag, peer.Station, peer.Member?.Name, peer.Since, peer.Reason)),
        ];

    private PlansSince Carrying() => new(A);

    // Checks that all later plans treat each frame as the present plan does.
    private sealed class PlansSince(Station station)
    {
        private readonly ForwardingPlan _before = station.Plan;
        private readonly int _published = station.Plans.Count;

        public void AssertUnchanged() =>
            Assert.All(station.Plans.Skip(_published), plan => Assert.True(_before.SameAs(plan), plan.ToString()));
    }
}
