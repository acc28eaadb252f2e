using System.Globalization;
using System.Net.Sockets;
using System.Text;
using Tandem.Api;

namespace Tandem.Daemon.Tests;

/// <summary>Requests about changes that wait for confirmation, and the turn to apply files.</summary>
public sealed class RollbackRequestTests
{
    [Fact]
    public async Task Clients_see_what_waits_and_one_at_a_time_applies()
    {
        await using var service = await RunningService.StartAsync();
        var (status, json) = await service.SendAsync(HttpMethod.Put, Endpoints.Rollback, """{"within_seconds":60,"bonds":["bond9"]}""");
        Assert.Equal((200, "bond9"), (status, (string?)json!["removes"]![0]));
        Assert.InRange((int)(await service.SendAsync(HttpMethod.Get, Endpoints.Rollback)).Json!["left_seconds"]!, 1, 60);
        Assert.NotNull((await service.SendAsync(HttpMethod.Get, Endpoints.Service)).Json!["rollback"]);
        (status, json) = await service.SendAsync(HttpMethod.Post, Endpoints.Apply);
        Assert.Equal((409, ErrorKinds.Unconfirmed), (status, (string?)json!["kind"]));
        Assert.Equal(204, (await service.SendAsync(HttpMethod.Delete, Endpoints.Rollback)).Status);
        Assert.Equal(404, (await service.SendAsync(HttpMethod.Delete, Endpoints.Rollback)).Status);
        Assert.Null((await service.SendAsync(HttpMethod.Get, Endpoints.Service)).Json!["rollback"]);

        using ((await TakeTurnAsync(service)).Held)
        {
            (status, json) = await service.SendAsync(HttpMethod.Post, Endpoints.Apply);
            Assert.Equal((409, ErrorKinds.Applying), (status, (string?)json!["kind"]));
        }
        // The previous holder of the turn has just gone.
        using var next = (await TakeTurnAsync(service)).Held;
    }

    [Fact]
    public async Task Changes_that_are_not_completed_in_a_turn_are_rolled_back_when_it_ends()
    {
        await using var service = await RunningService.StartAsync();
        var bonds = $"{Endpoints.Bonds}/bond9";
        var (held, turn) = await TakeTurnAsync(service);
        using (held)
        {
            var (status, json) = await service.SendAsync(HttpMethod.Put, Endpoints.Rollback, Request(turn));
            Assert.Equal((200, null), (status, json!["until"]));
            // Only who has the turn may end them.
            Assert.Equal(409, (await service.SendAsync(HttpMethod.Delete, Endpoints.Rollback)).Status);
            Assert.Equal(409, (await service.SendAsync(HttpMethod.Post, $"{Endpoints.Rollback}?{Endpoints.TurnQuery}={turn + 1}")).Status);
            Assert.Equal(201, (await service.SendAsync(HttpMethod.Put, bonds, "{}")).Status);
        }
        // The turn is free once the changes are rolled back.
        using ((await TakeTurnAsync(service)).Held)
            Assert.Equal(404, (await service.SendAsync(HttpMethod.Get, bonds)).Status);

        (held, turn) = await TakeTurnAsync(service);
        using (held)
        {
            await service.SendAsync(HttpMethod.Put, Endpoints.Rollback, Request(turn));
            await service.SendAsync(HttpMethod.Put, bonds, "{}");
            var own = $"{Endpoints.Rollback}?{Endpoints.TurnQuery}={turn}";
            Assert.Equal(204, (await service.SendAsync(HttpMethod.Delete, own)).Status);
        }
        Assert.Equal(400, (await service.SendAsync(HttpMethod.Put, Endpoints.Rollback, Request(turn))).Status);
        using ((await TakeTurnAsync(service)).Held)
            Assert.Equal(200, (await service.SendAsync(HttpMethod.Get, bonds)).Status);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("""{"within_seconds":"2m"}""")]
    [InlineData("""{"within_seconds":60,"bonds":["a/b"]}""")]
    [InlineData("""{"within_seconds":60,"bonds":[null]}""")]
    [InlineData("""{"within_seconds":60,"bonds":"bond0"}""")]
    public async Task A_request_that_is_wrong_is_refused_with_what_is_accepted(string body)
    {
        await using var service = await RunningService.StartAsync();
        var (status, json) = await service.SendAsync(HttpMethod.Put, Endpoints.Rollback, body);
        Assert.Equal((400, ErrorKinds.Request), (status, (string?)json!["kind"]));
    }

    private static string Request(long turn) => $$"""{"turn":{{turn}},"bonds":["bond9"]}""";

    private static async Task<(Socket Held, long Turn)> TakeTurnAsync(RunningService service)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(Path.Combine(service.Directory, "s")),
            TestContext.Current.CancellationToken
        );
        await socket.SendAsync(Encoding.ASCII.GetBytes($"POST {Endpoints.Apply} HTTP/1.1\r\nHost: tandem\r\nContent-Length: 0\r\n\r\n"));
        var head = new byte[1024];
        var length = await socket.ReceiveAsync(head);
        var text = Encoding.ASCII.GetString(head, 0, length);
        Assert.StartsWith("HTTP/1.1 200 OK", text, StringComparison.Ordinal);
        var header = text.Split("\r\n").Single(line => line.StartsWith(Endpoints.TurnHeader, StringComparison.Ordinal));
        return (socket, long.Parse(header.Split(' ')[1], CultureInfo.InvariantCulture));
    }
}
