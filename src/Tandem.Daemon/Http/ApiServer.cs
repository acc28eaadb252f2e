using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Tandem.Api;
using Tandem.Daemon.Namespaces;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Http;

/// <summary>The API on its Unix socket.</summary>
internal sealed class ApiServer : IAsyncDisposable
{
    /// <summary>Maximum time without the complete head of a request.</summary>
    private static readonly TimeSpan HeadBound = TimeSpan.FromSeconds(5);

    /// <summary>Time for running requests and unread events when the service stops.</summary>
    private static readonly TimeSpan StopBound = TimeSpan.FromMilliseconds(500);

    private readonly WebApplication _app;
    private readonly EventHub _hub;
    private readonly string _socket;

    public ApiServer(
        string socket,
        HostedNamespaces namespaces,
        NetworkNamespace? here,
        EventHub hub,
        ILoggerProvider logs,
        TimeProvider time
    )
    {
        _socket = socket;
        _hub = hub;
        // The empty builder reads neither files nor environment: ASPNETCORE_URLS cannot open a TCP port.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ApplicationName = "tandemd" });
        builder.Logging.ClearProviders().AddProvider(logs).SetMinimumLevel(LogLevel.Debug);
        var limit = new ConnectionLimit(logs.CreateLogger("tandemd.api"), time);
        builder.WebHost.UseKestrelCore().ConfigureKestrel(kestrel => Configure(kestrel, socket, limit));
        builder.Services.AddSingleton<IConnectionListenerFactory, CallerListenerFactory>();
        builder.Services.AddRoutingCore();
        builder.Services.AddSingleton<IHostLifetime, OwnLifetime>();
        _app = builder.Build();
        var log = _app.Services.GetRequiredService<ILoggerFactory>().CreateLogger("tandemd.api");
        _app.Use(next => context => limit.AnswerAsync(context, next));
        _app.Use(next => new Faults(next, log).InvokeAsync);
        _app.UseRouting();
        new BondEndpoints(namespaces).Map(_app);
        RollbackEndpoints.Map(_app, namespaces);
        _app.MapGet(Endpoints.Doctor, new DoctorEndpoint(here).ServeAsync);
        _app.MapGet(Endpoints.Events, new EventStream(hub, namespaces, time).ServeAsync);
    }

    /// <summary>Starts accepting requests.</summary>
    public async Task StartAsync()
    {
        await _app.StartAsync();
        SocketFile.Open(_socket);
    }

    /// <summary>Lets running requests finish and event streams send waiting events, both for a limited time, and removes the
    /// socket.</summary>
    public async ValueTask DisposeAsync()
    {
        _hub.Close();
        using (var bound = new CancellationTokenSource(StopBound))
            await _app.StopAsync(bound.Token);
        await _app.DisposeAsync();
        File.Delete(_socket);
    }

    private static void Configure(KestrelServerOptions kestrel, string socket, ConnectionLimit limit)
    {
        kestrel.AddServerHeader = false;
        kestrel.Limits.MaxRequestBodySize = BodyReader.MaxBytes;
        // The first limit is for a head that has begun, the second for one that has not.
        kestrel.Limits.RequestHeadersTimeout = HeadBound;
        kestrel.Limits.KeepAliveTimeout = HeadBound;
        kestrel.ListenUnixSocket(
            socket,
            listen =>
            {
                listen.Protocols = HttpProtocols.Http1;
                listen.Use(next => connection => limit.ServeAsync(connection, next));
                listen.Use(next => connection => CallerConnection.ServeAsync(connection, next, HeadBound));
            }
        );
    }

    // The program handles signals itself.
    private sealed class OwnLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
