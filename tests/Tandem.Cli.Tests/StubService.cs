using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json;
using Tandem.Api;
using Tandem.Core.Forwarding;

namespace Tandem.Cli.Tests;

/// <summary>A substitute for the service: records requests, and returns the given answers.</summary>
internal sealed class StubService : IAsyncDisposable
{
    /// <summary>At the end of an answer: the connection breaks there, before the announced length.</summary>
    public const string Torn = "\0torn";

    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly CancellationTokenSource _stop = new();
    private readonly Func<string, (int Status, string Body)> _answer;
    private readonly Task _serving;

    public StubService(Func<string, (int Status, string Body)> answer)
    {
        _answer = answer;
        SocketPath = Path.Combine(Path.GetTempPath(), $"tdm-{Guid.NewGuid():N}.sock");
        _listener.Bind(new UnixDomainSocketEndPoint(SocketPath));
        _listener.Listen();
        _serving = Task.Run(ServeAsync);
    }

    public string SocketPath { get; }

    /// <summary>Method, path and body of each request.</summary>
    public List<string> Requests { get; } = [];

    /// <summary>Answers of a service that has one bond, whose data path carries out a plan: its slots are the bond's members.</summary>
    public static Func<string, (int Status, string Body)> Bond(BondResource bond, ForwardingPlan plan) =>
        request =>
            request.EndsWith("/plan", StringComparison.Ordinal)
                ? (200, JsonSerializer.Serialize(PlanJson.Describe(plan, slot => bond.Members[slot].Name), TandemJson.Default.PlanResource))
                : (200, JsonSerializer.Serialize(bond, TandemJson.Default.BondResource));

    public Task<CommandRun> RunAsync(string line, FakeMachine? machine = null) =>
        CommandRun.OfAsync("", line.Split(' ', StringSplitOptions.RemoveEmptyEntries), SocketPath, machine: machine);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _stop.Dispose();
        File.Delete(SocketPath);
    }

    // Connections are served side by side, as a client may have several.
    private async Task ServeAsync()
    {
        while (true)
            _ = ServeAsync(await _listener.AcceptAsync(_stop.Token));
    }

    private async Task ServeAsync(Socket connection)
    {
        await using var stream = new NetworkStream(connection, ownsSocket: true);
        // A client that keeps its connection sends the next request on it; otherwise it closes the connection.
        while (await ReadAsync(stream) is { } request)
        {
            string body;
            int status;
            lock (Requests)
            {
                Requests.Add(request);
                (status, body) = _answer(request);
            }
            var type = body.StartsWith("data:", StringComparison.Ordinal) ? "text/event-stream" : "application/json";
            var head = string.Create(
                CultureInfo.InvariantCulture,
                $"HTTP/1.1 {status} Said\r\nContent-Type: {type}\r\nContent-Length: {Encoding.UTF8.GetByteCount(body)}\r\n\r\n"
            );
            var isTorn = body.EndsWith(Torn, StringComparison.Ordinal);
            await stream.WriteAsync(Encoding.UTF8.GetBytes(head + (isTorn ? body[..^Torn.Length] : body)), _stop.Token);
            if (isTorn)
                break;
        }
    }

    private async Task<string?> ReadAsync(NetworkStream stream)
    {
        var text = new StringBuilder();
        var buffer = new byte[64 * 1024];
        while (true)
        {
            var count = await stream.ReadAsync(buffer, _stop.Token);
            if (count == 0)
                return null;
            text.Append(Encoding.UTF8.GetString(buffer, 0, count));
            var all = text.ToString();
            var end = all.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            if (end < 0 || IsPartOfBody(all, end))
                continue;
            var line = all[..all.IndexOf(" HTTP/", StringComparison.Ordinal)];
            return $"{line} {Body(all[(end + 4)..])}".TrimEnd();
        }
    }

    // A JSON body is chunked or has a length, so its last byte is known.
    private static bool IsPartOfBody(string all, int end)
    {
        var head = all[..end];
        if (head.Contains("Transfer-Encoding: chunked", StringComparison.Ordinal))
            return !all.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal);
        var at = head.IndexOf("Content-Length: ", StringComparison.Ordinal);
        return at >= 0
            && all.Length - end - 4 < int.Parse(head[(at + 16)..].Split('\r')[0], NumberStyles.None, CultureInfo.InvariantCulture);
    }

    private static string Body(string text)
    {
        var (from, to) = (text.IndexOf('{', StringComparison.Ordinal), text.LastIndexOf('}'));
        return from < 0 ? "" : text[from..(to + 1)];
    }
}
