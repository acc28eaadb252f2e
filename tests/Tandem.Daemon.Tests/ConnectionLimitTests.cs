using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Tandem.Api;
using Tandem.Daemon.Http;
using Tandem.Daemon.Logging;

namespace Tandem.Daemon.Tests;

/// <summary>Clients that hold connections do not lock out others.</summary>
public sealed class ConnectionLimitTests : IDisposable
{
    private readonly CancellationTokenSource _bound = new(TimeSpan.FromSeconds(60));
    private readonly StringWriter _log = new();
    private readonly StoppedClock _clock = new();
    private readonly LineLoggerProvider _logs;

    public ConnectionLimitTests() => _logs = new LineLoggerProvider(_log, forJournal: false, LogLevel.Information, TimeProvider.System);

    private CancellationToken Bound => _bound.Token;

    public void Dispose()
    {
        _logs.Dispose();
        _bound.Dispose();
    }

    [Fact]
    public void The_oldest_connection_that_waits_makes_room()
    {
        var limit = NewLimit();
        var closed = new List<int>();
        var guests = Enumerable.Range(0, ConnectionLimit.Max).Select(i => limit.Admit(isRoot: true, () => closed.Add(i))!).ToList();
        limit.Count(guests[0], 1);
        Assert.NotNull(limit.Admit(isRoot: true, () => { }));
        Assert.Equal([1], closed);
    }

    [Fact]
    public void Others_displace_each_other_and_not_root()
    {
        var limit = NewLimit();
        var closed = new List<string>();
        Assert.NotNull(limit.Admit(isRoot: true, () => closed.Add("root")));
        var first = limit.Admit(isRoot: false, () => closed.Add("first"));
        for (var i = 1; i < ConnectionLimit.MaxOfOthers; i++)
            limit.Count(limit.Admit(isRoot: false, () => closed.Add("busy")), 1);
        Assert.NotNull(limit.Admit(isRoot: false, () => closed.Add("second")));
        limit.Count(limit.Admit(isRoot: false, () => closed.Add("third")), 1);
        Assert.Equal(["first", "second"], closed);
        Assert.NotNull(first);
        // All connections have requests in progress, so others are refused; root still gets in.
        Assert.Null(limit.Admit(isRoot: false, () => { }));
        Assert.NotNull(limit.Admit(isRoot: true, () => { }));
    }

    [Fact]
    public void If_all_connections_have_running_requests_new_ones_are_refused()
    {
        var limit = NewLimit();
        ConnectionLimit.Guest? last = null;
        for (var i = 0; i < ConnectionLimit.Max; i++)
            limit.Count(last = limit.Admit(isRoot: true, () => Assert.Fail("it has a request under way")), 1);
        Assert.Null(limit.Admit(isRoot: true, () => { }));
        limit.Leave(last!);
        Assert.NotNull(limit.Admit(isRoot: true, () => { }));
    }

    [Fact]
    public void Closed_connections_are_logged_once_a_minute_with_their_number()
    {
        var limit = NewLimit();
        for (var i = 0; i < ConnectionLimit.Max + 100; i++)
            limit.Admit(isRoot: true, () => { });
        _clock.Now += TimeSpan.FromSeconds(61);
        limit.Admit(isRoot: true, () => { });
        // Disposing writes the queued lines.
        _logs.Dispose();
        var lines = _log.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(2, lines.Length);
        Assert.Contains("1 connections were closed", lines[0], StringComparison.Ordinal);
        Assert.Contains("100 connections were closed", lines[1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Hundreds_of_connections_without_a_request_leave_room_for_one()
    {
        await using var service = await RunningService.StartAsync();
        var stalled = new List<Socket>();
        try
        {
            for (var i = 0; i < 2 * ConnectionLimit.Max; i++)
                stalled.Add(await ConnectAsync(service));
            Assert.Equal(200, (await service.SendAsync(HttpMethod.Get, Endpoints.Bonds)).Status);
        }
        finally
        {
            stalled.ForEach(socket => socket.Dispose());
        }
    }

    [Fact]
    public async Task A_connection_without_a_request_is_closed_after_seconds()
    {
        await using var service = await RunningService.StartAsync();
        using var silent = await ConnectAsync(service);
        using var halting = await ConnectAsync(service);
        await halting.SendAsync("GET /v1/bonds HTTP/1.1\r\n"u8.ToArray(), Bound);
        foreach (var socket in new[] { silent, halting })
        {
            // A client that stopped within a request gets the reason before the connection closes.
            var buffer = new byte[4096];
            while (await socket.ReceiveAsync(buffer, Bound) > 0) { }
        }
    }

    [Fact]
    public async Task One_listener_too_many_is_refused_with_the_reason_and_requests_are_answered()
    {
        await using var service = await RunningService.StartAsync();
        var streams = new List<HttpResponseMessage>();
        try
        {
            for (var i = 0; i < EventStream.MaxListeners; i++)
            {
                streams.Add(await service.Client.GetAsync(Endpoints.Events, HttpCompletionOption.ResponseHeadersRead, Bound));
                Assert.Equal(HttpStatusCode.OK, streams[^1].StatusCode);
            }
            var (status, json) = await service.SendAsync(HttpMethod.Get, Endpoints.Events);
            Assert.Equal((503, ErrorKinds.Busy), (status, (string?)json!["kind"]));
            Assert.Contains("64 clients listen to events already", (string?)json["message"], StringComparison.Ordinal);
            Assert.Equal(200, (await service.SendAsync(HttpMethod.Get, Endpoints.Bonds)).Status);
        }
        finally
        {
            streams.ForEach(stream => stream.Dispose());
        }
    }

    private static async Task<Socket> ConnectAsync(RunningService service)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(
            new UnixDomainSocketEndPoint(Path.Combine(service.Directory, "s")),
            TestContext.Current.CancellationToken
        );
        return socket;
    }

    private ConnectionLimit NewLimit() => new(_logs.CreateLogger("test"), _clock);

    private sealed class StoppedClock : TimeProvider
    {
        public TimeSpan Now { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override long GetTimestamp() => Now.Ticks;
    }
}
