using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Core.Explaining;
using Tandem.Core.Hashing;
using Tandem.Core.Options;
using Xunit;

namespace Tandem.Cli.Tests;

public sealed class AlbCommandTests
{
    private static readonly BondResource Alb = WithBalancing(RecordedState.Load("6-balance-alb.3-up").Bond, Peers);
    private static readonly BondResource Tlb = WithBalancing(RecordedState.Load("5-balance-tlb.3-up").Bond, null);
    private static readonly BondResource Other = RecordedState.Load("1-active-backup.3-up").Bond;

    private static IReadOnlyList<PeerResource> Peers =>
        [
            new()
            {
                Address = "10.0.0.7",
                Server = "10.0.0.1",
                Station = "02:00:00:00:00:77",
                Told = "02:00:00:00:01:02",
                Member = "s1",
                Since = At(3),
                Reason = "s1 has the fewest peers for its speed",
            },
            new()
            {
                Address = "10.0.0.108",
                Server = "10.0.0.1",
                Vlan = 7,
                Station = "02:00:00:00:00:78",
                Since = At(4),
                Reason = "s0 cannot carry frames",
            },
        ];

    [Fact]
    public async Task A_bond_of_balance_alb_is_told_with_its_members_peers_and_moves()
    {
        await using var service = new StubService(_ => (200, Json(Alb)));
        var run = await service.RunAsync("alb bond0");
        Assert.Equal(0, run.ExitCode);
        Golden.Equal("alb.txt", run.Output);
        Assert.Equal(["GET /v1/bonds/bond0"], service.Requests);
    }

