using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Tests.Hashing;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>Both data paths send each frame on the same member, which is the driver's choice.</summary>
public sealed class AgreementTests(AllMembers all) : IClassFixture<AllMembers>
{
    private const int Redirect = 7; // TC_ACT_REDIRECT
    private const int Shot = 2; // TC_ACT_SHOT
    private const int Generated = 120_000;
    private readonly ProgramRun _run = all.Run;

    public static TheoryData<HashPolicy> Policies => [.. Enum.GetValues<HashPolicy>()];

    [Theory]
    [MemberData(nameof(Policies))]
    public void Generated_frames_leave_on_the_member_that_the_other_path_picks(HashPolicy policy)
    {
        var plan = PlanOf(policy, ForwardingPlan.MaxMembers);
        _run.Path.Publish(plan);
        // Each policy has a seed of its own; together they check 120,000 frames.
        var frames = new FrameGenerator((int)policy);
        for (var i = 0; i < Generated / 6; i++)
            Check(plan, frames.Next());
        // Cut at each byte.
        for (var i = 0; i < 40; i++)
        {
            var frame = frames.Next();
            for (var length = ProgramRun.ShortestFrame; length < frame.Length; length++)
                Check(plan, frame.AsSpan(0, length));
        }
    }

    [Fact]
    public void Recorded_frames_leave_on_the_member_that_the_driver_picked()
    {
        var checks = 0;
        foreach (
            var group in RecordedFrame
                .All.Where(frame => frame is { Mode: "balance-xor", Tag: VlanTagPlacement.Stripped })
                .GroupBy(f => f.Policy)
        )
        {
            foreach (var members in group.SelectMany(frame => frame.Members.Keys).Distinct())
            {
                _run.Path.Publish(PlanOf(group.Key, members));
                foreach (var frame in group)
                {
                    if (frame.Members.TryGetValue(members, out var indexes) && indexes[0] is { } expected)
                    {
                        CheckSlot(_run, expected, frame.Bytes, $"{frame.Name} {frame.Policy} of {members}");
                        checks++;
                    }
                }
            }
        }
        Assert.Equal(7 * 6 * 367 - 42, checks);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(8)]
    public void Frames_take_turns_as_on_the_other_path(int packetsPerMember)
    {
        ProgramRun.StayOnOneProcessor();
        using var run = new ProgramRun(8);
        var plan = new ForwardingPlan
        {
            Generation = 1,
            Rule = TransmitRule.RoundRobin,
            PacketsPerMember = (uint)packetsPerMember,
            Transmit = [3, 5, 6],
            GroupSlot = 5,
        };
        run.Path.Publish(plan);
        var router = new FrameRouter(seed: 0);
        var frames = new FrameGenerator(packetsPerMember);
        for (var i = 0; i < 2000; i++)
        {
            var frame = frames.Next();
            CheckSlot(run, router.Route(plan, frame), frame, $"frame {i}");
        }
    }

    [Fact]
    public void Arp_and_neighbour_discovery_leave_on_all_members_where_they_are_to_and_nothing_else_does()
    {
        using var run = new ProgramRun(4);
        // Copies are really sent, from the program's namespace, and counted only if their device accepts them.
        for (var slot = 0; slot < 4; slot++)
            run.Ip($"link set m{slot} up");
        Assert.True(SpinWait.SpinUntil(() => run.Ip("-br link").Split('\n').Count(line => line.Contains(" UP ")) >= 4, 5000));
        var plan = PlanOf(HashPolicy.Layer2, 3) with { BroadcastsNeighbors = true };
        run.Path.Publish(plan);
        var frames = new FrameGenerator(5);
        var broadcast = 0;
        for (var i = 0; i < 3000; i++)
        {
            var frame = frames.Next();
            if (i % 3 == 0 && frame.Length > 55)
                (frame[12], frame[13], frame[20], frame[54]) = (0x86, 0xdd, 58, (byte)(134 + i % 4));
            var before = run.Sent();
            run.Inside(() => run.Send(frame));
            var sent = run.Sent().Zip(before, (after, b) => after - b).Take(3).ToArray();
            var router = new FrameRouter(seed: 0);
            ulong[] expected = plan.Broadcasts(frame)
                ? [1, 1, 1]
                : [.. Enumerable.Range(0, 3).Select(slot => router.Route(plan, frame) == slot ? 1ul : 0)];
            Assert.True(
                sent.AsSpan().SequenceEqual(expected),
                $"{string.Join(' ', sent)} and not {string.Join(' ', expected)}: {Convert.ToHexString(frame)}"
            );
            broadcast += plan.Broadcasts(frame) ? 1 : 0;
        }
        Assert.InRange(broadcast, 300, 1500);
    }

