using System.Net.Sockets;

namespace Tandem.Linux.Hosting;

/// <summary>
/// Marks a network namespace as used by this process, by the name of a socket that nobody connects to. So other tandemd processes do not
/// take this process's interfaces for leftovers. Ends with the process, or when disposed.
/// </summary>
public sealed class Presence : IDisposable
{
    private const string Prefix = "tandem-present/";
    private static readonly Guid ThisProcess = Guid.NewGuid();
    private readonly Socket _socket;

    private Presence(Socket socket) => _socket = socket;

    /// <summary>Marks the network namespace of this thread.</summary>
    /// <exception cref="InvalidOperationException">No socket can be opened; the message says why.</exception>
    public static Presence Announce()
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A name in the abstract namespace, which vanishes with the socket.
            socket.Bind(new UnixDomainSocketEndPoint($"\0{Prefix}{ThisProcess:N}/{Guid.NewGuid():N}"));
            return new Presence(socket);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new InvalidOperationException($"cannot open a socket: {e.Message}", e);
        }
    }

    /// <summary>Whether another process has marked the network namespace of this thread.</summary>
    public static bool IsOther() =>
        File.ReadLines("/proc/thread-self/net/unix")
            .Any(line =>
                line.Contains($"@{Prefix}", StringComparison.Ordinal)
                && !line.Contains($"@{Prefix}{ThisProcess:N}/", StringComparison.Ordinal)
            );

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
