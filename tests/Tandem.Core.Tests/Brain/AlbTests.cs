using System.Buffers.Binary;
using System.Net;
using Tandem.Core.Balancing;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

/// <summary>balance-alb: peers are told by ARP by which member to send.</summary>
public sealed class AlbTests
{
    private const uint Server = 0x0a00_0001;
    private readonly World _world = new();
    private readonly Station _a;
    private readonly Station _b;
    private readonly IReadOnlyList<Cable> _cables;

    // What each port of the other side hears: which peers would get it is in the frames.
    private readonly List<(string Port, byte[] Frame)> _heard = [];

    public AlbTests()
    {
        _a = _world.AddStation("a", 4);
        _b = _world.AddStation("b", 4);
        _cables = _world.Connect(_a, _b);
        foreach (var port in _b.Ports)
        {
            port.IsUp = true;
            port.Heard = frame => _heard.Add((port.Name, frame));
        }
        _a.StackOf = _ => new HostStack { OwnAddresses = new IpAddressSet([new IPAddress([10, 0, 0, 1])]) };
        _a.Start("mode", "balance-alb");
        _world.Run(5);
    }

    private AlbMode Mode => (AlbMode)_a.Bond.Mode;

    private static uint Ip(int peer) => 0x0a00_0100 + (uint)peer;

    private static MacAddress Mac(int peer) => new(0x0200_00aa_0000 + (ulong)peer);

