using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Connections;

namespace Tandem.Daemon.Http;

/// <summary>
/// Accepts connections without reading from them: Kestrel's own sockets read at once, and would discard the descriptor beside the first byte.
/// </summary>
internal sealed class CallerListenerFactory : IConnectionListenerFactory
{
    // As many as Kestrel lets wait.
    private const int Backlog = 512;

    /// <inheritdoc/>
    public ValueTask<IConnectionListener> BindAsync(EndPoint endpoint, CancellationToken cancellationToken = default)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            socket.Bind(endpoint);
            socket.Listen(Backlog);
            return ValueTask.FromResult<IConnectionListener>(new CallerListener(socket, endpoint));
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw e.SocketErrorCode == SocketError.AddressAlreadyInUse ? new AddressInUseException(e.Message, e) : e;
        }
    }

    private sealed class CallerListener(Socket socket, EndPoint endpoint) : IConnectionListener
    {
        public EndPoint EndPoint => endpoint;

        public async ValueTask<ConnectionContext?> AcceptAsync(CancellationToken cancellationToken = default)
        {
            while (true)
            {
                try
                {
                    return new CallerConnection(await socket.AcceptAsync(cancellationToken));
                }
                catch (Exception e) when (e is ObjectDisposedException or SocketException { SocketErrorCode: SocketError.OperationAborted })
                {
                    // No longer bound.
                    return null;
                }
                catch (SocketException)
                {
                    // The client left before it was accepted.
                }
            }
        }

        public ValueTask UnbindAsync(CancellationToken cancellationToken = default)
        {
            socket.Dispose();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => UnbindAsync();
    }
}