    [Fact]
    public async Task A_bond_of_balance_tlb_has_no_peers()
    {
        await using var service = new StubService(_ => (200, Json(Tlb)));
        var run = await service.RunAsync("alb bond0");
        Assert.Equal(0, run.ExitCode);
        Assert.Contains(
            "bond0: balance-tlb, active member s0, sent traffic is balanced by measured load\n",
            run.Output,
            StringComparison.Ordinal
        );
        Assert.DoesNotContain("peer", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Where_the_hash_balances_nothing_measured_is_told()
    {
        var bond = Tlb with { Balancing = new BalancingResource { Moves = [] } };
        await using var service = new StubService(_ => (200, Json(bond)));
        Assert.Equal(
            """
            bond0: balance-tlb, active member s0, sent traffic is balanced by hash

            member  sends from
            s0      02:00:00:00:01:01
            s1      02:00:00:00:01:02

            """,
            (await service.RunAsync("alb bond0")).Output
        );
    }

    [Fact]
    public async Task Without_a_name_all_bonds_that_balance_are_told()
    {
        await using var service = new StubService(_ => (200, $"[{Json(Other)},{Json(Alb)},{Json(Tlb with { Name = "bond2" })}]"));
        var text = await service.RunAsync("alb");
        Assert.Contains("\n\nbond2: balance-tlb", text.Output, StringComparison.Ordinal);
        var json = JsonNode.Parse((await service.RunAsync("-j alb")).Output)!.AsArray();
        Assert.Equal(["bond0", "bond2"], json.Select(bond => (string?)bond!["name"]));
    }

    [Fact]
    public async Task The_json_is_that_of_the_service()
    {
        var sent = Json(Alb);
        await using var service = new StubService(_ => (200, sent));
        var json = JsonNode.Parse((await service.RunAsync("-j alb bond0")).Output)!;
        var expected = JsonNode.Parse(sent)!;
        Assert.True(JsonNode.DeepEquals(expected["balancing"], json["balancing"]), json.ToJsonString());
        Assert.Equal(2, json["members"]!.AsArray().Count);
        for (var i = 0; i < 2; i++)
            Assert.True(JsonNode.DeepEquals(expected["members"]![i]!["balancing"], json["members"]![i]!["balancing"]));
    }

    [Fact]
    public async Task A_bond_of_another_mode_is_refused()
    {
        await using var service = new StubService(_ => (200, Json(Other)));
        var run = await service.RunAsync("alb bond0");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal(
            "Error: bond0: a bond of mode active-backup does not balance by load; accepted: a bond of mode balance-alb or balance-tlb\n",
            run.Error
        );
    }

    [Fact]
    public async Task Show_tells_it_with_statistics_only()
    {
        await using var service = new StubService(_ => (200, Json(Alb)));
        var (plain, more) = (await service.RunAsync("show bond0"), await service.RunAsync("-s show bond0"));
        var balancing = await service.RunAsync("alb bond0");
        Assert.DoesNotContain("bucket", plain.Output, StringComparison.Ordinal);
        Assert.StartsWith($"{plain.Output}\nmember  tx frames  tx bytes", more.Output, StringComparison.Ordinal);
        Assert.EndsWith($"\n\n{balancing.Output}", more.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Show_has_the_counters_of_members_with_statistics()
    {
        var counters = new MemberCounters
        {
            TxFrames = 12,
            TxDropped = 3,
            RxSuppressed = 4567,
        };
        var bond = Other with { Members = [.. Other.Members.Select(member => member with { Counters = counters })] };
        await using var service = new StubService(_ => (200, Json(bond)));
        var run = await service.RunAsync("-s show bond0");
        Assert.Contains(
            """

            member  tx frames  tx bytes  tx dropped  rx frames  rx bytes  rx suppressed  rx dropped
            s0      12         0         3           0          0         4567           0

            """,
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Explain_goes_by_the_tables_that_the_service_published()
    {
        var plan = PaperBond.Plan(BondMode.BalanceAlb, HashPolicy.Layer2, 2);
        // The second member has all buckets.
        plan = plan with
        {
            Balancing = plan.Balancing! with { Buckets = [.. Enumerable.Repeat((byte)1, 256)] },
        };
        var bond = Alb with { Link = Alb.Link with { Address = plan.Balancing.Address.ToString() } };
        await using var service = new StubService(StubService.Bond(bond, plan));
        var run = await service.RunAsync("explain bond0 --src 10.0.0.1:1 --dst 10.0.0.7:2");
        Assert.Equal(0, run.ExitCode);
        Assert.Equal(
            $"""
            mode      balance-alb
            members   2 (s0, s1)
            bucket    13
            member    1 by bucket 13 (s1)
            leaves    from {plan.Balancing.Sources[1]}
            note      balanced: the address 10.0.0.7 picks the bucket, and the measured load the bucket's member

            """,
            run.Output
        );
        var json = JsonNode.Parse((await service.RunAsync("-j explain bond0 --src 10.0.0.1:1 --dst 10.0.0.7:2")).Output)!;
        Assert.Equal(
            (13, 1, "s1", true),
            ((int)json["bucket"]!, (int)json["member"]!, (string?)json["member_name"], (bool)json["balanced"]!)
        );
        var foreign = await service.RunAsync("explain bond0 --src-mac 02:00:00:00:00:99 --src 10.0.0.1:1 --dst 10.0.0.7:2");
        Assert.Contains(
            "member    0 (s0)\nleaves    from 02:00:00:00:00:99\nnote      not balanced",
            foreign.Output,
            StringComparison.Ordinal
        );
    }

    private static BondResource WithBalancing(BondResource bond, IReadOnlyList<PeerResource>? peers) =>
        bond with
        {
            Balancing = new BalancingResource
            {
                IsDynamic = true,
                UnbalancedBytesPerSecond = 120,
                Moves =
                [
                    new BucketMoveResource(At(0), [20], null, "s1", 0, "s0 cannot send"),
                    new BucketMoveResource(At(1), [200, 201, 202], "s0", "s1", 3000, "s0 cannot send"),
                    new BucketMoveResource(At(2), [13], "s0", "s1", 125_000_000, "its member had the most to send for its speed"),
                ],
                Peers = peers,
            },
            Members =
            [
                bond.Members[0] with
                {
                    Balancing = new MemberBalancingResource("02:00:00:00:01:01", 127, 4000),
                },
                bond.Members[1] with
                {
                    Balancing = new MemberBalancingResource("02:00:00:00:01:02", 129, 125_004_000),
                },
            ],
        };

    private static DateTimeOffset At(int second) => new(new DateTime(2026, 11, 22, 10, 0, second, 125, DateTimeKind.Local));

    private static string Json(BondResource bond) => JsonSerializer.Serialize(bond, TandemJson.Default.BondResource);
}
