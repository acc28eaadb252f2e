using System.Net.Sockets;
using System.Text;

namespace Tandem.Daemon.Tests;

public sealed class ApiTests
{
    [Fact]
    public async Task A_bond_is_made_changed_joined_and_removed()
    {
        var directory = RunningService.TemporaryDirectory();
        await using var service = await RunningService.StartAsync(directory: directory);
        service.Network.Add("eth0");

        var (made, bond) = await service.SendAsync(
            HttpMethod.Post,
            "/v1/bonds",
            """{"name":"bond0","options":{"mode":"active-backup","miimon":"100"},"mtu":1400,"up":true}"""
        );
        Assert.Equal(201, made);
        Assert.Equal("active-backup", (string?)bond!["options"]!["mode"]);
        Assert.Equal(1400, (int)bond["link"]!["mtu"]!);
        Assert.Contains("MASTER", bond["link"]!["flags"]!.AsArray().Select(flag => (string?)flag));
        Assert.Null(bond["link"]!["kind"]);

        var (joined, withMember) = await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/eth0");
        Assert.Equal(200, joined);
        var member = Assert.Single(withMember!["members"]!.AsArray())!;
        Assert.Equal("ACTIVE", (string?)member["data"]!["state"]);
        Assert.Equal("bond0", (string?)member["link"]!["master"]);
        Assert.Contains("SLAVE", member["link"]!["flags"]!.AsArray().Select(flag => (string?)flag));

        var (changed, prio) = await service.SendAsync(HttpMethod.Patch, "/v1/bonds/bond0/members/eth0", """{"options":{"prio":"-5"}}""");
        Assert.Equal(200, changed);
        Assert.Equal(-5, (int)prio!["members"]![0]!["data"]!["prio"]!);

        var (released, without) = await service.SendAsync(HttpMethod.Delete, "/v1/bonds/bond0/members/eth0");
        Assert.Equal(200, released);
        Assert.Empty(without!["members"]!.AsArray());
        Assert.Equal(["eth0"], service.Network.GivenBack);

        Assert.Equal(204, (await service.SendAsync(HttpMethod.Delete, "/v1/bonds/bond0")).Status);
        Assert.Equal("[]", (await service.SendAsync(HttpMethod.Get, "/v1/bonds")).Json!.ToJsonString());
        Assert.Null(service.Network.Find("bond0"));
        await service.DisposeAsync();
        Assert.Empty(Directory.GetFiles(directory));
        Directory.Delete(directory);
    }

