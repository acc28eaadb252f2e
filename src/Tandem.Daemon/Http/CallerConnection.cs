using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Http;

/// <summary>An accepted connection. It gets its transport when its first byte, and the network namespace that may come with it, have arrived.</summary>
internal sealed class CallerConnection(Socket socket) : DefaultConnectionContext, IConnectionSocketFeature
{
    private static readonly SocketConnectionContextFactory Transports = new(new SocketConnectionFactoryOptions(), NullLogger.Instance);
    private readonly CancellationTokenSource _aborted = new();
    private ConnectionContext? _inner;

    /// <inheritdoc/>
    public Socket Socket => socket;

    /// <summary>Waits for the first byte, and serves the connection with the <see cref="Caller"/> among its features.</summary>
    /// <param name="connection">The connection.</param>
    /// <param name="next">Serves it.</param>
    /// <param name="patience">How long the first byte may take; without it the connection is closed.</param>
    public static async Task ServeAsync(ConnectionContext connection, ConnectionDelegate next, TimeSpan patience)
    {
        var arrived = (CallerConnection)connection;
        if (!await arrived.HasBegunAsync(patience))
            return;
        var netns = HandedNamespace.Peek(arrived.Socket.SafeHandle, out var isOther);
        using var caller = new Caller(Peer.Of(arrived.Socket), netns, isOther);
        arrived.Features.Set(caller);
        await using var inner = arrived._inner = Transports.Create(arrived.Socket);
        arrived.Transport = inner.Transport;
        arrived.ConnectionClosed = inner.ConnectionClosed;
        arrived.Features.Set(inner.Features.Get<IMemoryPoolFeature>());
        await next(arrived);
    }

    /// <inheritdoc/>
    public override void Abort(ConnectionAbortedException abortReason)
    {
        _aborted.Cancel();
        _inner?.Abort(abortReason);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        socket.Dispose();
        _aborted.Dispose();
    }

    private async Task<bool> HasBegunAsync(TimeSpan patience)
    {
        try
        {
            using var bound = CancellationTokenSource.CreateLinkedTokenSource(_aborted.Token, ConnectionClosed);
            bound.CancelAfter(patience);
            // Without a buffer it only waits.
            await socket.ReceiveAsync(Memory<byte>.Empty, bound.Token);
            return true;
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            return false;
        }
    }
}