    [Fact]
    public void A_turn_at_random_comes_to_each_member()
    {
        _run.Path.Publish(
            new ForwardingPlan
            {
                Rule = TransmitRule.RoundRobin,
                PacketsPerMember = 0,
                Transmit = [0, 1, 2, 3],
            }
        );
        var before = _run.Sent();
        for (var i = 0; i < 4000; i++)
            Assert.Equal(Redirect, _run.Send(new byte[60]));
        for (var slot = 0; slot < 4; slot++)
            Assert.InRange(_run.Path.ReadCounters(slot).TxFrames - before[slot], 800u, 1200u);
    }

    [Fact]
    public void Without_a_member_frames_are_dropped_and_counted()
    {
        _run.Path.Publish(ForwardingPlan.Empty);
        var before = _run.Path.NoMember;
        Assert.Equal(Shot, _run.Send(new byte[60]));
        Assert.Equal(before + 1, _run.Path.NoMember);
    }

    [Fact]
    public void A_frame_sees_one_plan_or_another_and_never_parts_of_two()
    {
        // Plan k uses 2 to 4 of the slots from 8 * (k mod 8) on, so a slot identifies its plan.
        static ForwardingPlan PlanNumber(int k) =>
            PlanOf(HashPolicy.Layer2, 2 + k % 3) with
            {
                Transmit = [.. Enumerable.Range(8 * (k % 8), 2 + k % 3).Select(slot => (byte)slot)],
            };
        var plans = Enumerable.Range(0, 24).Select(PlanNumber).ToArray();
        var isRunning = true;
        var published = 0;
        var writer = new Thread(() =>
        {
            while (Volatile.Read(ref isRunning))
                _run.Path.Publish(plans[published++ % plans.Length]);
        });
        var frame = new byte[60];
        frame[5] = 11;
        var hash = FlowHash.Compute(HashPolicy.Layer2, frame);
        _run.Path.Publish(plans[0]);
        var (before, left) = (_run.Sent(), _run.Path.Left);
        writer.Start();
        for (var i = 0; i < 100_000; i++)
            _run.Send(frame);
        Volatile.Write(ref isRunning, false);
        writer.Join();
        ulong sent = 0;
        for (var slot = 0; slot < ForwardingPlan.MaxMembers; slot++)
        {
            var frames = _run.Path.ReadCounters(slot).TxFrames - before[slot];
            var isOfAPlan = plans.Any(plan => plan.Transmit[(int)(hash % (uint)plan.Transmit.Length)] == slot);
            Assert.True(frames == 0 || isOfAPlan, $"{frames} frames on slot {slot}");
            sent += frames;
        }
        Assert.Equal(100_000u, sent + _run.Path.Left - left);
        Assert.True(published > 1000);
    }

    private static ForwardingPlan PlanOf(HashPolicy policy, int members) =>
        new()
        {
            Rule = TransmitRule.Hash,
            Policy = policy,
            Transmit = [.. Enumerable.Range(0, members).Select(slot => (byte)slot)],
        };

    private void Check(ForwardingPlan plan, ReadOnlySpan<byte> frame)
    {
        var expected = new FrameRouter(seed: 0).Route(plan, frame);
        CheckSlot(_run, expected, frame, plan.Policy.ToString());
    }

    // Reads only the expected counter while it is right.
    private static void CheckSlot(ProgramRun run, int expected, ReadOnlySpan<byte> frame, string what)
    {
        var before = run.Path.ReadCounters(expected);
        var verdict = run.Send(frame);
        var after = run.Path.ReadCounters(expected);
        if (verdict == Redirect && after.TxFrames == before.TxFrames + 1)
            return;
        Assert.Fail($"{what}: slot {run.SlotOf(frame)} and not {expected}, verdict {verdict}: {Convert.ToHexString(frame)}");
    }
}

/// <summary>The programs with as many members as a bond can have.</summary>
public sealed class AllMembers : IDisposable
{
    public AllMembers()
    {
        Netns.Require();
        Run = new ProgramRun(ForwardingPlan.MaxMembers);
    }

    internal ProgramRun Run { get; }

    public void Dispose() => Run.Dispose();
}
