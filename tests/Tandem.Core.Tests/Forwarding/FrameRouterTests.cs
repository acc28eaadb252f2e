using System.Text.Json;
using Tandem.Core.Forwarding;
using Xunit;

namespace Tandem.Core.Tests.Forwarding;

public sealed class FrameRouterTests
{
    private static readonly byte[] Udp = Convert.FromHexString(
        "0200000000020200000000010800450000200001000040118e95c0000201c63364029c400035000c0000646174610000000000000000000000000000"
    );

    private static readonly byte[] Igmp = Convert.FromHexString(
        "01005e0000fb020000000001080046000020000100000102" + "81dac0000201e00000fb9404000016000000e00000fb0000000000000000000000000000"
    );

    private static readonly JsonSerializerOptions SnakeCase = new() { PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower };

    private sealed record Recording(int Slaves, uint PacketsPerSlave, int[] IgmpAt, int[] Sequence);

    private static IEnumerable<Recording> Recordings() =>
        File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "rr-vectors.jsonl"))
            .Select(line => JsonSerializer.Deserialize<Recording>(line, SnakeCase)!);

    private static ForwardingPlan RoundRobin(int members, uint packetsPerMember) =>
        new()
        {
            Rule = TransmitRule.RoundRobin,
            PacketsPerMember = packetsPerMember,
            Transmit = [.. Enumerable.Range(0, members).Select(slot => (byte)slot)],
            GroupSlot = 0,
        };

    [Fact]
    public void Round_robin_takes_the_turns_that_the_driver_took()
    {
        var switches = 0;
        var recordings = 0;
        foreach (var recording in Recordings().Where(recording => recording.PacketsPerSlave != 0))
        {
            recordings++;
            var plan = RoundRobin(recording.Slaves, recording.PacketsPerSlave);
            // The driver has a round-robin position per processor. The sending program was moved to the other processor at times, so two routers
            // stand for the two processors.
            var (here, there) = (new FrameRouter(0), new FrameRouter(0));
            for (var i = 0; i < recording.Sequence.Length; i++)
            {
                var frame = recording.IgmpAt.Contains(i) ? Igmp : Udp;
                var peek = here;
                if (peek.Route(plan, frame) != recording.Sequence[i])
                {
                    (here, there) = (there, here);
                    switches++;
                }
                Assert.Equal(recording.Sequence[i], here.Route(plan, frame));
            }
        }
        Assert.Equal(24, recordings);
        Assert.Equal(SwitchesOfProcessor, switches);
    }

    /// <summary>How often the recorded sequences show a change of the processor.</summary>
    private const int SwitchesOfProcessor = 11;

    [Fact]
    public void Random_turns_are_spread_like_the_drivers()
    {
        var recordings = Recordings().Where(recording => recording.PacketsPerSlave == 0).ToList();
        Assert.Equal(6, recordings.Count);
        foreach (var recording in recordings)
        {
            var plan = RoundRobin(recording.Slaves, 0);
            var router = new FrameRouter(seed: 1);
            var sequence = recording.Sequence.Select((_, i) => router.Route(plan, recording.IgmpAt.Contains(i) ? Igmp : Udp)).ToList();
            Assert.Equal(recording.Sequence.Length, sequence.Count);
            Assert.All(recording.IgmpAt, i => Assert.Equal(0, sequence[i]));
            Assert.All(recording.IgmpAt, i => Assert.Equal(0, recording.Sequence[i]));

            var counts = new int[recording.Slaves];
            const int Frames = 60_000;
            for (var i = 0; i < Frames; i++)
                counts[router.Route(plan, Udp)]++;
            Assert.All(counts, count => Assert.InRange(count * (double)recording.Slaves / Frames, 0.97, 1.03));
        }
    }

    [Fact]
    public void Igmp_behind_a_vlan_tag_goes_to_the_group_slot_and_takes_no_turn()
    {
        byte[] tagged = [.. Igmp[..12], 0x81, 0, 0, 7, .. Igmp[12..]];
        var plan = RoundRobin(3, 1) with { GroupSlot = 2 };
        var router = new FrameRouter(0);
        Assert.Equal(
            [2, 1, 2, 2],
            [router.Route(plan, tagged), router.Route(plan, Udp), router.Route(plan, Igmp), router.Route(plan, Udp)]
        );
    }

    [Fact]
    public void Igmp_takes_a_turn_where_there_is_no_group_slot()
    {
        var plan = RoundRobin(3, 1) with { GroupSlot = -1 };
        var router = new FrameRouter(0);
        Assert.Equal([1, 2, 0], [router.Route(plan, Igmp), router.Route(plan, Udp), router.Route(plan, Igmp)]);
    }

    [Theory]
    [InlineData(TransmitRule.None)]
    [InlineData(TransmitRule.One)]
    [InlineData(TransmitRule.RoundRobin)]
    [InlineData(TransmitRule.Hash)]
    [InlineData(TransmitRule.Broadcast)]
    public void Without_members_everything_is_dropped(TransmitRule rule)
    {
        var router = new FrameRouter(0);
        Assert.Equal(-1, router.Route(new ForwardingPlan { Rule = rule, GroupSlot = -1 }, Udp));
    }

    [Fact]
    public void The_rule_none_drops_although_there_are_members() =>
        Assert.Equal(-1, new FrameRouter(0).Route(new ForwardingPlan { Rule = TransmitRule.None, Transmit = [1] }, Udp));

    [Fact]
    public void Any_bytes_are_routed()
    {
        var plan = RoundRobin(3, 1);
        var router = new FrameRouter(0);
        for (var length = 0; length < Igmp.Length; length++)
            Assert.InRange(router.Route(plan, Igmp.AsSpan(0, length)), 0, 2);
    }

    [Fact]
    public void Routing_does_not_allocate()
    {
        ForwardingPlan[] plans =
        [
            RoundRobin(3, 1),
            RoundRobin(3, 0),
            RoundRobin(3, 1) with
            {
                Rule = TransmitRule.Hash,
                Policy = Core.Hashing.HashPolicy.Encap34,
            },
        ];
        var router = new FrameRouter(0);
        Send(ref router, plans, 10);
        var before = GC.GetAllocatedBytesForCurrentThread();
        Send(ref router, plans, 100_000);
        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private static void Send(ref FrameRouter router, ForwardingPlan[] plans, int frames)
    {
        for (var i = 0; i < frames; i++)
        {
            foreach (var plan in plans)
                router.Route(plan, Udp);
        }
    }
}
