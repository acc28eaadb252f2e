using System.Net;
using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Tandem.Core.Packets;
using Xunit;

namespace Tandem.Core.Tests.Brain.Balancing;

/// <summary>balance-alb: by ARP, each peer learns the address of a member.</summary>
public sealed class AlbPeerTests : AlbLab
{
    [Fact]
    public void Peers_are_spread_over_the_members_and_told_their_addresses()
    {
        var told = Enumerable.Range(0, 16).Select(peer => Ask(peer)).ToList();
        Assert.All(told.GroupBy(answer => answer.Port), group => Assert.Equal(4, group.Count()));
        Assert.All(told, answer => Assert.Equal(A.Ports.Single(port => port.Name == answer.Port).Address, answer.Told));
        Assert.Equal(16, Mode.Peers.Peers.Count);
        // All peers know the right address, so the bond has nothing to correct.
        Heard.Clear();
        World.Run(10_000);
        Assert.Empty(Tellings());
    }

    [Fact]
    public void Peers_that_come_by_chance_into_the_same_buckets_are_spread_too()
    {
        // Sixteen peers whose buckets belong to the same member.
        var table = A.Plan.Balancing!.Peers;
        var same = Enumerable.Range(0, 200).Where(peer => table[Bucket(peer)] == 0).Take(16).ToList();
        var told = same.ToDictionary(Mac, peer => Ask(peer));
        Heard.Clear();
        World.Run(10_000);
        Assert.All(Mode.Peers.Peers.GroupBy(peer => peer.Member!.Name), group => Assert.Equal(4, group.Count()));
        Assert.Equal(4, Mode.Peers.Peers.Select(peer => peer.Member).Distinct().Count());
        // The last answer to each peer names the peer's present member.
        foreach (var (port, address, peer) in Tellings())
            told[peer] = (port, address);
        foreach (var peer in Mode.Peers.Peers)
            Assert.Equal((peer.Member!.Name, Mode.Addresses[peer.Member]), told[peer.Station]);
    }

    [Fact]
    public void A_request_of_the_host_leaves_by_the_peers_member_and_the_others_are_told_again_two_seconds_later()
    {
        for (var peer = 0; peer < 8; peer++)
            Ask(peer);
        Heard.Clear();
        A.Send(Arp(1, A.Bond.Address, Server, MacAddress.Broadcast, Ip(9)));
        World.Run(1900);
        var (port, told, _) = Assert.Single(Tellings());
        var member = A.Bond.Members.Single(each => each.Name == port);
        Assert.Equal(Mode.Addresses[member], told);
        Heard.Clear();
        World.Run(400);
        Assert.Equal(8, Tellings().Select(telling => telling.Peer).Distinct().Count());
        Heard.Clear();
        World.Run(5000);
        Assert.Empty(Tellings());
    }

    [Fact]
    public void A_host_that_asks_without_end_does_not_keep_its_peers_from_being_told()
    {
        Ask(1);
        Heard.Clear();
        for (var second = 0; second < 20; second++)
        {
            A.Send(Arp(1, A.Bond.Address, Server, MacAddress.Broadcast, Ip(200)));
            World.Run(1000);
        }
        Assert.InRange(Tellings().Count(telling => telling.Peer == Mac(1)), 2 * 6, 2 * 11);
    }

    [Fact]
    public void Gratuitous_arp_and_probes_say_the_bonds_address_by_the_active_member()
    {
        Heard.Clear();
        A.Send(Arp(1, A.Bond.Address, Server, MacAddress.Broadcast, Server));
        A.Send(Arp(1, A.Bond.Address, 0, MacAddress.Broadcast, Ip(3)));
        World.Run(1);
        Assert.All(Tellings(), telling => Assert.Equal(("eth0", A.Bond.Address), (telling.Port, telling.Told)));
        Assert.Equal(2, Tellings().Count);
    }

