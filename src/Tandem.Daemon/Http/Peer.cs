using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Http;

/// <summary>The process at the other end of a connection, as it was when it connected (SO_PEERCRED of unix(7)).</summary>
/// <param name="Process">Its number; 0 if it is in a PID namespace that is not visible here.</param>
/// <param name="User">Its effective user.</param>
internal sealed record Peer(int Process, uint User)
{
    // asm-generic/socket.h; the same on x86-64 and arm64.
    private const int SolSocket = 1;
    private const int SoPeerCred = 17;

    /// <summary>The peer of a socket; null if it has left.</summary>
    public static Peer? Of(Socket socket)
    {
        // struct ucred: pid, uid, gid.
        Span<byte> credentials = stackalloc byte[12];
        try
        {
            socket.GetRawSocketOption(SolSocket, SoPeerCred, credentials);
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            return null;
        }
        return BitConverter.IsLittleEndian
            ? new Peer(BinaryPrimitives.ReadInt32LittleEndian(credentials), BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]))
            : new Peer(BinaryPrimitives.ReadInt32BigEndian(credentials), BinaryPrimitives.ReadUInt32BigEndian(credentials[4..]));
    }

    /// <summary>
    /// Whether it has CAP_NET_ADMIN in the network namespaces that it can hand over: it has the capability, and is in this process's user namespace, above
    /// all others.
    /// </summary>
    public bool IsNetworkAdministrator()
    {
        try
        {
            var folder = string.Create(CultureInfo.InvariantCulture, $"/proc/{Process}");
            return Capabilities.Has(Capabilities.Effective(File.ReadLines($"{folder}/status")), Capabilities.NetAdmin)
                && File.ReadAllText($"{folder}/uid_map") == File.ReadAllText("/proc/self/uid_map");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It has ended, or is not visible here.
            return false;
        }
    }
}
