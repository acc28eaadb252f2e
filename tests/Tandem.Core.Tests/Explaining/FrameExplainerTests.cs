using System.Net;
using Tandem.Core.Explaining;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Options;
using Tandem.Core.Packets;
using Tandem.Core.Tests.Hashing;
using Xunit;

namespace Tandem.Core.Tests.Explaining;

public sealed class FrameExplainerTests
{
    private static readonly FlowDescription Flow = new(
        IPEndPoint.Parse("192.0.2.10:50000"),
        IPEndPoint.Parse("198.51.100.77:443"),
        IpProtocol.Tcp
    );

    public static TheoryData<BondMode> Modes => [.. Enum.GetValues<BondMode>()];

    [Fact]
    public void Steps_of_layer34_are_those_of_the_worked_example()
    {
        var explained = FrameExplainer.Explain(PaperBond.Plan(BondMode.BalanceXor, HashPolicy.Layer34, 3), Flow.BuildFrame());
        Assert.Equal(
            [
                new("ports", 0xbb0150c3),
                new("^ source address", 0xbb0150c3 ^ 0x0a0200c0),
                new("^ destination address", 0xfc6763c5),
                new("^ itself >> 16", 0xfc679fa2),
                new("^ itself >> 8", 0xfc9bf83d),
                new(">> 1", 0x7e4dfc1e),
            ],
            explained.Steps
        );
        Assert.Equal((0x7e4dfc1eu, 3, 2), (explained.Hash, explained.Modulus, explained.Slot));
        Assert.Contains(new FoundKey("addresses", "192.0.2.10 > 198.51.100.77"), explained.Keys);
        Assert.Contains(new FoundKey("ports", "50000 > 443"), explained.Keys);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void The_member_is_the_routers_whatever_the_frame(BondMode mode)
    {
        var random = new Random(1);
        foreach (var policy in Enum.GetValues<HashPolicy>())
        {
            foreach (var plan in PlansOf(mode, policy))
            {
                var router = new FrameRouter(seed: 7);
                foreach (var frame in Frames(random, plan.Balancing?.Address ?? Flow.SourceMac))
                    AssertSame(plan, ref router, frame);
            }
        }
    }

    [Fact]
    public void Recorded_frames_are_explained_as_they_are_routed()
    {
        foreach (var recorded in RecordedFrame.All.Where(frame => frame.Mode == "balance-xor").GroupBy(frame => frame.Policy))
        {
            var router = new FrameRouter(seed: 7);
            var plan = PaperBond.Plan(BondMode.BalanceXor, recorded.Key, 7);
            foreach (var frame in recorded)
                AssertSame(plan, ref router, frame.Bytes);
        }
    }

    [Fact]
    public void A_frame_cut_anywhere_is_explained()
    {
        var (described, router) = (PlanOf(BondMode.BalanceAlb), new FrameRouter(seed: 7));
        var hashes = Enum.GetValues<HashPolicy>().Select(policy => PaperBond.Plan(BondMode.Lacp, policy, 2)).ToList();
        foreach (var recorded in RecordedFrame.All.Where(frame => frame is { Mode: "balance-xor", Bytes.Length: < 130 }).Take(1500))
        {
            var (lacp, alb) = (hashes[(int)recorded.Policy], OfFrame(described, recorded.Bytes));
            for (var length = 0; length < recorded.Bytes.Length; length++)
            {
                AssertSame(lacp, ref router, recorded.Bytes.AsSpan(0, length));
                AssertSame(alb, ref router, recorded.Bytes.AsSpan(0, length));
            }
        }
    }

    [Theory]
    [InlineData(BondMode.BalanceRoundRobin)]
    [InlineData(BondMode.Broadcast)]
    public void Modes_without_one_member_per_frame_explain_their_rule(BondMode mode)
    {
        var explained = FrameExplainer.Explain(PlanOf(mode), Flow.BuildFrame());
        Assert.Null(explained.Hash);
        Assert.Null(explained.Slot);
        Assert.NotNull(explained.Note);
    }

    [Fact]
    public void Igmp_takes_no_turn()
    {
        var frame = Flow.BuildFrame();
        frame[EthernetHeader.Length + Ip4Header.Protocol] = IpProtocol.Igmp;
        Assert.Equal(0, FrameExplainer.Explain(PlanOf(BondMode.BalanceRoundRobin), frame).Slot);
    }

    [Fact]
    public void The_active_member_carries_everything_in_active_backup() =>
        Assert.Equal(0, FrameExplainer.Explain(PlanOf(BondMode.ActiveBackup), Flow.BuildFrame()).Slot);

    [Fact]
    public void Without_members_no_member_is_named()
    {
        var explained = FrameExplainer.Explain(ForwardingPlan.Empty, Flow.BuildFrame());
        Assert.Null(explained.Slot);
        Assert.Contains("dropped", explained.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void Balance_tlb_says_the_bucket_of_the_hash_and_the_address()
    {
        var plan = PlanOf(BondMode.BalanceTlb);
        var explained = FrameExplainer.Explain(plan, Flow.BuildFrame());
        Assert.Equal((int)(explained.Hash!.Value % 256), explained.Bucket);
        Assert.Equal(256, explained.Modulus);
        Assert.Equal(plan.Balancing!.Sources[explained.Slot!.Value], explained.Source);
        Assert.True(explained.IsBalanced);
    }

    [Fact]
    public void Balance_alb_says_the_bucket_of_the_destination_and_no_hash()
    {
        var explained = FrameExplainer.Explain(PlanOf(BondMode.BalanceAlb), Flow.BuildFrame());
        Assert.Equal((198 ^ 51 ^ 100 ^ 77, null), (explained.Bucket, explained.Hash));
        Assert.Contains("the address 198.51.100.77 picks the bucket", explained.Note, StringComparison.Ordinal);
    }

    [Fact]
    public void A_frame_that_is_not_balanced_has_a_reason_and_leaves_unchanged()
    {
        var plan = PlanOf(BondMode.BalanceAlb);
        var foreign = (Flow with { SourceMac = new MacAddress(0x0200_0000_0009) }).BuildFrame();
        var explained = FrameExplainer.Explain(plan, foreign);
        Assert.Equal((false, 0), (explained.IsBalanced, explained.Slot));
        Assert.Equal(new MacAddress(0x0200_0000_0009), explained.Source);
        Assert.Contains("its source is not the bond's", explained.Note, StringComparison.Ordinal);

        var group = (Flow with { DestinationMac = new MacAddress(0x0100_5e00_00fb) }).BuildFrame();
        Assert.Contains("a group address", FrameExplainer.Explain(PlanOf(BondMode.BalanceTlb), group).Note, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_described_bond_uses_all_its_members_where_its_mode_does(BondMode mode)
    {
        var plan = PaperBond.Plan(mode, HashPolicy.Layer23, ForwardingPlan.MaxMembers);
        var expected = mode == BondMode.ActiveBackup ? 1 : ForwardingPlan.MaxMembers;
        Assert.Equal(Enumerable.Range(0, expected).Select(slot => (byte)slot), plan.Transmit);
        Assert.Equal(HashPolicy.Layer23, plan.Policy);
    }

    [Theory]
    [InlineData(BondMode.BalanceTlb)]
    [InlineData(BondMode.BalanceAlb)]
    public void Members_of_a_described_bond_have_the_same_number_of_buckets(BondMode mode)
    {
        var rule = PaperBond.Plan(mode, HashPolicy.Layer2, 4).Balancing!;
        Assert.All(rule.Buckets.CountBy(place => place), place => Assert.Equal(64, place.Value));
        Assert.Equal(mode == BondMode.BalanceAlb ? 4 : 0, rule.Peers.Distinct().Count());
    }

    [Fact]
    public void A_flow_over_ipv6_in_a_vlan_hashes_as_its_frames_do()
    {
        var flow = new FlowDescription(
            IPEndPoint.Parse("[2001:db8:1:2:3:4:5:6]:33333"),
            IPEndPoint.Parse("[2001:db8:ffff::abcd]:80"),
            IpProtocol.Tcp
        )
        {
            Vlan = 7,
        };
        Assert.Equal(0x4e9b7dc3u, FlowHash.Compute(HashPolicy.Layer34, flow.BuildFrame()));
    }

    private static ForwardingPlan PlanOf(BondMode mode) => PaperBond.Plan(mode, HashPolicy.Layer2, 3);

    // Each mode, and the kinds of plan that only a running bond has.
    private static IEnumerable<ForwardingPlan> PlansOf(BondMode mode, HashPolicy policy)
    {
        var plan = PaperBond.Plan(mode, policy, 5);
        yield return plan;
        if (plan.Balancing is not { } rule)
            yield break;
        yield return plan with
        {
            Balancing = rule with { Buckets = [] },
        };
        yield return plan with
        {
            Balancing = rule with { Active = 3, Buckets = [.. rule.Buckets.Reverse()] },
        };
    }

    private static ForwardingPlan OfFrame(ForwardingPlan plan, ReadOnlySpan<byte> frame) =>
        plan with
        {
            Balancing = plan.Balancing! with { Address = MacAddress.Read(frame[MacAddress.Length..]) },
        };

    // Frames of all kinds that the rules distinguish, from the bond and from other stations, with and without a tag; and random bytes.
    private static IEnumerable<byte[]> Frames(Random random, MacAddress own)
    {
        byte[] protocols = [IpProtocol.Tcp, IpProtocol.Udp, IpProtocol.Igmp, IpProtocol.Icmp6, IpProtocol.Esp];
        ulong[] destinations = [0x0200_0000_0002, 0xffff_ffff_ffff, 0x0100_5e00_00fb, 0x3333_0000_0001, 0x3333_0000_00fb];
        for (var i = 0; i < 400; i++)
        {
            var addresses = new byte[32];
            random.NextBytes(addresses);
            var length = i % 3 == 0 ? 16 : 4;
            var frame = new FlowDescription(
                new IPEndPoint(new IPAddress(addresses.AsSpan(0, length)), random.Next(65536)),
                new IPEndPoint(i % 50 == 0 ? IPAddress.Broadcast : new IPAddress(addresses.AsSpan(16, length)), random.Next(65536)),
                protocols[random.Next(protocols.Length)]
            )
            {
                SourceMac = i % 7 == 0 ? new MacAddress(0x0200_0000_0077) : own,
                DestinationMac = new MacAddress(destinations[random.Next(destinations.Length)]),
                Vlan = (ushort)(i % 5 == 0 ? 7 : 0),
            };
            if (i % 50 != 0 || length == 4)
                yield return frame.BuildFrame();
            var arp = new byte[ArpAnswer.MaxLength];
            ArpAnswer.Write(arp, own, (uint)(i % 4), new MacAddress(destinations[i % 2]), (uint)random.Next(4), []);
            yield return arp;
            var noise = new byte[random.Next(80)];
            random.NextBytes(noise);
            yield return noise;
        }
    }

    private static void AssertSame(ForwardingPlan plan, ref FrameRouter router, ReadOnlySpan<byte> frame)
    {
        var explained = FrameExplainer.Explain(plan, frame);
        var slot = router.Route(plan, frame);
        if (explained.Slot is { } named)
            Assert.Equal(slot, named);
        else
            Assert.True(plan.Rule is TransmitRule.Broadcast or TransmitRule.RoundRobin);
        if (explained.Hash is { } hash)
        {
            Assert.Equal(explained.Steps[^1].Hash, hash);
            var place = (int)(hash % (uint)explained.Modulus!.Value);
            Assert.Equal(slot, plan.Transmit[explained.Bucket is null ? place : plan.Balancing!.Buckets[place]]);
        }
        if (explained.Bucket is { } bucket)
            Assert.Equal(slot, plan.Transmit[plan.Balancing!.Buckets[bucket]]);
        if (explained.IsBalanced == false)
            Assert.Equal(plan.Transmit[plan.Balancing!.Active], slot);
    }
}
