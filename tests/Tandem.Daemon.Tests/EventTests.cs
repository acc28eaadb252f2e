using System.Text.Json;
using System.Threading.Channels;
using Tandem.Api;
using Tandem.Daemon.Http;

namespace Tandem.Daemon.Tests;

public sealed class EventTests : IDisposable
{
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(20));

    private CancellationToken Bound => _bound.Token;

    public void Dispose() => _bound.Dispose();

    [Fact]
    public async Task A_listener_hears_its_network_namespace_or_all()
    {
        var hub = new EventHub();
        using var here = hub.Listen("net:[1]");
        using var everywhere = hub.Listen(null);
        hub.Publish("net:[2]", Event(2));
        hub.Publish("net:[1]", Event(1));
        hub.Close();
        Assert.Equal(Event(1), (await here.ReadAsync(TestContext.Current.CancellationToken)).Message);
        Assert.Equal(Event(2), (await everywhere.ReadAsync(TestContext.Current.CancellationToken)).Message);
        Assert.Equal(Event(1), (await everywhere.ReadAsync(TestContext.Current.CancellationToken)).Message);
    }

    [Fact]
    public async Task A_listener_that_does_not_read_loses_events_and_learns_how_many()
    {
        var hub = new EventHub();
        using var slow = hub.Listen(null);
        for (var i = 0; i < EventHub.Backlog + 100; i++)
            hub.Publish("net:[1]", Event(i));
        var (first, lost) = await slow.ReadAsync(Bound);
        Assert.Equal(("0", 100), (first.Reason, lost));
        Assert.Equal(0, (await slow.ReadAsync(Bound)).LostBefore);
    }

    [Fact]
    public void A_listener_that_left_gets_no_events()
    {
        var hub = new EventHub();
        hub.Listen(null).Dispose();
        hub.Publish("net:[1]", Event(0));
    }

    [Fact]
    public async Task Events_are_streamed_as_they_happen_and_the_stream_ends_with_the_service()
    {
        var service = await RunningService.StartAsync();
        using var response = await service.Client.GetAsync(Endpoints.Events, HttpCompletionOption.ResponseHeadersRead, Bound);
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Bound));
        Assert.StartsWith(":", await reader.ReadLineAsync(Bound), StringComparison.Ordinal);
        Assert.Equal("", await reader.ReadLineAsync(Bound));

        await service.SendAsync(HttpMethod.Post, Endpoints.Bonds, """{"name":"bond0"}""");

        Assert.Equal("event: bond-added", await reader.ReadLineAsync(Bound));
        var data = await reader.ReadLineAsync(Bound);
        var message = JsonSerializer.Deserialize(data!["data: ".Length..], TandemJson.Default.EventMessage)!;
        Assert.Equal(("bond-added", "bond0", "info"), (message.Kind, message.Bond, message.Level));
        Assert.InRange(DateTimeOffset.UtcNow - message.Time, TimeSpan.FromSeconds(-5), TimeSpan.FromSeconds(20));
        Assert.Equal("", await reader.ReadLineAsync(Bound));

        await service.DisposeAsync();
        var rest = await reader.ReadToEndAsync(Bound);
        Assert.Contains("event: bond-removed", rest, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_bond_says_once_in_which_mode_it_was_made()
    {
        var service = await RunningService.StartAsync();
        using var response = await service.Client.GetAsync(Endpoints.Events, HttpCompletionOption.ResponseHeadersRead, Bound);
        using var reader = new StreamReader(await response.Content.ReadAsStreamAsync(Bound));
        await service.SendAsync(HttpMethod.Post, Endpoints.Bonds, """{"name":"bond0","options":{"mode":"5","updelay":"200"}}""");
        await service.DisposeAsync();
        var events = (await reader.ReadToEndAsync(Bound))
            .Split('\n')
            .Where(line => line.StartsWith("data: ", StringComparison.Ordinal))
            .Select(line => JsonSerializer.Deserialize(line["data: ".Length..], TandemJson.Default.EventMessage)!)
            .Select(message => $"{message.Kind}: {message.Reason}");
        Assert.Equal(["bond-added: created in mode balance-tlb", "options-changed: updelay 0 is now 200", "bond-removed: removed"], events);
    }

    [Fact]
    public async Task A_listener_gets_its_waiting_events_and_then_the_end_when_the_hub_closes()
    {
        var hub = new EventHub();
        using var early = hub.Listen(null);
        hub.Publish("net:[1]", Event(1));
        hub.Close();
        using var late = hub.Listen(null);
        Assert.Equal("1", (await early.ReadAsync(Bound)).Message.Reason);
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await early.ReadAsync(Bound));
        await Assert.ThrowsAsync<ChannelClosedException>(async () => await late.ReadAsync(Bound));
    }

    [Fact]
    public async Task A_listener_that_does_not_read_does_not_hold_up_the_end_of_the_service()
    {
        var service = await RunningService.StartAsync();
        using var response = await service.Client.GetAsync(Endpoints.Events, HttpCompletionOption.ResponseHeadersRead, Bound);
        await service.SendAsync(HttpMethod.Post, Endpoints.Bonds, """{"name":"bond0"}""");
        await service.DisposeAsync().AsTask().WaitAsync(Bound);
    }

    [Fact]
    public async Task A_listener_that_leaves_does_not_disturb_the_service()
    {
        await using var service = await RunningService.StartAsync();
        for (var i = 0; i < 20; i++)
            (await service.Client.GetAsync(Endpoints.Events, HttpCompletionOption.ResponseHeadersRead, Bound)).Dispose();
        Assert.Equal(201, (await service.SendAsync(HttpMethod.Post, Endpoints.Bonds, """{"name":"bond0"}""")).Status);
    }

    private static EventMessage Event(int number) =>
        new(DateTimeOffset.UnixEpoch, "notice", "info", "bond0", null, number.ToString(System.Globalization.CultureInfo.InvariantCulture));
}
