using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>The kind of a file.</summary>
public enum NodeKind
{
    /// <summary>No file.</summary>
    Nothing,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A FIFO.</summary>
    Fifo,

    /// <summary>A regular file or a device.</summary>
    Other,
}

/// <summary>The file of a Unix socket, handled without opening it and without following a link.</summary>
public static unsafe class SocketNode
{
    private const int AtSymlinkNoFollow = 0x100;
    private const int OPath = 0x200000;

    private const ushort TypeSocket = 0xc000;
    private const ushort TypeDirectory = 0x4000;
    private const ushort TypeLink = 0xa000;
    private const ushort TypeFifo = 0x1000;

    /// <summary>Returns the kind of the file at a path.</summary>
    /// <exception cref="IOException">The kind cannot be determined, usually for lack of rights.</exception>
    public static NodeKind KindOf(string path)
    {
        StatX found;
        if (DirectoryCalls.Stat(DirectoryCalls.AT_FDCWD, path, AtSymlinkNoFollow, DirectoryCalls.STATX_BASIC_STATS, &found) == 0)
            return KindOf(found);
        var error = LinuxResult.Last(path);
        return error.Errno == Errno.ENOENT ? NodeKind.Nothing : throw new IOException(error.ToString());
    }

    /// <summary>Sets the group of a socket, if the group exists, and its mode.</summary>
    /// <exception cref="IOException">The file is not a socket, or its mode cannot be set.</exception>
    [SupportedOSPlatform("linux")]
    public static void Share(string path, string group, UnixFileMode mode)
    {
        var number = DirectoryCalls.OpenAt(DirectoryCalls.AT_FDCWD, path, OPath | DirectoryCalls.O_NOFOLLOW | Files.O_CLOEXEC, mode: 0);
        if (number < 0)
            throw new IOException(LinuxResult.Last(path).ToString());
        // The opened file stays the same, even if the path is replaced meanwhile.
        using var node = new SafeFileHandle(number, ownsHandle: true);
        StatX found;
        if (DirectoryCalls.Stat(number, "", DirectoryCalls.AT_EMPTY_PATH, DirectoryCalls.STATX_BASIC_STATS, &found) < 0)
            throw new IOException(LinuxResult.Last(path).ToString());
        if (KindOf(found) != NodeKind.Socket)
            throw new IOException($"{path}: no longer a socket: another program creates files there; choose another path with --socket");
        FileGroup.Set(node, group);
        // A handle of this kind has no fchmod; the link in /proc leads to the opened file.
        File.SetUnixFileMode(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{number}"), mode);
    }

    private static NodeKind KindOf(in StatX found) =>
        (ushort)(found.Mode & DirectoryCalls.S_IFMT) switch
        {
            TypeSocket => NodeKind.Socket,
            TypeDirectory => NodeKind.Directory,
            TypeLink => NodeKind.Link,
            TypeFifo => NodeKind.Fifo,
            _ => NodeKind.Other,
        };
}
