using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

/// <summary>broadcast_neighbor: ARP and neighbour discovery of an 802.3ad bond leave on all members.</summary>
public sealed class BroadcastNeighborTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;

    public BroadcastNeighborTests()
    {
        _a = _world.AddStation("a", 3);
        var b = _world.AddStation("b", 3);
        _cables = _world.Connect(_a, b);
        b.Start("mode", "802.3ad", "lacp_rate", "fast");
    }

    private void Start(params string[] words)
    {
        _a.Start(["mode", "802.3ad", "lacp_rate", "fast", .. words]);
        _world.Run(3000);
    }

    private static byte[] Frame(ushort type)
    {
        var frame = new byte[60];
        (frame[12], frame[13], frame[14], frame[23]) = ((byte)(type >> 8), (byte)type, 0x45, 17);
        return frame;
    }

    [Theory]
    [InlineData("off", 1)]
    [InlineData("on", 3)]
    public void Arp_leaves_on_all_members_only_if_it_is_on(string value, int copies)
    {
        Start("broadcast_neighbor", value);
        Assert.Equal(copies, _a.Send(Frame(EtherType.Arp)).Count);
        Assert.Single(_a.Send(Frame(EtherType.Ip4)));
    }

    [Fact]
    public void Neighbours_are_told_num_grat_arp_times_when_a_member_begins_to_carry_traffic()
    {
        Start("broadcast_neighbor", "on", "num_grat_arp", "3", "peer_notify_delay", "500");
        _cables[1].Cut();
        _world.Run(3000);
        _a.Announced.Clear();
        _cables[1].Mend();
        _world.Run(5000);
        var times = _a
            .Announced.Where(announced => announced.What == "addresses")
            .Select(announced => announced.Time / Clock.Millisecond)
            .ToList();
        Assert.Equal(3, times.Count);
        Assert.Equal([500, 500], times.Zip(times.Skip(1), (before, after) => after - before));
    }

    [Fact]
    public void A_member_that_flaps_does_not_have_them_told_more_often_than_in_a_row()
    {
        Start("broadcast_neighbor", "on", "peer_notify_delay", "500");
        _a.Announced.Clear();
        for (var flap = 0; flap < 50; flap++)
        {
            _cables[1].Cut();
            _world.Run(20);
            _cables[1].Mend();
            _world.Run(80);
        }
        var times = _a
            .Announced.Where(announced => announced.What == "addresses")
            .Select(announced => announced.Time / Clock.Millisecond)
            .ToList();
        Assert.InRange(times.Count, 2, 11);
        Assert.All(times.Zip(times.Skip(1), (before, after) => after - before), gap => Assert.True(gap >= 500, $"{gap} ms"));
    }
}
