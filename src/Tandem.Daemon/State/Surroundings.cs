using System.Buffers.Binary;
using System.Globalization;
using System.Net.Sockets;

namespace Tandem.Daemon.State;

/// <summary>A boot and a network namespace: ifindexes are valid only there.</summary>
/// <param name="Boot">The boot ID.</param>
/// <param name="Namespace">The ID of the network namespace.</param>
internal sealed record Surroundings(string Boot, ulong Namespace)
{
    private const int SolSocket = 1;
    private const int SoNetnsCookie = 71;

    /// <summary>Reads both from the kernel, for the calling thread.</summary>
    public static Surroundings Read() =>
        new(
            File.ReadAllText("/proc/sys/kernel/random/boot_id").Trim(),
            ReadCookie() ?? ReadInode(new FileInfo("/proc/thread-self/ns/net").LinkTarget)
        );

    // A cookie (Linux 5.14) is never reused within a boot. An inode number is: a new namespace often gets that of an ended one.
    private static ulong? ReadCookie()
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Dgram, ProtocolType.Unspecified);
        var cookie = new byte[sizeof(ulong)];
        try
        {
            return socket.GetRawSocketOption(SolSocket, SoNetnsCookie, cookie) == cookie.Length
                ? BinaryPrimitives.ReadUInt64LittleEndian(cookie)
                : null;
        }
        catch (SocketException)
        {
            return null;
        }
    }

    // The link's target is net:[4026531840].
    private static ulong ReadInode(string? target) =>
        target?.Split('[', ']') is [_, var digits, ..]
        && ulong.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var inode)
            ? inode
            : throw new InvalidOperationException("/proc/thread-self/ns/net does not say which network namespace this is");
}
