using System.Net.Sockets;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Http;

/// <summary>The file of the API's socket: its permissions, and how an existing file is handled.</summary>
internal static class SocketFile
{
    /// <summary>Maximum length of the path of a socket in bytes, with its terminating zero.</summary>
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
    /// Creates the socket's directory, accessible to all users. Call it before other files are created there: an existing directory keeps
    /// its mode, and a new one would get the restrictive mode of the process's umask.
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
    /// Prepares the path for the socket: creates its directory, and removes the socket of an ended service. Returns the obstacle, or null
    /// if there is none.
    /// </summary>
    public static string? Prepare(string path) => Prepare(path, out _);

    /// <inheritdoc cref="Prepare(string)"/>
    /// <param name="path">The file of the socket.</param>
    /// <param name="isTaken">Whether the obstacle is another running service.</param>
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
                    return $"{path}: {Describe(kind)} exists at the socket's path; remove it, or choose another path with --socket";
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
            return $"{path}: cannot determine whether a service listens there: {e.Message}; remove it, or choose another path with --socket";
        }
    }

    /// <summary>Gives access to the socket to root and, if it exists, the group <c>tandem</c>; until now only its creator had
    /// access.</summary>
    public static void Open(string path) => SocketNode.Share(path, "tandem", SocketMode);

    private static string Describe(NodeKind kind) =>
        kind switch
        {
            NodeKind.Directory => "a directory",
            NodeKind.Link => "a symbolic link",
            NodeKind.Fifo => "a FIFO",
            _ => "a file that is no socket",
        };

    // A service that hangs with a full queue of clients still exists; it is not waited for.
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
