using Tandem.Core.Balancing;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

/// <summary>balance-tlb: sent traffic is balanced by measured load.</summary>
public sealed class TlbTests
{
    private static readonly MacAddress Peer = new(0x0200_0000_9901);
    private readonly World _world = new();
    private readonly Station _a;
    private readonly Station _b;
    private readonly IReadOnlyList<Cable> _cables;

    public TlbTests()
    {
        _a = _world.AddStation("a", 4);
        _b = _world.AddStation("b", 4);
        _cables = _world.Connect(_a, _b);
    }

    private void Start(params string[] words)
    {
        foreach (var port in _b.Ports)
            port.IsUp = true;
        _a.Start(["mode", "balance-tlb", .. words]);
        // Members that join get their buckets as soon as these are idle.
        _world.Run(5);
    }

    private byte[] Udp(byte flow, int length = 60, MacAddress? source = null, MacAddress? destination = null)
    {
        var frame = new byte[length];
        (destination ?? Peer).Write(frame);
        (source ?? _a.Bond.Address).Write(frame.AsSpan(6));
        (frame[12], frame[14], frame[23], frame[33]) = (0x08, 0x45, 17, flow);
        return frame;
    }

    private Port Way(byte[] frame) => Assert.Single(_a.Send(frame));

    [Fact]
    public void Flows_are_spread_over_all_members_before_there_is_load()
    {
        Start("xmit_hash_policy", "layer2+3");
        var ports = Enumerable.Range(0, 256).GroupBy(flow => Way(Udp((byte)flow)).Name).ToDictionary(g => g.Key, g => g.Count());
        Assert.Equal(4, ports.Count);
        Assert.All(ports.Values, flows => Assert.Equal(64, flows));
    }

    [Fact]
    public void A_member_that_is_faster_gets_more()
    {
        _a.Ports[1].SpeedMbps = 30_000;
        Start("xmit_hash_policy", "layer2+3");
        var ports = Enumerable.Range(0, 256).GroupBy(flow => Way(Udp((byte)flow)).Name).ToDictionary(g => g.Key, g => g.Count());
        Assert.InRange(ports["eth1"], 126, 130);
        Assert.InRange(ports["eth0"], 41, 44);
    }

    [Theory]
    [InlineData("ff:ff:ff:ff:ff:ff", 0x0800)]
    [InlineData("01:00:5e:00:00:05", 0x0800)]
    [InlineData("02:00:00:00:99:01", 0x0806)]
    [InlineData("02:00:00:00:99:01", 0x88cc)]
    public void What_is_not_balanced_leaves_by_the_active_member_with_the_bonds_address(string destination, int type)
    {
        Start();
        _a.Set("active_slave", "eth2");
        _ = MacAddress.TryParse(destination, out var to);
        var seen = Watch(_b.Ports[2]);
        for (var flow = 0; flow < 64; flow++)
        {
            var frame = Udp((byte)flow, destination: to);
            (frame[12], frame[13]) = ((byte)(type >> 8), (byte)type);
            Assert.Equal("eth2", Way(frame).Name);
        }
        _world.Run(1);
        Assert.All(seen(), frame => Assert.Equal(_a.Bond.Address, MacAddress.Read(frame.AsSpan(6))));
    }

    [Fact]
    public void A_frame_that_another_member_carries_has_that_members_address()
    {
        Start("xmit_hash_policy", "layer2+3");
        var watches = _b.Ports.Select(Watch).ToList();
        for (var flow = 0; flow < 256; flow++)
            Way(Udp((byte)flow));
        _world.Run(1);
        var sources = watches.Select(seen => Assert.Single(seen().Select(frame => MacAddress.Read(frame.AsSpan(6))).Distinct())).ToList();
        Assert.Equal(_a.Bond.Address, sources[0]);
        Assert.Equal(4, sources.Distinct().Count());
        // All interfaces have the bond's address, so that each can become active at once.
        Assert.All(_a.Ports, port => Assert.Equal(_a.Bond.Address, port.Address));
    }