    [Fact]
    public void Peers_of_a_member_that_fails_are_told_another_at_once_and_three_times_more()
    {
        for (var peer = 0; peer < 16; peer++)
            Ask(peer);
        var lost = Mode.Peers.Peers.Where(peer => peer.Member!.Name == "eth2").Select(peer => peer.Station).ToHashSet();
        Heard.Clear();
        Cables[2].Cut();
        World.Run(1);
        Assert.Equal(lost, Tellings().Select(telling => telling.Peer).ToHashSet());
        Assert.DoesNotContain(Tellings(), telling => telling.Port == "eth2");
        Assert.All(Mode.Peers.Peers, peer => Assert.NotEqual("eth2", peer.Member!.Name));
        World.Run(20_000);
        Assert.Equal(lost.Count * 2 * 4, Tellings().Count);
        // Sixteen peers over three members, as evenly as possible.
        Assert.All(Mode.Peers.Peers.GroupBy(peer => peer.Member), group => Assert.InRange(group.Count(), 5, 6));
    }

    [Fact]
    public void A_gratuitous_answer_of_the_host_is_put_right()
    {
        Ask(1);
        Heard.Clear();
        A.Send(Arp(2, A.Bond.Address, Server, MacAddress.Broadcast, Server));
        World.Run(3000);
        Assert.Contains(Tellings(), telling => telling.Peer == Mac(1));
    }

    [Fact]
    public void A_question_of_a_known_peer_makes_no_plan()
    {
        Ask(1);
        var plans = A.Plans.Count;
        for (var i = 0; i < 100; i++)
            Ask(1);
        Assert.Equal(plans, A.Plans.Count);
    }

    [Fact]
    public void A_member_that_returns_gets_its_share_of_the_peers_again()
    {
        for (var peer = 0; peer < 16; peer++)
            Ask(peer);
        Cables[2].Cut();
        World.Run(30_000);
        Heard.Clear();
        Cables[2].Mend();
        World.Run(1);
        Assert.All(Mode.Peers.Peers.GroupBy(peer => peer.Member), group => Assert.Equal(4, group.Count()));
        Assert.Equal(4, Tellings().Select(telling => telling.Peer).Distinct().Count());
        Assert.All(Tellings(), telling => Assert.Equal("eth2", telling.Port));
    }

    [Fact]
    public void A_peer_in_a_VLAN_is_told_there()
    {
        B.Ports[0].Transmit(Arp(1, Mac(1), Ip(1), MacAddress.Broadcast, Server, vlan: 7));
        World.Run(1);
        var peer = Assert.Single(Mode.Peers.Peers);
        Assert.Equal(new FrameTag(EtherType.Vlan, 7), peer.Tag);
        Heard.Clear();
        Cables[A.Bond.Members.ToList().IndexOf(peer.Member!)].Cut();
        World.Run(1);
        var telling = Heard.First(heard => MacAddress.Read(heard.Frame) == Mac(1) && Told(heard.Frame) is not null);
        Assert.Equal([0x81, 0x00, 0x00, 0x07, 0x08, 0x06], telling.Frame[12..18]);
    }

    [Fact]
    public void A_station_that_claims_our_address_is_left_alone_with_its_peers()
    {
        Ask(1);
        B.Ports[1].Transmit(Arp(2, Mac(77), Server, MacAddress.Broadcast, Ip(1)));
        World.Run(1);
        Assert.Empty(Mode.Peers.Peers);
        Heard.Clear();
        Cables[2].Cut();
        World.Run(10_000);
        Assert.Empty(Tellings());
    }

    [Fact]
    public void A_storm_of_new_peers_is_bounded_and_displaces_no_known_peer()
    {
        for (var peer = 0; peer < 8; peer++)
            Ask(peer);
        for (var peer = 1000; peer < 5000; peer++)
            B.Ports[0].Transmit(Arp(1, Mac(peer), Ip(peer), MacAddress.Broadcast, Server));
        World.Run(100);
        Assert.Equal(PeerTable.Most, Mode.Peers.Peers.Count);
        for (var peer = 0; peer < 8; peer++)
            Assert.Contains(Mode.Peers.Peers, known => known.Station == Mac(peer));
    }

    [Fact]
    public void Peers_of_an_address_that_is_gone_are_forgotten()
    {
        Ask(1);
        A.StackOf = _ => new HostStack { OwnAddresses = new IpAddressSet([new IPAddress([10, 0, 0, 9])]) };
        A.TellStack();
        Assert.Empty(Mode.Peers.Peers);
    }
}
