using System.Net.Sockets;

namespace Tandem.Linux.Hosting;

/// <summary>
/// Says that this process has bonds in a network namespace, by the name of a socket that nobody connects to: so that no other process of
/// Tandem's there takes what this one set up for the leftovers of a process that is gone. Ends with the process, or when it is disposed of.
/// </summary>
public sealed class Presence : IDisposable
{
    private const string Prefix = "tandem-present/";
    private static readonly Guid ThisProcess = Guid.NewGuid();
    private readonly Socket _socket;

    private Presence(Socket socket) => _socket = socket;

    /// <summary>Says so in the network namespace of this thread.</summary>
    /// <exception cref="InvalidOperationException">There is no socket to be had; the message says why.</exception>
    public static Presence Announce()
    {
        Socket? socket = null;
        try
        {
            socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
            // A name that begins with zero is of no file system, and goes with the socket.
            socket.Bind(new UnixDomainSocketEndPoint($"\0{Prefix}{ThisProcess:N}/{Guid.NewGuid():N}"));
            return new Presence(socket);
        }
        catch (SocketException e)
        {
            socket?.Dispose();
            throw new InvalidOperationException($"cannot open a socket: {e.Message}", e);
        }
    }

    /// <summary>Whether another process says so, in the network namespace of this thread.</summary>
    public static bool IsOther() =>
        File.ReadLines("/proc/thread-self/net/unix")
            .Any(line =>
                line.Contains($"@{Prefix}", StringComparison.Ordinal)
                && !line.Contains($"@{Prefix}{ThisProcess:N}/", StringComparison.Ordinal)
            );

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();
}
