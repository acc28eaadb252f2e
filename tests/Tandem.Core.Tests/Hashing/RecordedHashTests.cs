using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Xunit;

namespace Tandem.Core.Tests.Hashing;

/// <summary>Every frame that was recorded on the Linux driver leaves on the same member here.</summary>
public sealed class RecordedHashTests
{
    /// <summary>The bridge in front of the bond keeps LLDP to itself, so that no member carried it.</summary>
    private const int NotForwarded = 42;

    [Theory]
    [InlineData("balance-xor", 2 * 6 * 367, 7 * (2 * 6 * 367) - NotForwarded)]
    [InlineData("802.3ad", 6 * 367, 3 * 6 * 367)]
    public void The_hash_picks_the_member_that_the_driver_picked(string mode, int frames, int choices)
    {
        var recorded = RecordedFrame.All.Where(frame => frame.Mode == mode).ToList();
        Assert.Equal(frames, recorded.Count);
        Assert.Equal(choices, recorded.Sum(CheckHash));
    }

    [Fact]
    public void Frames_that_balance_tlb_balanced_without_measuring_load_follow_the_hash()
    {
        // Recorded with tlb_dynamic_lb 0. The driver gives each balanced frame the source address of its member. The recording shows that, unless
        // the member is the active one. So a frame on the active member may or may not be balanced.
        var recorded = RecordedFrame.All.Where(frame => frame.Mode == "balance-tlb").ToList();
        var balanced = recorded.Where(frame => frame.SourceReplaced).ToList();
        Assert.Equal(1390, balanced.Count);
        Assert.Equal(3 * 1390, balanced.Sum(CheckHash));
        Assert.All(
            recorded.Where(frame => !frame.SourceReplaced),
            frame => Assert.All(frame.Members.Values, indexes => Assert.Equal([0], indexes))
        );
    }

    [Fact]
    public void Active_backup_sends_everything_on_its_active_member()
    {
        var recorded = RecordedFrame.All.Where(frame => frame.Mode == "active-backup").ToList();
        Assert.Equal(367, recorded.Count);
        var plan = new ForwardingPlan { Rule = TransmitRule.One, Transmit = [0] };
        var router = new FrameRouter(seed: 0);
        foreach (var frame in recorded)
            Assert.Equal([router.Route(plan, frame.Bytes)], frame.Members[3]);
    }

    [Fact]
    public void Broadcast_sends_a_copy_on_every_member()
    {
        var recorded = RecordedFrame.All.Where(frame => frame.Mode == "broadcast").ToList();
        Assert.Equal(367, recorded.Count);
        var plan = new ForwardingPlan { Rule = TransmitRule.Broadcast, Transmit = [0, 1, 2] };
        var router = new FrameRouter(seed: 0);
        foreach (var frame in recorded)
        {
            Assert.Equal(0, router.Route(plan, frame.Bytes));
            Assert.Equal(plan.Transmit.Select(slot => (int?)slot), frame.Members[3]);
        }
    }

    [Fact]
    public void A_router_sends_frames_of_bridges_where_the_driver_sent_them()
    {
        var router = new FrameRouter(seed: 0);
        foreach (var frame in RecordedFrame.All.Where(frame => frame is { Mode: "balance-xor", Tag: VlanTagPlacement.Stripped }))
        {
            foreach (var (members, indexes) in frame.Members)
            {
                var plan = new ForwardingPlan
                {
                    Rule = TransmitRule.Hash,
                    Policy = frame.Policy,
                    Transmit = [.. Enumerable.Range(0, members).Select(slot => (byte)slot)],
                };
                if (indexes[0] is { } expected)
                    Assert.Equal(expected, router.Route(plan, frame.Bytes));
            }
        }
    }

    /// <summary>Checks each recorded number of members; returns how many there were.</summary>
    private static int CheckHash(RecordedFrame frame)
    {
        var checks = 0;
        foreach (var (members, indexes) in frame.Members)
        {
            if (indexes[0] is not { } expected)
                continue;
            var hash = FlowHash.Compute(frame.Policy, frame.Bytes, frame.Tag);
            var actual = (int)(hash % (uint)members);
            Assert.True(
                expected == actual,
                $"{frame.Name} {frame.Policy} {frame.Tag}: {hash:x8} mod {members} is {actual}, not {expected}"
            );
            checks++;
        }
        return checks;
    }
}