    [Fact]
    public void What_other_stations_send_keeps_its_address_and_leaves_by_the_active_member()
    {
        Start("xmit_hash_policy", "layer2+3");
        var guest = new MacAddress(0x5254_0000_0001);
        var seen = Watch(_b.Ports[0]);
        for (var flow = 0; flow < 64; flow++)
            Assert.Equal("eth0", Way(Udp((byte)flow, source: guest)).Name);
        _world.Run(1);
        Assert.Equal(64, seen().Count(frame => MacAddress.Read(frame.AsSpan(6)) == guest));
    }

    [Fact]
    public void Only_what_arrives_on_the_active_member_is_delivered()
    {
        Start();
        foreach (var port in _b.Ports)
            port.Transmit(Udp(1, destination: _a.Bond.Address));
        _world.Run(1);
        Assert.Equal("eth0", Assert.Single(_a.Received).Port.Name);
        _a.Set("all_slaves_active", "1");
        foreach (var port in _b.Ports)
            port.Transmit(Udp(1, destination: _a.Bond.Address));
        _world.Run(1);
        Assert.Equal(5, _a.Received.Count);
    }

    [Fact]
    public void What_a_lost_member_carried_others_carry_at_once()
    {
        Start("xmit_hash_policy", "layer2+3");
        var before = Enumerable.Range(0, 256).Select(flow => Way(Udp((byte)flow)).Name).ToList();
        _cables[3].Cut();
        var after = Enumerable.Range(0, 256).Select(flow => Way(Udp((byte)flow)).Name).ToList();
        Assert.DoesNotContain("eth3", after);
        // Buckets of other members did not move.
        Assert.All(before.Zip(after), pair => Assert.True(pair.First == "eth3" || pair.First == pair.Second));
        Assert.All(after.GroupBy(name => name), group => Assert.InRange(group.Count(), 84, 87));
        var mode = Assert.IsAssignableFrom<BalancingMode>(_a.Bond.Mode);
        // One entry for each receiving member, however many buckets moved.
        var moves = mode.Loads.Moves.Where(move => move.Reason == "eth3 cannot send").ToList();
        Assert.Equal((3, 64), (moves.Count, moves.Sum(move => move.Buckets.Length)));
    }

    [Fact]
    public void When_the_active_member_fails_another_takes_the_bonds_address_over_and_switches_are_told()
    {
        Start();
        var eth1 = Watch(_b.Ports[1]);
        _cables[0].Cut();
        _world.Run(1);
        Assert.Equal("eth1", _a.Bond.Active!.Name);
        Assert.Contains(eth1(), frame => IsLearning(frame) && MacAddress.Read(frame) == _a.Bond.Address);
        _cables[0].Mend();
        _world.Run(1);
        var eth0 = Watch(_b.Ports[0]);
        _world.Run(1500);
        // The former active member has the other's address in exchange, and no two members have the same address.
        Assert.All(eth0().Where(IsLearning), frame => Assert.Equal(_a.Bond.Members[1].PermanentAddress, MacAddress.Read(frame)));
        Assert.Equal(4, Mode.Addresses.All.Distinct().Count());
    }

    [Fact]
    public void After_a_failover_the_addresses_of_others_alone_are_announced()
    {
        Start();
        _cables[0].Cut();
        _world.Run(1000);
        Assert.DoesNotContain(_a.Announced, announced => announced.What == "addresses");
        Assert.Contains(_a.Announced, announced => announced.What == "addresses of others");
        Assert.Contains(_a.Announced, announced => announced.What == "groups");
    }

    [Fact]
    public void Learning_packets_leave_on_every_member_every_lp_interval()
    {
        Start("lp_interval", "3");
        _world.Run(100);
        var watches = _b.Ports.Select(Watch).ToList();
        _world.Run(9000);
        Assert.All(watches, seen => Assert.Equal(3, seen().Count(IsLearning)));
    }

