using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>Both data paths choose, count and readdress alike in balance-tlb and balance-alb.</summary>
public sealed class BucketAgreementTests(AllMembers all) : IClassFixture<AllMembers>
{
    private const int Redirect = 7; // TC_ACT_REDIRECT
    private const int Shot = 2; // TC_ACT_SHOT
    private const int Frames = 20_000;
    private static readonly MacAddress Bond = new(0x0200_0000_00b0);
    private readonly ProgramRun _run = all.Run;

    public static TheoryData<bool, bool> Kinds =>
        new()
        {
            { false, false },
            { false, true },
            { true, false },
            { true, true },
        };

    [Theory]
    [MemberData(nameof(Kinds))]
    public void A_frame_leaves_on_the_same_member_with_the_same_bytes(bool hasPeers, bool hasBuckets)
    {
        var plan = PlanOf(hasPeers, hasBuckets, seed: 7);
        var rule = plan.Balancing!;
        _run.Path.Publish(plan);
        var expected = new Tally();
        var (bytesBefore, sentBefore, toldBefore) = (BucketBytes(), _run.Sent(), _run.Path.ToldAll);
        var generator = new FrameGenerator(hasPeers ? 1 : 2);
        var chance = new Random(3);
        for (var i = 0; i < Frames; i++)
        {
            var frame = Varied(generator, chance);
            if (_run.Sent(frame) is not { } left)
                continue;
            var choice = BucketChoice.For(plan, rule, frame);
            choice.Readdress(rule, frame);
            Assert.True(left.AsSpan().SequenceEqual(frame), $"{i}: {Convert.ToHexString(left)} and not {Convert.ToHexString(frame)}");
            expected.Count(plan, choice, frame.Length);
        }
        Assert.Equal(expected.Slots, _run.Sent().Zip(sentBefore, (after, before) => after - before));
        Assert.Equal(expected.Buckets, BucketBytes().Zip(bytesBefore, (after, before) => after - before));
        Assert.Equal(expected.ToldAll, _run.Path.ToldAll - toldBefore);
        // Frames of each kind occurred.
        Assert.Equal(hasPeers, expected.ToldAll > 100);
        Assert.Equal(hasBuckets, expected.Buckets.Count(bytes => bytes > 0) > 100);
        Assert.All(expected.Slots[..4], frames => Assert.True(frames > 100));
    }

    [Fact]
    public void Frames_for_a_members_address_are_delivered_with_the_bonds_address()
    {
        var plan = PlanOf(hasPeers: true, hasBuckets: true, seed: 1) with { Deliver = 0b0010 };
        plan = plan with { Balancing = plan.Balancing! with { DeliverToStation = 0b0111 } };
        _run.Path.Publish(plan);
        _run.Path.TakeFrames();
        try
        {
            MacAddress[] destinations =
            [
                Bond,
                .. plan.Balancing!.Stations,
                MacAddress.Broadcast,
                new(0x0100_5e00_0001),
                new(0x0200_0000_0fff),
            ];
            for (var slot = 0; slot < 4; slot++)
            {
                foreach (var destination in destinations)
                {
                    var frame = new byte[60];
                    destination.Write(frame);
                    (frame[12], frame[13]) = (0x08, 0x06);
                    var (verdict, left) = _run.ReceiveOn(slot, frame);
                    var delivers = plan.Delivers(slot, frame);
                    Assert.Equal(delivers ? Redirect : Shot, verdict);
                    var isBonds = destination == Bond || plan.Balancing.Stations.Contains(destination);
                    Assert.Equal(slot == 1 || (slot != 3 && isBonds), delivers);
                    if (!delivers)
                        continue;
                    plan.Balancing.ToBond(frame);
                    Assert.Equal(frame, left);
                    Assert.Equal(plan.Balancing.Stations.Contains(destination) ? Bond : destination, MacAddress.Read(left));
                }
            }
        }
        finally
        {
            _run.Inside(_run.Path.GiveFrames);
        }
    }

    // Half of the frames are the bond's own. A third are ARP, mostly well formed.
    private static byte[] Varied(FrameGenerator generator, Random chance)
    {
        var frame = generator.Next();
        if (chance.Next(3) == 0)
        {
            frame = [.. frame[..Math.Min(frame.Length, 12)], .. new byte[Math.Max(0, 12 - frame.Length)], 0x08, 0x06, .. Arp(chance)];
            if (chance.Next(4) == 0)
                frame = [.. frame[..12], 0x81, 0x00, 0x00, 0x05, .. frame[12..]];
            if (chance.Next(8) == 0)
                frame = frame[..chance.Next(ProgramRun.ShortestFrame, frame.Length)];
        }
        if (chance.Next(4) > 0)
            Bond.Write(frame.AsSpan(6));
        switch (chance.Next(5))
        {
            case 0:
                MacAddress.Broadcast.Write(frame);
                break;
            case 1:
                new MacAddress(0x3333_0000_0001).Write(frame);
                break;
            case 2:
                frame[0] |= 1;
                break;
            default:
                frame[0] &= 0xfe;
                break;
        }
        return frame;
    }

    private static byte[] Arp(Random chance)
    {
        var arp = new byte[28];
        chance.NextBytes(arp);
        byte[] start = [0, 1, 8, 0, 6, 4, 0, (byte)chance.Next(0, 4)];
        start.CopyTo(arp, 0);
        if (chance.Next(10) == 0)
            arp[chance.Next(6)] ^= 1;
        if (chance.Next(8) > 0)
            Bond.Write(arp.AsSpan(8));
        if (chance.Next(8) == 0)
            arp.AsSpan(14, 4).Clear();
        if (chance.Next(8) == 0)
            arp.AsSpan(14, 4).CopyTo(arp.AsSpan(24));
        return arp;
    }

    private static ForwardingPlan PlanOf(bool hasPeers, bool hasBuckets, int seed)
    {
        var chance = new Random(seed);
        byte[] Table()
        {
            var table = new byte[BucketRule.Size];
            for (var i = 0; i < table.Length; i++)
                table[i] = (byte)chance.Next(4);
            return table;
        }
        return new ForwardingPlan
        {
            Generation = 1,
            Rule = TransmitRule.Buckets,
            Policy = HashPolicy.Layer34,
            Transmit = [2, 0, 3, 1],
            Balancing = new BucketRule
            {
                Address = Bond,
                Active = 3,
                Sources = [new(0x0200_0000_0012), new(0x0200_0000_0010), new(0x0200_0000_0013), Bond],
                Buckets = hasBuckets ? [.. Table()] : [],
                Peers = hasPeers ? [.. Table()] : [],
                Stations = hasPeers ? [new(0x0200_0000_0010), new(0x0200_0000_0012), new(0x0200_0000_0013)] : [],
            },
        };
    }

    private ulong[] BucketBytes()
    {
        var bytes = new ulong[BucketRule.Size + 1];
        _run.Path.AddBucketBytes(bytes);
        return bytes;
    }

    private sealed class Tally
    {
        public ulong[] Slots { get; } = new ulong[ForwardingPlan.MaxMembers];

        public ulong[] Buckets { get; } = new ulong[BucketRule.Size + 1];

        public ulong ToldAll { get; private set; }

        public void Count(ForwardingPlan plan, in BucketChoice choice, int length)
        {
            Slots[plan.Transmit[choice.Target]]++;
            Buckets[choice.Bucket] += (ulong)length;
            ToldAll += choice.TellsAll ? 1u : 0;
        }
    }
}