    private static byte[] Arp(ushort operation, MacAddress from, uint sender, MacAddress to, uint target, ushort vlan = 0)
    {
        var frame = new byte[64];
        ReadOnlySpan<FrameTag> tags = vlan == 0 ? [] : [new FrameTag(EtherType.Vlan, vlan)];
        var offset = EthernetWriter.Write(frame, to, from, tags, EtherType.Arp);
        byte[] start = [0, 1, 8, 0, 6, 4];
        start.CopyTo(frame, offset);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(offset + 6), operation);
        from.Write(frame.AsSpan(offset + 8));
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(offset + 14), sender);
        BinaryPrimitives.WriteUInt32BigEndian(frame.AsSpan(offset + 24), target);
        return frame;
    }

    /// <summary>A peer asks for the host's address, and the host answers; by which port, and what it says.</summary>
    private (string Port, MacAddress Told) Ask(int peer, uint server = Server)
    {
        _b.Ports[0].Transmit(Arp(1, Mac(peer), Ip(peer), MacAddress.Broadcast, server));
        _world.Run(0.1);
        _heard.Clear();
        _a.Send(Arp(2, _a.Bond.Address, server, Mac(peer), Ip(peer)));
        _world.Run(0.1);
        var (port, frame) = _heard.First(heard => Told(heard.Frame) is not null && MacAddress.Read(heard.Frame) == Mac(peer));
        Assert.Equal(Told(frame), MacAddress.Read(frame.AsSpan(6)));
        return (port, Told(frame)!.Value);
    }

    private static MacAddress? Told(byte[] frame) =>
        EthernetHeader.TryRead(frame, readTag: true, out var header)
        && header.Type == EtherType.Arp
        && ArpPacket.TryRead(frame.AsSpan(header.PayloadOffset), out var arp)
            ? arp.SenderMac
            : null;

    private List<(string Port, MacAddress Told, MacAddress Peer)> Tellings() =>
        [
            .. _heard
                .Where(heard => Told(heard.Frame) is not null)
                .Select(heard => (heard.Port, Told(heard.Frame)!.Value, MacAddress.Read(heard.Frame))),
        ];

    [Fact]
    public void Each_interface_has_an_address_of_its_own_and_the_active_member_the_bonds()
    {
        Assert.Equal(_a.Bond.Address, _a.Ports[0].Address);
        Assert.Equal(4, _a.Ports.Select(port => port.Address).Distinct().Count());
        Assert.Equal(_a.Ports.Select(port => port.Address), _a.Bond.Members.Select(member => Mode.Addresses[member]));
    }

    [Fact]
    public void Peers_are_spread_over_the_members_and_told_their_addresses()
    {
        var told = Enumerable.Range(0, 16).Select(peer => Ask(peer)).ToList();
        Assert.All(told.GroupBy(answer => answer.Port), group => Assert.Equal(4, group.Count()));
        Assert.All(told, answer => Assert.Equal(_a.Ports.Single(port => port.Name == answer.Port).Address, answer.Told));
        Assert.Equal(16, Mode.Peers.Peers.Count);
        // All is as they were told: there is nothing to correct.
        _heard.Clear();
        _world.Run(10_000);
        Assert.Empty(Tellings());
    }

    [Fact]
    public void Peers_that_come_by_chance_into_the_same_buckets_are_spread_too()
    {
        // All of one member by their buckets.
        var table = _a.Plan.Balancing!.Peers;
        var same = Enumerable.Range(0, 200).Where(peer => table[Bucket(peer)] == 0).Take(16).ToList();
        var told = same.ToDictionary(Mac, peer => Ask(peer));
        _heard.Clear();
        _world.Run(10_000);
        Assert.All(Mode.Peers.Peers.GroupBy(peer => peer.Member!.Name), group => Assert.Equal(4, group.Count()));
        Assert.Equal(4, Mode.Peers.Peers.Select(peer => peer.Member).Distinct().Count());
        // What each was told last is where it is.
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
        _heard.Clear();
        _a.Send(Arp(1, _a.Bond.Address, Server, MacAddress.Broadcast, Ip(9)));
        _world.Run(1900);
        var (port, told, _) = Assert.Single(Tellings());
        var member = _a.Bond.Members.Single(each => each.Name == port);
        Assert.Equal(Mode.Addresses[member], told);
        _heard.Clear();
        _world.Run(400);
        Assert.Equal(8, Tellings().Select(telling => telling.Peer).Distinct().Count());
        _heard.Clear();
        _world.Run(5000);
        Assert.Empty(Tellings());
    }

    [Fact]
    public void A_host_that_asks_without_end_does_not_keep_its_peers_from_being_told()
    {
        Ask(1);
        _heard.Clear();
        for (var second = 0; second < 20; second++)
        {
            _a.Send(Arp(1, _a.Bond.Address, Server, MacAddress.Broadcast, Ip(200)));
            _world.Run(1000);
        }
        Assert.InRange(Tellings().Count(telling => telling.Peer == Mac(1)), 2 * 6, 2 * 11);
    }

    [Fact]
    public void Gratuitous_arp_and_probes_say_the_bonds_address_by_the_active_member()
    {
        _heard.Clear();
        _a.Send(Arp(1, _a.Bond.Address, Server, MacAddress.Broadcast, Server));
        _a.Send(Arp(1, _a.Bond.Address, 0, MacAddress.Broadcast, Ip(3)));
        _world.Run(1);
        Assert.All(Tellings(), telling => Assert.Equal(("eth0", _a.Bond.Address), (telling.Port, telling.Told)));
        Assert.Equal(2, Tellings().Count);
    }

    [Fact]
    public void Peers_of_a_member_that_fails_are_told_another_at_once_and_three_times_more()
    {
        for (var peer = 0; peer < 16; peer++)
            Ask(peer);
        var lost = Mode.Peers.Peers.Where(peer => peer.Member!.Name == "eth2").Select(peer => peer.Station).ToHashSet();
        _heard.Clear();
        _cables[2].Cut();
        _world.Run(1);
        Assert.Equal(lost, Tellings().Select(telling => telling.Peer).ToHashSet());
        Assert.DoesNotContain(Tellings(), telling => telling.Port == "eth2");
        Assert.All(Mode.Peers.Peers, peer => Assert.NotEqual("eth2", peer.Member!.Name));
        _world.Run(20_000);
        Assert.Equal(lost.Count * 2 * 4, Tellings().Count);
        // Spread as evenly as sixteen can be over three.
        Assert.All(Mode.Peers.Peers.GroupBy(peer => peer.Member), group => Assert.InRange(group.Count(), 5, 6));
    }

    [Fact]
    public void What_is_still_sent_to_a_failed_member_arrives_by_the_active_one()
    {
        var address = _a.Ports[2].Address;
        _heard.Clear();
        _cables[2].Cut();
        _world.Run(1);
        Assert.Contains(_heard, heard => heard.Port == "eth0" && IsLearning(heard.Frame) && MacAddress.Read(heard.Frame) == address);
        Assert.Equal(["eth0"], _a.HearingAll);
        _a.Received.Clear();
        _b.Ports[0].Transmit(Data(address));
        _world.Run(1);
        Assert.Equal(_a.Bond.Address, MacAddress.Read(Assert.Single(_a.Received).Frame));
        _world.Run(11_000);
        Assert.Empty(_a.HearingAll);
    }

    [Fact]
    public void What_is_still_sent_to_the_member_that_became_the_active_one_arrives_there()
    {
        var address = _a.Ports[1].Address;
        _cables[0].Cut();
        _world.Run(1);
        // The lost one has that address now, and its card hears nothing.
        Assert.Equal(address, _a.Ports[0].Address);
        Assert.Equal(["eth1"], _a.HearingAll);
        Assert.Contains(_heard, heard => heard.Port == "eth1" && IsLearning(heard.Frame) && MacAddress.Read(heard.Frame) == address);
        _a.Received.Clear();
        _b.Ports[1].Transmit(Data(address));
        _world.Run(1);
        Assert.Equal(_a.Bond.Address, MacAddress.Read(Assert.Single(_a.Received).Frame));
        _world.Run(11_000);
        Assert.Empty(_a.HearingAll);
    }

    [Fact]
    public void Nothing_is_due_while_no_member_can_carry_frames_or_the_bond_is_down()
    {
        for (var peer = 0; peer < 4; peer++)
            Ask(peer);
        foreach (var cable in _cables)
            cable.Cut();
        _world.Run(2000);
        Assert.True(_a.Bond.NextDeadline > _world.Now);
        foreach (var cable in _cables)
            cable.Mend();
        _world.Run(10);
        _cables[2].Cut();
        _world.Run(1);
        _a.Bond.SetUp(_world.Now, up: false);
        _world.Run(1);
        Assert.True(_a.Bond.NextDeadline > _world.Now);
        Assert.Empty(_a.HearingAll);
    }

    [Fact]
    public void What_a_switch_floods_for_another_station_is_delivered_from_the_active_member_alone()
    {
        foreach (var port in _b.Ports)
            port.Transmit(Data(new MacAddress(0x5254_0000_0001)));
        _world.Run(1);
        Assert.Equal("eth0", Assert.Single(_a.Received).Port.Name);
    }

    [Fact]
    public void A_gratuitous_answer_of_the_host_is_put_right()
    {
        Ask(1);
        _heard.Clear();
        _a.Send(Arp(2, _a.Bond.Address, Server, MacAddress.Broadcast, Server));
        _world.Run(3000);
        Assert.Contains(Tellings(), telling => telling.Peer == Mac(1));
    }

    [Fact]
    public void A_question_of_a_known_peer_makes_no_plan()
    {
        Ask(1);
        var plans = _a.Plans.Count;
        for (var i = 0; i < 100; i++)
            Ask(1);
        Assert.Equal(plans, _a.Plans.Count);
    }

    [Fact]
    public void A_member_that_is_released_is_stood_in_for_as_well()
    {
        var address = _a.Ports[2].Address;
        Assert.Null(_a.Leave(_a.Ports[2]));
        _world.Run(1);
        _a.Received.Clear();
        _b.Ports[0].Transmit(Data(address));
        _world.Run(1);
        Assert.Equal(_a.Bond.Address, MacAddress.Read(Assert.Single(_a.Received).Frame));
        _world.Run(11_000);
        Assert.DoesNotContain(address, _a.Plan.Balancing!.Stations);
    }

    [Fact]
    public void When_the_active_member_fails_it_swaps_addresses_with_the_next()
    {
        var (first, second) = (_a.Ports[0].Address, _a.Ports[1].Address);
        _cables[0].Cut();
        _world.Run(1);
        Assert.Equal("eth1", _a.Bond.Active!.Name);
        Assert.Equal((second, first), (_a.Ports[0].Address, _a.Ports[1].Address));
        Assert.Equal(first, _a.Bond.Address);
        _cables[0].Mend();
        _world.Run(10);
        Assert.Equal((second, first), (_a.Ports[0].Address, _a.Ports[1].Address));
    }

    [Fact]
    public void A_card_that_refuses_an_address_is_reported_once()
    {
        _a.Fault = (device, what) => device == "eth1" && what == "address" ? "not while it is up" : null;
        _cables[0].Cut();
        _world.Run(5000);
        Assert.Single(_a.Events, happened => happened.Kind == EventKind.Fault);
        Assert.Equal("eth1", _a.Bond.Active!.Name);
    }

    [Fact]
    public void A_member_that_returns_gets_its_share_of_the_peers_again()
    {
        for (var peer = 0; peer < 16; peer++)
            Ask(peer);
        _cables[2].Cut();
        _world.Run(30_000);
        _heard.Clear();
        _cables[2].Mend();
        _world.Run(1);
        Assert.All(Mode.Peers.Peers.GroupBy(peer => peer.Member), group => Assert.Equal(4, group.Count()));
        Assert.Equal(4, Tellings().Select(telling => telling.Peer).Distinct().Count());
        Assert.All(Tellings(), telling => Assert.Equal("eth2", telling.Port));
    }

    [Fact]
    public void To_one_station_frames_arrive_on_any_member_and_to_a_group_on_the_active_one_alone()
    {
        foreach (var port in _b.Ports)
        {
            port.Transmit(Data(_a.Bond.Address));
            port.Transmit(Data(MacAddress.Broadcast));
        }
        _world.Run(1);
        Assert.Equal(5, _a.Received.Count);
        Assert.Equal("eth0", Assert.Single(_a.Received, received => received.Frame[0] == 0xff).Port.Name);
    }

    [Fact]
    public void A_peer_in_a_VLAN_is_told_there()
    {
        _b.Ports[0].Transmit(Arp(1, Mac(1), Ip(1), MacAddress.Broadcast, Server, vlan: 7));
        _world.Run(1);
        var peer = Assert.Single(Mode.Peers.Peers);
        Assert.Equal(new FrameTag(EtherType.Vlan, 7), peer.Tag);
        _heard.Clear();
        _cables[_a.Bond.Members.ToList().IndexOf(peer.Member!)].Cut();
        _world.Run(1);
        var telling = _heard.First(heard => MacAddress.Read(heard.Frame) == Mac(1) && Told(heard.Frame) is not null);
        Assert.Equal([0x81, 0x00, 0x00, 0x07, 0x08, 0x06], telling.Frame[12..18]);
    }

    [Fact]
    public void Who_says_that_it_has_our_address_is_left_alone_with_its_peers()
    {
        Ask(1);
        _b.Ports[1].Transmit(Arp(2, Mac(77), Server, MacAddress.Broadcast, Ip(1)));
        _world.Run(1);
        Assert.Empty(Mode.Peers.Peers);
        _heard.Clear();
        _cables[2].Cut();
        _world.Run(10_000);
        Assert.Empty(Tellings());
    }

    [Fact]
    public void A_storm_of_peers_drives_no_known_one_out_and_has_a_bound()
    {
        for (var peer = 0; peer < 8; peer++)
            Ask(peer);
        for (var peer = 1000; peer < 5000; peer++)
            _b.Ports[0].Transmit(Arp(1, Mac(peer), Ip(peer), MacAddress.Broadcast, Server));
        _world.Run(100);
        Assert.Equal(PeerTable.Most, Mode.Peers.Peers.Count);
        for (var peer = 0; peer < 8; peer++)
            Assert.Contains(Mode.Peers.Peers, known => known.Station == Mac(peer));
    }

    [Fact]
    public void Peers_of_an_address_that_is_gone_are_forgotten()
    {
        Ask(1);
        _a.StackOf = _ => new HostStack { OwnAddresses = new IpAddressSet([new IPAddress([10, 0, 0, 9])]) };
        _a.TellStack();
        Assert.Empty(Mode.Peers.Peers);
    }

    [Fact]
    public void Another_address_of_the_bond_is_the_active_members_alone()
    {
        Ask(1);
        var others = _a.Ports.Skip(1).Select(port => port.Address).ToList();
        var address = new MacAddress(0x0200_0000_7777);
        Assert.Null(_a.Bond.SetAddress(_world.Now, address));
        Assert.Equal(address, _a.Ports[0].Address);
        Assert.Equal(address, _a.Plan.Balancing!.Address);
        Assert.Equal(others, _a.Ports.Skip(1).Select(port => port.Address));
        // One that another member has: they swap.
        var first = _a.Ports[0].Address;
        Assert.Null(_a.Bond.SetAddress(_world.Now, others[1]));
        Assert.Equal((others[1], first), (_a.Ports[0].Address, _a.Ports[2].Address));
    }

    [Fact]
    public void Members_get_the_addresses_back_that_they_had()
    {
        var before = _a.Ports.Select(port => port.Address).ToList();
        _cables[0].Cut();
        _world.Run(10);
        Assert.Null(_a.Leave(_a.Ports[1]));
        _world.Run(10);
        Assert.Equal(before[1], _a.Ports[1].Address);
        // Nobody sends with it any more but who had it.
        Assert.DoesNotContain(before[1], Mode.Addresses.All);
    }

    [Fact]
    public void An_interface_that_has_the_address_of_a_member_gets_another()
    {
        Assert.Null(_a.Leave(_a.Ports[3]));
        _a.Ports[3].Address = _a.Ports[1].Address;
        Assert.Null(_a.Join(_a.Ports[3]));
        Assert.Equal(4, Mode.Addresses.All.Distinct().Count());
        Assert.NotEqual(_a.Ports[1].Address, _a.Ports[3].Address);
    }

    [Fact]
    public void An_interface_that_comes_back_while_the_bond_has_its_address_gets_one_that_nobody_uses()
    {
        Assert.Null(_a.Leave(_a.Ports[0]));
        _world.Run(10);
        // eth1 is the active member now, with the address that eth0 brought.
        var unused = _a.Bond.Members[0].PermanentAddress;
        Assert.Null(_a.Join(_a.Ports[0]));
        Assert.Equal(unused, _a.Ports[0].Address);
    }

    private static byte[] Data(MacAddress to)
    {
        var frame = new byte[60];
        to.Write(frame);
        Mac(1).Write(frame.AsSpan(6));
        frame[12] = 0x08;
        return frame;
    }

    private static bool IsLearning(byte[] frame) => (frame[12] << 8 | frame[13]) == EtherType.ConfigurationTest;

    private static byte Bucket(int peer)
    {
        Span<byte> address = stackalloc byte[4];
        BinaryPrimitives.WriteUInt32BigEndian(address, Ip(peer));
        return BucketRule.PeerBucket(address);
    }
}
