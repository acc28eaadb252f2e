using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Core.Forwarding;
using Xunit;

namespace Tandem.Cli.Tests;

public sealed class LacpCommandTests
{
    private static readonly BondResource Bond = WithLacp(RecordedState.Load("4-802.3ad.4-s0-no-carrier").Bond);
    private static readonly BondResource Other = RecordedState.Load("1-active-backup.3-up").Bond;

    [Fact]
    public async Task A_bond_is_told_member_by_member()
    {
        await using var service = new StubService(_ => (200, Json(Bond)));
        var run = await service.RunAsync("lacp bond0");
        Assert.Equal(0, run.ExitCode);
        Golden.Equal("lacp.txt", run.Output);
        Assert.Equal(["GET /v1/bonds/bond0"], service.Requests);
    }

    [Fact]
    public async Task Without_a_name_all_bonds_of_the_mode_are_told()
    {
        await using var service = new StubService(_ => (200, $"[{Json(Other)},{Json(Bond)},{Json(Bond with { Name = "bond2" })}]"));
        var text = await service.RunAsync("lacp");
        Assert.Equal(0, text.ExitCode);
        Assert.Equal(2, text.Output.Split(": system ").Length - 1);
        Assert.Contains("\n\nbond2: system ", text.Output, StringComparison.Ordinal);
        var json = JsonNode.Parse((await service.RunAsync("-j lacp")).Output)!.AsArray();
        Assert.Equal(["bond0", "bond2"], json.Select(bond => (string?)bond!["name"]));
    }

    [Fact]
    public async Task Where_no_bond_is_of_the_mode_nothing_is_told()
    {
        await using var service = new StubService(_ => (200, $"[{Json(Other)}]"));
        Assert.Equal(new CommandRun(0, "", ""), await service.RunAsync("lacp"));
        Assert.Equal("[]\n", (await service.RunAsync("-j lacp")).Output);
    }

    [Fact]
    public async Task The_json_is_that_of_the_service()
    {
        var sent = Json(Bond);
        await using var service = new StubService(_ => (200, sent));
        var json = JsonNode.Parse((await service.RunAsync("-j lacp bond0")).Output)!;
        var expected = JsonNode.Parse(sent)!;
        Assert.True(JsonNode.DeepEquals(expected["lacp"], json["lacp"]), json.ToJsonString());
        Assert.Equal(2, json["members"]!.AsArray().Count);
        for (var i = 0; i < 2; i++)
        {
            Assert.Equal((string?)expected["members"]![i]!["name"], (string?)json["members"]![i]!["name"]);
            Assert.True(JsonNode.DeepEquals(expected["members"]![i]!["lacp"], json["members"]![i]!["lacp"]), json.ToJsonString());
        }
    }

    [Fact]
    public async Task A_bond_of_another_mode_is_refused()
    {
        await using var service = new StubService(_ => (200, Json(Other)));
        var run = await service.RunAsync("lacp bond0");
        Assert.Equal(2, run.ExitCode);
        Assert.Equal("", run.Output);
        Assert.Equal("Error: bond0: a bond of mode active-backup has no LACP; accepted: a bond of mode 802.3ad\n", run.Error);
    }

    [Fact]
    public async Task A_bond_that_is_not_there_is_not_found()
    {
        await using var service = new StubService(_ => (404, """{"kind":"no-bond","message":"bond7: there is no bond of that name"}"""));
        var run = await service.RunAsync("lacp bond7");
        Assert.Equal((1, "Error: bond7: there is no bond of that name\n"), (run.ExitCode, run.Error));
    }

    [Fact]
    public async Task A_second_word_is_a_mistake()
    {
        var run = await CommandRun.OfLineAsync("lacp bond0 bond1");
        Assert.Equal(255, run.ExitCode);
        Assert.Contains("\"bond1\" was not expected here", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Explain_says_why_a_member_carries_nothing()
    {
        var plan = new ForwardingPlan { Rule = TransmitRule.Hash, Transmit = [1] };
        await using var service = new StubService(StubService.Bond(Bond, plan));
        var text = await service.RunAsync("explain bond0 --src 10.0.0.1:1 --dst 10.0.0.2:2");
        Assert.Contains("\nmembers   1 (s1)\nidle      s0: the link is down; ", text.Output, StringComparison.Ordinal);
        Assert.Contains("(s1)\n", text.Output, StringComparison.Ordinal);
        var json = JsonNode.Parse((await service.RunAsync("-j explain bond0 --src 10.0.0.1:1 --dst 10.0.0.2:2")).Output)!;
        Assert.Equal("s0", (string?)json["idle"]![0]!["member_name"]);
        Assert.Equal(Bond.Members[0].Lacp!.WaitsFor, (string?)json["idle"]![0]!["reason"]);
    }

    // The recorded state, with values that only the service knows. Times are local, as in the text.
    private static BondResource WithLacp(BondResource bond) =>
        bond with
        {
            Lacp = bond.Lacp! with
            {
                Active = new LacpAggregatorResource
                {
                    Id = 1,
                    Partner = new LacpSystemResource(65535, "02:00:00:00:00:02"),
                    ActorKey = 15,
                    PartnerKey = 15,
                    Links = 2,
                    LinksUp = 1,
                    LinksUsable = 1,
                    BandwidthMbps = 10000,
                },
            },
            Members = [WithLacp(bond.Members[0], isUp: false), WithLacp(bond.Members[1], isUp: true)],
        };

    private static MemberResource WithLacp(MemberResource member, bool isUp) =>
        member with
        {
            Lacp = member.Lacp! with
            {
                IsCarrying = isUp,
                WaitsFor = isUp ? null : "the link is down; 65535,02:00:00:00:00:02 is remembered as its partner",
                Actor = WithWords(member.Lacp.Actor),
                Partner = WithWords(member.Lacp.Partner),
                LastHeard = isUp ? At(12) : At(9),
                Receive = new LacpMachineResource(isUp ? "current" : "port disabled", isUp ? At(1) : At(10)),
                Mux = new LacpMachineResource(isUp ? "distributing" : "attached", isUp ? At(2) : At(10)),
                Periodic = isUp ? "each second" : "never",
                Drain = isUp ? "off" : "drained",
                Counters = new Dictionary<string, ulong>(StringComparer.Ordinal)
                {
                    ["lacpdu_received"] = 11,
                    ["lacpdu_sent"] = 12,
                    ["marker_received"] = 0,
                    ["too_short"] = isUp ? 0u : 3u,
                    ["partner_changes"] = 1,
                },
                Transitions = isUp
                    ?
                    [
                        new LacpTransitionResource(At(1), "receive", "expired", "current", "the partner was heard"),
                        new LacpTransitionResource(At(2), "mux", "collecting", "distributing", "the partner collects"),
                    ]
                    : [],
            },
        };

    private static LacpEndResource WithWords(LacpEndResource end) =>
        end with
        {
            Synchronization = (end.State & 8) != 0 ? "in sync" : "out of sync",
            Collecting = (end.State & 16) != 0,
            Distributing = (end.State & 32) != 0,
        };

    private static DateTimeOffset At(int second) => new(new DateTime(2026, 11, 22, 10, 0, second, 125, DateTimeKind.Local));

    private static string Json(BondResource bond) => JsonSerializer.Serialize(bond, TandemJson.Default.BondResource);
}
