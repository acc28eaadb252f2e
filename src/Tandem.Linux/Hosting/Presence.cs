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
    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);

    /// <summary>Says so in the network namespace of this thread.</summary>
    // A name that begins with zero is of no file system, and goes with the socket.
    public Presence() => _socket.Bind(new UnixDomainSocketEndPoint($"\0{Prefix}{ThisProcess:N}/{Guid.NewGuid():N}"));

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
