using System.Net;
using System.Text.Json;
using Tandem.Core.Explaining;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Options;
using Tandem.Core.Packets;
using Xunit;

namespace Tandem.Api.Tests;

public sealed class PlanJsonTests
{
    public static TheoryData<BondMode> Modes => [.. Enum.GetValues<BondMode>()];

    [Theory]
    [MemberData(nameof(Modes))]
    public void A_plan_read_from_JSON_selects_the_same_members_as_the_original(BondMode mode)
    {
        foreach (var policy in Enum.GetValues<HashPolicy>())
        {
            var published = PaperBond.Plan(mode, policy, 5);
            var (plan, names) = PlanJson.Read(Sent(PlanJson.Describe(published, slot => $"eth{9 - slot}")));
            var (here, there) = (new FrameRouter(seed: 3), new FrameRouter(seed: 3));
            for (ushort port = 0; port < 100; port++)
            {
                var flow = new FlowDescription(
                    new IPEndPoint(new IPAddress([10, 0, 0, 1]), port),
                    new IPEndPoint(new IPAddress([10, 0, 1, (byte)port]), 9),
                    port % 10 == 0 ? IpProtocol.Igmp : IpProtocol.Udp
                );
                Assert.Equal($"eth{9 - here.Route(published, flow.BuildFrame())}", names[there.Route(plan, flow.BuildFrame())]);
            }
        }
    }

    [Fact]
    public void Queues_and_turns_keep_their_members()
    {
        var published = new ForwardingPlan
        {
            Generation = 8,
            Rule = TransmitRule.RoundRobin,
            PacketsPerMember = 3,
            Transmit = [4, 4, 2],
            GroupSlot = 2,
            Queues = [new QueueSlot(5, 6)],
        };
        var (plan, names) = PlanJson.Read(Sent(PlanJson.Describe(published, slot => $"eth{slot}")));
        Assert.Equal(["eth4", "eth2", "eth6"], names);
        Assert.True(
            plan.SameAs(published with { Transmit = [0, 0, 1], GroupSlot = 1, Queues = [new QueueSlot(5, 2)] }),
            JsonSerializer.Serialize(PlanJson.Describe(plan, slot => names[slot]), TandemJson.Default.PlanResource)
        );
    }

    [Fact]
    public void The_standbys_are_listed_in_order()
    {
        var published = new ForwardingPlan
        {
            Rule = TransmitRule.One,
            Transmit = [4],
            Standby = [6, 2],
        };
        var (plan, names) = PlanJson.Read(Sent(PlanJson.Describe(published, slot => $"eth{slot}")));
        Assert.Equal(["eth4", "eth6", "eth2"], names);
        Assert.True(plan.SameAs(published with { Transmit = [0], Standby = [1, 2] }));
    }

    [Fact]
    public void A_bond_without_members_has_a_plan()
    {
        var (plan, names) = PlanJson.Read(Sent(PlanJson.Describe(ForwardingPlan.Empty, _ => "none")));
        Assert.True(plan.SameAs(ForwardingPlan.Empty));
        Assert.Empty(names);
    }

    [Fact]
    public void A_plan_of_another_version_is_refused_not_misread()
    {
        var good = PlanJson.Describe(PaperBond.Plan(BondMode.BalanceAlb, HashPolicy.Layer2, 2), slot => $"eth{slot}");
        var tables = good.Balancing!;
        PlanResource[] bad =
        [
            good with
            {
                Rule = "fair",
            },
            good with
            {
                Policy = "layer7",
            },
            good with
            {
                Balancing = null,
            },
            good with
            {
                Balancing = tables with { Active = 2 },
            },
            good with
            {
                Balancing = tables with { Address = "here" },
            },
            good with
            {
                Balancing = tables with { Sources = [] },
            },
            good with
            {
                Balancing = tables with { Buckets = [0, 1] },
            },
            good with
            {
                Balancing = tables with { Peers = [.. tables.Peers.Select(place => place - 1)] },
            },
        ];
        Assert.All(bad, plan => Assert.Throws<TandemException>(() => PlanJson.Read(plan)));
    }

    private static PlanResource Sent(PlanResource plan) =>
        JsonSerializer.Deserialize(JsonSerializer.Serialize(plan, TandemJson.Readable.PlanResource), TandemJson.Default.PlanResource)!;
}