    [Theory]
    [InlineData("POST", "/v1/bonds", """{"name":"eth0"}""", 409, "exists")]
    [InlineData("POST", "/v1/bonds", """{"name":"bond0"}""", 409, "exists")]
    [InlineData("POST", "/v1/bonds", """{"name":"a/b"}""", 400, "request")]
    [InlineData("POST", "/v1/bonds", """{"name":"sixteen-bytes-xx"}""", 400, "request")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"mode":"fastest"}}""", 400, "syntax")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"colour":"red"}}""", 400, "request")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"miimon":null}}""", 400, "request")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"mode":"active-backup","primary":"nope"}}""", 404, "no-device")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","mtu":67}""", 422, "range")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","mtu":65536}""", 422, "range")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","address":"00:00:00:00:00:00"}""", 422, "range")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","address":"01:00:00:00:00:00"}""", 422, "range")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","address":"red"}""", 422, "range")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"miimon":"x"}}""", 400, "syntax")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"miimon":1.5}}""", 400, "syntax")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"updelay":"-1"}}""", 422, "range")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"updelay":99999999999999999999}}""", 422, "range")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"num_grat_arp":"256"}}""", 422, "range")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","options":{"downdelay":"100"}}""", 409, "dependency")]
    [InlineData("POST", "/v1/bonds", "", 400, "request")]
    [InlineData("POST", "/v1/bonds", "null", 400, "request")]
    [InlineData("POST", "/v1/bonds", "{", 400, "request")]
    [InlineData("POST", "/v1/bonds", "[]", 400, "request")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","mtu":"1500"}""", 400, "request")]
    [InlineData("POST", "/v1/bonds", """{"name":"b","colour":"red"}""", 400, "request")]
    [InlineData("POST", "/v1/bonds", """{"mtu":1500}""", 400, "request")]
    [InlineData("GET", "/v1/bonds/nope", null, 404, "no-bond")]
    [InlineData("PATCH", "/v1/bonds/nope", "{}", 404, "no-bond")]
    [InlineData("DELETE", "/v1/bonds/nope", null, 404, "no-bond")]
    [InlineData("DELETE", "/v1/bonds/eth0", null, 404, "no-bond")]
    [InlineData("PUT", "/v1/bonds/nope/members/eth0", null, 404, "no-bond")]
    [InlineData("PUT", "/v1/bonds/bond0/members/nope", null, 404, "no-device")]
    [InlineData("PUT", "/v1/bonds/bond0/members/bond0", null, 409, "device")]
    [InlineData("PUT", "/v1/bonds/bond0/members/eth0", """{"options":{"drain":true}}""", 409, "mode")]
    [InlineData("PUT", "/v1/bonds/bond0/members/eth0", """{"options":{"queue_id":"x"}}""", 400, "syntax")]
    [InlineData("PUT", "/v1/bonds/bond0/members/eth0", "{", 400, "request")]
    [InlineData("DELETE", "/v1/bonds/bond0/members/eth0", null, 409, "device")]
    [InlineData("PATCH", "/v1/bonds/bond0/members/eth0", """{"options":{"prio":"1"}}""", 409, "device")]
    [InlineData("PATCH", "/v1/bonds/bond0", """{"options":{"lacp_rate":"fast"}}""", 409, "mode")]
    [InlineData("GET", "/", null, 404, "request")]
    [InlineData("GET", "/v1/bonds/bond0/nothing", null, 404, "request")]
    [InlineData("DELETE", "/v1/bonds", null, 405, "request")]
    public async Task An_impossible_request_is_refused_in_JSON_without_a_change(
        string method,
        string path,
        string? body,
        int status,
        string kind
    )
    {
        await using var service = await RunningService.StartAsync();
        service.Network.Add("eth0");
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0"}""");
        var before = (await service.SendAsync(HttpMethod.Get, "/v1/bonds")).Json!.ToJsonString();

        var answer = await service.SendAsync(new HttpMethod(method), path, body);

        Assert.Equal((status, kind), (answer.Status, (string?)answer.Json!["kind"]));
        Assert.NotEmpty((string?)answer.Json["message"] ?? "");
        Assert.Equal(before, (await service.SendAsync(HttpMethod.Get, "/v1/bonds")).Json!.ToJsonString());
        Assert.Equal(2, service.Network.Links().Count);
    }

    [Theory]
    [InlineData("""{"mtu":"1500"}""", "the body cannot be read at mtu: a whole number is expected; accepted: a JSON object with ")]
    [InlineData("""{"up":1}""", "the body cannot be read at up: true or false is expected; ")]
    [InlineData("""{"address":5}""", "the body cannot be read at address: text in quotation marks is expected; ")]
    [InlineData("""{"options":{"miimon":[]}}""", "at options: an object of names and values (text, number, true or false) is expected; ")]
    [InlineData("""{"opts":{}}""", "the body cannot be read at opts: unknown key; accepted: a JSON object with ")]
    [InlineData("""{"options":{"updelay":-1}}""", "updelay -1: out of range; accepted: 0 to 2147483647 ms")]
    [InlineData("""{"options":{"num_unsol_na":300}}""", "num_unsol_na 300: out of range; accepted: 0 to 255 times")]
    [InlineData("""{"options":{"ad_lacp_rate":"fast"}}""", "ad_lacp_rate fast: not an option of mode balance-rr")]
    public async Task A_wrong_value_is_named_as_in_the_request_with_the_right_one(string body, string message)
    {
        await using var service = await RunningService.StartAsync();
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0","options":{"miimon":100}}""");
        var answer = await service.SendAsync(HttpMethod.Patch, "/v1/bonds/bond0", body);
        Assert.Contains(message, (string?)answer.Json!["message"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_change_that_fails_half_way_is_undone()
    {
        await using var service = await RunningService.StartAsync();
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0","options":{"miimon":"50"}}""");
        var before = (await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond0")).Json!.ToJsonString();
        // The options are valid, but the device refuses the address.
        service.Network.NextFailure = "not with this device";

        var (status, refusal) = await service.SendAsync(
            HttpMethod.Patch,
            "/v1/bonds/bond0",
            """{"options":{"mode":"balance-xor","miimon":"100","updelay":"200"},"address":"02:00:00:00:00:99","mtu":1400,"up":true}"""
        );

        Assert.Equal((409, "device"), (status, (string?)refusal!["kind"]));
        Assert.Contains("not with this device", (string?)refusal["message"], StringComparison.Ordinal);
        Assert.Equal(before, (await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond0")).Json!.ToJsonString());
    }

    [Fact]
    public async Task A_bond_whose_device_cannot_be_made_leaves_nothing()
    {
        await using var service = await RunningService.StartAsync();
        service.Network.NextFailure = "no tun driver";
        var (status, refusal) = await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0"}""");
        Assert.Equal((409, "bond0: no tun driver"), (status, (string?)refusal!["message"]));
        Assert.Empty(Directory.GetFiles(service.Directory, "*.json"));
    }

    [Fact]
    public async Task A_member_of_another_bond_is_released_there_first()
    {
        await using var service = await RunningService.StartAsync();
        service.Network.Add("eth0");
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"one"}""");
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"two"}""");
        await service.SendAsync(HttpMethod.Put, "/v1/bonds/one/members/eth0");

        Assert.Equal(200, (await service.SendAsync(HttpMethod.Put, "/v1/bonds/two/members/eth0")).Status);

        var bonds = (await service.SendAsync(HttpMethod.Get, "/v1/bonds")).Json!.AsArray();
        Assert.Equal([0, 1], bonds.Select(bond => bond!["members"]!.AsArray().Count));
    }

    [Fact]
    public async Task A_member_moves_with_its_options_or_stays_where_it_is()
    {
        await using var service = await RunningService.StartAsync();
        service.Network.Add("eth0");
        service.Network.Add("eth1");
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"one"}""");
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"two"}""");
        await service.SendAsync(HttpMethod.Put, "/v1/bonds/one/members/eth0", """{"options":{"queue_id":3}}""");
        await service.SendAsync(HttpMethod.Put, "/v1/bonds/two/members/eth1", """{"options":{"queue_id":5}}""");
        var before = (await service.SendAsync(HttpMethod.Get, "/v1/bonds")).Json!.ToJsonString();

        var taken = await service.SendAsync(HttpMethod.Put, "/v1/bonds/two/members/eth0", """{"options":{"queue_id":5}}""");

        Assert.Equal((409, "conflict"), (taken.Status, (string?)taken.Json!["kind"]));
        Assert.Equal(before, (await service.SendAsync(HttpMethod.Get, "/v1/bonds")).Json!.ToJsonString());

        var moved = await service.SendAsync(HttpMethod.Put, "/v1/bonds/two/members/eth0", """{"options":{"queue_id":6}}""");
        Assert.Equal([5, 6], moved.Json!["members"]!.AsArray().Select(member => (int)member!["data"]!["queue_id"]!));
    }

    [Fact]
    public async Task Bonds_do_not_become_members_of_each_other_in_a_circle()
    {
        await using var service = await RunningService.StartAsync();
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"one"}""");
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"two"}""");
        Assert.Equal(200, (await service.SendAsync(HttpMethod.Put, "/v1/bonds/one/members/two")).Status);
        Assert.Equal(409, (await service.SendAsync(HttpMethod.Put, "/v1/bonds/two/members/one")).Status);
    }

    [Fact]
    public async Task A_body_that_is_too_long_is_not_read()
    {
        await using var service = await RunningService.StartAsync();
        var body = $$"""{"name":"{{new string('x', 70_000)}}"}""";
        var (status, refusal) = await service.SendAsync(HttpMethod.Post, "/v1/bonds", body);
        Assert.Equal((413, "request"), (status, (string?)refusal!["kind"]));
    }

    [Fact]
    public async Task A_request_that_is_no_HTTP_is_refused_and_the_service_goes_on()
    {
        await using var service = await RunningService.StartAsync();
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(Path.Combine(service.Directory, "s")),
            TestContext.Current.CancellationToken
        );
        await socket.SendAsync(Encoding.ASCII.GetBytes("\0\0\0 nonsense\r\n\r\n"), TestContext.Current.CancellationToken);
        var answer = new byte[256];
        var length = await socket.ReceiveAsync(answer, TestContext.Current.CancellationToken);
        Assert.StartsWith("HTTP/1.1 400", Encoding.ASCII.GetString(answer, 0, length), StringComparison.Ordinal);
        Assert.Equal(200, (await service.SendAsync(HttpMethod.Get, "/v1")).Status);
    }

    [Fact]
    public async Task A_fault_of_the_service_is_logged_and_not_told_in_detail()
    {
        await using var service = await RunningService.StartAsync();
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0"}""");
        service.Network.Fault = new InvalidOperationException("the secret detail");
        var (status, refusal) = await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/e0");
        service.Network.Fault = null;
        Assert.Equal((500, "internal"), (status, (string?)refusal!["kind"]));
        Assert.DoesNotContain("secret", refusal.ToJsonString(), StringComparison.Ordinal);
        Assert.Equal(200, (await service.SendAsync(HttpMethod.Get, "/v1/bonds")).Status);
        await service.DisposeAsync();
        Assert.Contains("the secret detail", service.Log.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Stopping_gives_members_back_and_removes_everything()
    {
        var directory = RunningService.TemporaryDirectory();
        var service = await RunningService.StartAsync(directory: directory);
        service.Network.Add("eth0");
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0"}""");
        await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/eth0");
        await service.DisposeAsync();
        Assert.Equal(["eth0"], service.Network.GivenBack);
        Assert.Equal(["eth0"], service.Network.Links().Select(link => link.Name));
        Assert.Empty(Directory.GetFileSystemEntries(directory));
        Directory.Delete(directory);
    }
}
