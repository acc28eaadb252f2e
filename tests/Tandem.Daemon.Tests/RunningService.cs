using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Tandem.Daemon.Hosting;
using Tandem.Daemon.Logging;
using Tandem.Daemon.Namespaces;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Tests;

/// <summary>The service on a real socket, with a fake kernel.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private static readonly Surroundings Here = new("boot", 1);
    private readonly LineLoggerProvider _logs;
    private readonly Service _service;
    private readonly bool _keepsDirectory;
    private bool _isDisposed;

    private RunningService(FakeNetwork network, string? directory)
    {
        _keepsDirectory = directory is not null;
        directory ??= TemporaryDirectory();
        Network = network;
        Directory = directory;
        System.IO.Directory.CreateDirectory(directory);
        _logs = new LineLoggerProvider(TextWriter.Synchronized(Log), forJournal: false, LogLevel.Debug, TimeProvider.System);
        var settings = new Settings { Socket = Path.Combine(directory, "s"), State = directory };
        _service = new Service(
            settings,
            PrivateDirectory.Open(directory).Value!,
            new NamespaceIdentity("net:[1]", null, Here),
            network,
            _logs,
            TimeProvider.System
        );
        Client = new HttpClient(
            new SocketsHttpHandler
            {
                ConnectCallback = async (_, cancellation) =>
                {
                    var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
                    await socket.ConnectAsync(new UnixDomainSocketEndPoint(settings.Socket), cancellation);
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = new Uri("http://tandem"),
            Timeout = TimeSpan.FromSeconds(20),
        };
    }

    public FakeNetwork Network { get; }

    public string Directory { get; }

    public HttpClient Client { get; }

    public StringWriter Log { get; } = new();

    public static async Task<RunningService> StartAsync(FakeNetwork? network = null, string? directory = null)
    {
        var service = new RunningService(network ?? new FakeNetwork(), directory);
        await service._service.StartAsync();
        return service;
    }

    public static string TemporaryDirectory() => System.IO.Directory.CreateTempSubdirectory("tdm-").FullName;

    /// <summary>Sends a request; returns the status and the JSON of the answer.</summary>
    public async Task<(int Status, JsonNode? Json)> SendAsync(HttpMethod method, string path, string? body = null)
    {
        using var request = new HttpRequestMessage(method, path);
        // The content type that curl -d sends.
        if (body is not null)
            request.Content = new StringContent(body, Encoding.UTF8, "application/x-www-form-urlencoded");
        using var response = await Client.SendAsync(request, TestContext.Current.CancellationToken);
        var text = await response.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
        if (text.Length > 0)
            Assert.Equal("application/json", response.Content.Headers.ContentType?.MediaType);
        return ((int)response.StatusCode, text.Length > 0 ? JsonNode.Parse(text) : null);
    }

    public async ValueTask DisposeAsync()
    {
        if (_isDisposed)
            return;
        _isDisposed = true;
        Client.Dispose();
        await _service.DisposeAsync();
        _logs.Dispose();
        if (!_keepsDirectory)
            System.IO.Directory.Delete(Directory, recursive: true);
    }
}