    [Fact]
    public void Without_dynamic_balancing_the_hash_picks_and_no_learning_packets_are_sent()
    {
        Start("tlb_dynamic_lb", "0", "xmit_hash_policy", "layer2+3");
        var watches = _b.Ports.Select(Watch).ToList();
        Assert.Empty(_a.Plan.Balancing!.Buckets);
        var ports = Enumerable.Range(0, 256).GroupBy(flow => Way(Udp((byte)flow)).Name);
        Assert.All(ports, group => Assert.Equal(64, group.Count()));
        _world.Run(5000);
        Assert.All(watches, seen => Assert.DoesNotContain(seen(), IsLearning));
    }

    [Fact]
    public void Load_is_spread_anew_when_it_is_uneven()
    {
        Start("xmit_hash_policy", "layer2+3");
        // Sixteen flows, all on eth0 at first; one is as large as four others.
        var flows = Enumerable.Range(0, 256).Where(flow => Way(Udp((byte)flow)).Name == "eth0").Take(16).ToList();
        Send(8000);
        var bytes = new Dictionary<string, long>(StringComparer.Ordinal);
        Send(2000);
        Assert.Equal(4, bytes.Count);
        Assert.InRange(bytes.Values.Max() / (double)bytes.Values.Sum(), 0.25, 0.27);

        void Send(int milliseconds)
        {
            bytes = new Dictionary<string, long>(StringComparer.Ordinal);
            for (var ms = 0; ms < milliseconds; ms += 10)
            {
                _world.Run(10);
                foreach (var flow in flows)
                {
                    var length = flow == flows[0] ? 4000 : 1000;
                    var port = Way(Udp((byte)flow, length)).Name;
                    bytes[port] = bytes.GetValueOrDefault(port) + length;
                }
            }
        }
    }

    [Fact]
    public void A_bucket_moves_only_while_nothing_of_it_is_sent()
    {
        Start("xmit_hash_policy", "layer2+3");
        var flows = Enumerable.Range(0, 256).Where(flow => Way(Udp((byte)flow)).Name == "eth0").Take(8).ToList();
        var last = new Dictionary<int, (string Port, double At)>();
        var moved = 0;
        // Bursts of 4 ms with pauses of 6 ms.
        for (var ms = 0; ms < 4000; ms++)
        {
            _world.Run(1);
            if (ms % 10 >= 4)
                continue;
            foreach (var flow in flows)
            {
                var port = Way(Udp((byte)flow, 1000)).Name;
                if (last.TryGetValue(flow, out var before) && before.Port != port)
                {
                    moved++;
                    Assert.True(ms - before.At > 2, $"flow {flow} moved within a burst");
                }
                last[flow] = (port, ms);
            }
        }
        Assert.InRange(moved, 3, 20);
    }

    [Fact]
    public void An_even_load_stays_where_it_is()
    {
        Start("xmit_hash_policy", "layer2+3");
        var begun = _world.Now;
        for (var ms = 0; ms < 10_000; ms += 50)
        {
            _world.Run(50);
            for (var flow = 0; flow < 256; flow++)
                _a.Send(Udp((byte)flow, 500));
        }
        Assert.DoesNotContain(Mode.Loads.Moves, move => move.Time > begun);
    }

    [Fact]
    public void A_bond_whose_service_changed_goes_on_with_addresses_that_nobody_has_twice()
    {
        Start();
        _cables[0].Cut();
        _world.Run(10);
        _cables[0].Mend();
        _world.Run(10);
        _a.Succeed(500);
        _world.Run(10);
        Assert.Equal("eth1", _a.Bond.Active!.Name);
        Assert.Equal(4, Mode.Addresses.All.Distinct().Count());
        Assert.Equal(_a.Bond.Address, Mode.Addresses[_a.Bond.Active]);
        Assert.Equal(TransmitRule.Buckets, _a.Plan.Rule);
    }

    private BalancingMode Mode => (BalancingMode)_a.Bond.Mode;

    private static bool IsLearning(byte[] frame) => (frame[12] << 8 | frame[13]) == EtherType.ConfigurationTest;

    private static Func<List<byte[]>> Watch(Port port)
    {
        var seen = new List<byte[]>();
        port.Heard += seen.Add;
        return () => seen;
    }
}
