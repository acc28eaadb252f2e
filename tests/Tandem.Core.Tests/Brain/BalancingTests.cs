using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

public sealed class BalancingTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly Station _b;
    private readonly IReadOnlyList<Cable> _cables;

    public BalancingTests()
    {
        _a = _world.AddStation("a", 3);
        _b = _world.AddStation("b", 3);
        _cables = _world.Connect(_a, _b);
    }

    private void Start(params string[] words)
    {
        _b.Start(words);
        _a.Start(words);
    }

    private static byte[] Frame(byte flow, byte protocol = 17)
    {
        var frame = new byte[60];
        new MacAddress(0x0200_0000_0001).Write(frame.AsSpan(6));
        (frame[5], frame[12], frame[14], frame[23], frame[33]) = (flow, 0x08, 0x45, protocol, flow);
        return frame;
    }

    private List<string> Ports(int frames, byte protocol = 17) =>
        [.. Enumerable.Range(0, frames).Select(i => _a.Send(Frame((byte)i, protocol)) is [var port, ..] ? port.Name : "-")];

    [Fact]
    public void Round_robin_begins_with_the_second_member_as_the_driver_does()
    {
        Start();
        Assert.Equal(["eth1", "eth2", "eth0", "eth1", "eth2", "eth0"], Ports(6));
    }

    [Fact]
    public void The_turn_of_a_dead_member_falls_to_the_next()
    {
        Start();
        _cables[1].Cut();
        Assert.Equal(["eth2", "eth2", "eth0", "eth2", "eth2", "eth0"], Ports(6));
    }

    [Fact]
    public void Igmp_leaves_on_one_member_and_does_not_move_back()
    {
        Start();
        Assert.Equal(["eth0", "eth0"], Ports(2, protocol: 2));
        _cables[0].Cut();
        Assert.Equal(["eth1", "eth1"], Ports(2, protocol: 2));
        _cables[0].Mend();
        Assert.Equal(["eth1", "eth1"], Ports(2, protocol: 2));
    }

    [Theory]
    [InlineData("balance-rr", false)]
    [InlineData("active-backup", false)]
    [InlineData("balance-xor", false)]
    [InlineData("broadcast", false)]
    [InlineData("802.3ad", true)]
    public void Only_where_lacp_is_spoken_are_control_frames_the_brains(string mode, bool hears)
    {
        Start("mode", mode);
        Assert.Equal(hears, _a.Plan.Hears == ControlFrameKinds.SlowProtocols);
    }

    [Theory]
    [InlineData("balance-rr")]
    [InlineData("balance-xor")]
    [InlineData("broadcast")]
    [InlineData("active-backup")]
    public void Whatever_is_cut_a_frame_arrives_as_long_as_one_cable_is_left(string mode)
    {
        Start("mode", mode);
        for (var cut = 0; cut < 3; cut++)
        {
            _cables[cut].Cut();
            if (cut > 0)
                _cables[cut - 1].Mend();
            // In active-backup the other end selects its own member, so both must agree on a member that works.
            _a.Bond.Advance(_world.Now);
            _b.Received.Clear();
            for (byte flow = 0; flow < 8; flow++)
                _a.Send(Frame(flow));
            _world.Run(1);
            var copies = mode == "broadcast" ? 2 : 1;
            if (mode != "active-backup" || _a.Bond.Active?.Name == _b.Bond.Active?.Name)
                Assert.Equal(8 * copies, _b.Received.Count);
        }
    }

    [Fact]
    public void Xor_takes_the_same_member_for_a_flow_and_moves_it_only_when_the_members_change()
    {
        Start("mode", "balance-xor", "xmit_hash_policy", "layer3+4");
        var first = Ports(32);
        Assert.Equal(first, Ports(32));
        Assert.Equal(3, first.Distinct(StringComparer.Ordinal).Count());
        _cables[2].Cut();
        Assert.DoesNotContain("eth2", Ports(32));
        _cables[2].Mend();
        Assert.Equal(first, Ports(32));
        Assert.Equal(HashPolicy.Layer34, _a.Plan.Policy);
    }

    [Fact]
    public void Broadcast_sends_a_copy_on_every_member_with_a_link()
    {
        Start("mode", "broadcast");
        Assert.Equal(["eth0", "eth1", "eth2"], _a.Send(Frame(1)).Select(port => port.Name));
        _cables[1].Cut();
        Assert.Equal(["eth0", "eth2"], _a.Send(Frame(1)).Select(port => port.Name));
    }

    [Theory]
    [InlineData("balance-rr", 30_000)]
    [InlineData("balance-xor", 30_000)]
    [InlineData("broadcast", 10_000)]
    [InlineData("active-backup", 10_000)]
    public void The_speed_of_a_bond_is_what_its_mode_can_use(string mode, int expected)
    {
        Start("mode", mode);
        Assert.Equal((uint)expected, _a.SpeedMbps);
    }

    [Fact]
    public void Min_links_holds_carrier_back_where_all_members_carry()
    {
        Start("mode", "balance-xor", "min_links", "2");
        Assert.True(_a.Carrier);
        _cables[0].Cut();
        Assert.True(_a.Carrier);
        _cables[1].Cut();
        Assert.False(_a.Carrier);
        Assert.Equal("1 of 3 members have a link, min_links requires 2", _a.Events[^1].Reason);
        Assert.Null(_a.Set("min_links", "1"));
        Assert.True(_a.Carrier);
    }

    [Fact]
    public void Min_links_has_no_say_in_active_backup()
    {
        Start("mode", "active-backup", "min_links", "2");
        _cables[0].Cut();
        _cables[1].Cut();
        Assert.True(_a.Carrier);
    }

    [Fact]
    public void A_bond_without_a_usable_member_drops()
    {
        Assert.Empty(_a.Send(Frame(1)));
        Assert.Equal(TransmitRule.None, _a.Plan.Rule);
        Start();
        foreach (var cable in _cables)
            cable.Cut();
        Assert.Empty(_a.Send(Frame(1)));
        Assert.Equal(2, _a.Dropped);
    }

    [Fact]
    public void A_plan_is_published_only_when_it_differs()
    {
        Start("mode", "balance-xor");
        var plan = _a.Plan;
        _a.Set("resend_igmp", "3");
        _world.Run(500);
        Assert.Same(plan, _a.Plan);
        _a.Set("xmit_hash_policy", "layer2+3");
        Assert.Equal(plan.Generation + 1, _a.Plan.Generation);
    }
}
