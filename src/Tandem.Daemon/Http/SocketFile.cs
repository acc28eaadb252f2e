using System.Net.Sockets;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Http;

/// <summary>The file of the API's socket: who may use it, and what to do with one that is there already.</summary>
internal static class SocketFile
{
    /// <summary>Longest path in bytes that a socket's address holds, with its terminating zero.</summary>
    private const int MaxPath = 108;

    private const UnixFileMode DirectoryMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private const UnixFileMode SocketMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.GroupWrite;

    /// <summary>
    /// Makes the directory of the socket, which all may pass. To come before other files are put there: what is there keeps its mode,
    /// and of a new one the process's mask would take away the rights of others.
    /// </summary>
    public static void MakeDirectory(string path)
    {
        if (Path.GetDirectoryName(path) is not { Length: > 0 } directory || Directory.Exists(directory))
            return;
        MakeDirectory(directory);
        Directory.CreateDirectory(directory, DirectoryMode);
        File.SetUnixFileMode(directory, DirectoryMode);
    }

    /// <summary>
    /// Makes way for the socket: makes its directory, and removes a socket that a service left behind. Says what stands in the
    /// way, or null if nothing does.
    /// </summary>
    public static string? Prepare(string path) => Prepare(path, out _);

    /// <inheritdoc cref="Prepare(string)"/>
    /// <param name="path">The file of the socket.</param>
    /// <param name="isTaken">Whether another service is what stands in the way.</param>
    public static string? Prepare(string path, out bool isTaken)
    {
        isTaken = false;
        if (System.Text.Encoding.UTF8.GetByteCount(path) >= MaxPath)
            return $"the path of the socket is too long: {path}; accepted: up to {MaxPath - 1} bytes";
        try
        {
            MakeDirectory(path);
            switch (SocketNode.KindOf(path))
            {
                case NodeKind.Nothing:
                    return null;
                case NodeKind.Socket:
                    break;
                case var kind:
                    return $"{path}: {Describe(kind)} stands where the socket is to be; remove it, or choose another place with --socket";
            }
            isTaken = IsAnswered(path);
            if (isTaken)
                return $"another tandemd answers on {path}; stop it first, or choose another socket with --socket";
            File.Delete(path);
            return null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return e.Message;
        }
        catch (SocketException e)
        {
            return $"{path}: whether a service listens there cannot be told: {e.Message}; remove it, or choose another with --socket";
        }
    }

    /// <summary>Lets root and, where there is one, the group <c>tandem</c> use the socket; until now it was its maker's alone.</summary>
    public static void Open(string path) => SocketNode.Share(path, "tandem", SocketMode);

    private static string Describe(NodeKind kind) =>
        kind switch
        {
            NodeKind.Directory => "a directory",
            NodeKind.Link => "a symbolic link",
            NodeKind.Fifo => "a FIFO",
            _ => "a file that is no socket",
        };

    // A service that hangs, so that clients queue up, is there all the same, and not waited for.
    private static bool IsAnswered(string path)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified) { Blocking = false };
        try
        {
            socket.Connect(new UnixDomainSocketEndPoint(path));
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode is SocketError.WouldBlock or SocketError.TryAgain)
        {
            return true;
        }
        catch (SocketException e) when (e.SocketErrorCode == SocketError.ConnectionRefused)
        {
            return false;
        }
    }
}
