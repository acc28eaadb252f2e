using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;

namespace Tandem.Daemon.Tests;

public sealed class LacpTests
{
    [Fact]
    public async Task Two_bonds_that_are_connected_say_all_of_each_other()
    {
        await using var service = await RunningService.StartAsync();
        var (left, right) = (service.Network.Add("e0"), service.Network.Add("f0"));
        service.Network.Connect(left, right);
        await MakeAsync(service, "bond0", "e0");
        await MakeAsync(service, "bond1", "f0");

        var json = await UntilAsync(service, "bond0", bond => (bool)bond["members"]![0]!["lacp"]!["is_carrying"]!);

        var partner = (string)(await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond1")).Json!["lacp"]!["system"]!["address"]!;
        Assert.Equal(
            $$"""{"aggregator":1,"num_ports":1,"actor_key":1,"partner_key":1,"partner_mac":"{{partner}}"}""",
            json["options"]!["ad_info"]!.ToJsonString()
        );
        var data = json["members"]![0]!["data"]!.AsObject();
        string[] keys =
        [
            "state",
            "mii_status",
            "link_failure_count",
            "perm_hwaddr",
            "queue_id",
            "prio",
            "ad_aggregator_id",
            "ad_actor_oper_port_state",
            "ad_actor_oper_port_state_str",
            "ad_partner_oper_port_state",
            "ad_partner_oper_port_state_str",
            "churn_actor_state",
            "churn_partner_state",
            "actor_port_prio",
        ];
        Assert.Equal(keys, data.Select(entry => entry.Key));
        Assert.Equal(0x3d, (int)data["ad_actor_oper_port_state"]!);
        Assert.Equal(("NO_CHURN", "NO_CHURN"), ((string?)data["churn_actor_state"], (string?)data["churn_partner_state"]));
        Assert.Equal(
            """["active","aggregating","in_sync","collecting","distributing"]""",
            data["ad_actor_oper_port_state_str"]!.ToJsonString()
        );

        var bond = json.Deserialize(TandemJson.Default.BondResource)!;
        Assert.Equal(new LacpSystemResource(65535, partner), bond.Lacp!.Active!.Partner);
        var port = Assert.Single(bond.Members).Lacp!;
        Assert.Null(port.WaitsFor);
        Assert.Equal(("distributing", "current", "selected", "off"), (port.Mux.State, port.Receive.State, port.Selection, port.Drain));
        Assert.Equal(("active", "long", "in sync"), (port.Actor.Activity, port.Actor.Timeout, port.Actor.Synchronization));
        Assert.True(port.Actor is { Collecting: true, Distributing: true, Defaulted: false, Expired: false, Churn: "none" });
        Assert.Equal(7ul, port.Counters["excess"]);
        Assert.True(port.Counters["lacpdu_received"] > 0 && port.Counters["lacpdu_sent"] > 0);
        Assert.Contains(port.Transitions, one => one is { Machine: "mux", To: "distributing", Reason: "the partner collects" });
        Assert.InRange(port.Mux.Since, DateTimeOffset.UtcNow.AddMinutes(-1), DateTimeOffset.UtcNow.AddSeconds(1));
        Assert.InRange(port.LastHeard!.Value, port.Receive.Since, DateTimeOffset.UtcNow.AddSeconds(1));
    }

    [Fact]
    public async Task A_member_without_a_partner_shows_what_it_waits_for()
    {
        await using var service = await RunningService.StartAsync();
        service.Network.Add("e0");
        await MakeAsync(service, "bond0", "e0");

        var json = (await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond0")).Json!;

        Assert.Null(json["options"]!["ad_info"]);
        Assert.Null(json["lacp"]!["active"]);
        var port = json["members"]![0]!["lacp"]!;
        Assert.Equal("no LACPDU has arrived since the link came up", (string?)port["waits_for"]);
        Assert.True((bool)port["actor"]!["defaulted"]!);
        Assert.Equal(1, (int)json["members"]![0]!["data"]!["ad_aggregator_id"]!);
    }

    [Fact]
    public async Task A_drained_member_says_so()
    {
        await using var service = await RunningService.StartAsync();
        service.Network.Add("e0");
        await MakeAsync(service, "bond0", "e0");

        await service.SendAsync(HttpMethod.Patch, "/v1/bonds/bond0/members/e0", """{"options":{"drain":true}}""");

        var json = await UntilAsync(service, "bond0", bond => (string?)bond["members"]![0]!["lacp"]!["drain"] == "drained");
        Assert.Equal("it is drained; to use it again: drain off", (string?)json["members"]![0]!["lacp"]!["waits_for"]);
    }

    [Fact]
    public async Task Bonds_of_other_modes_say_nothing_of_it()
    {
        await using var service = await RunningService.StartAsync();
        service.Network.Add("e0");
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0","up":true}""");
        var json = (await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/e0")).Json!;
        Assert.Null(json["lacp"]);
        Assert.Null(json["members"]![0]!["lacp"]);
        Assert.DoesNotContain(json["members"]![0]!["data"]!.AsObject(), entry => entry.Key.StartsWith("ad_", StringComparison.Ordinal));
    }

    private static async Task MakeAsync(RunningService service, string bond, string member)
    {
        var body = $$"""{"name":"{{bond}}","options":{"mode":"802.3ad","miimon":100},"up":true}""";
        Assert.Equal(201, (await service.SendAsync(HttpMethod.Post, "/v1/bonds", body)).Status);
        Assert.Equal(200, (await service.SendAsync(HttpMethod.Put, $"/v1/bonds/{bond}/members/{member}")).Status);
    }

    // LACP takes seconds, and the service's clock is real.
    private static async Task<JsonNode> UntilAsync(RunningService service, string bond, Func<JsonNode, bool> holds)
    {
        var ends = DateTime.UtcNow.AddSeconds(20);
        while (true)
        {
            var json = (await service.SendAsync(HttpMethod.Get, $"/v1/bonds/{bond}")).Json!;
            if (holds(json))
                return json;
            Assert.True(DateTime.UtcNow < ends, json.ToJsonString());
            await Task.Delay(20, TestContext.Current.CancellationToken);
        }
    }
}
