using System.Globalization;
using System.Runtime.Versioning;
using Microsoft.Win32.SafeHandles;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>What stands at a path.</summary>
public enum NodeKind
{
    /// <summary>Nothing.</summary>
    Nothing,

    /// <summary>A socket.</summary>
    Socket,

    /// <summary>A directory.</summary>
    Directory,

    /// <summary>A symbolic link.</summary>
    Link,

    /// <summary>A FIFO.</summary>
    Fifo,

    /// <summary>A file, or a device.</summary>
    Other,
}

/// <summary>The file of a Unix socket, handled without opening it and without following a link in its place.</summary>
public static unsafe class SocketNode
{
    private const int AtSymlinkNoFollow = 0x100;
    private const int OPath = 0x200000;

    private const ushort TypeSocket = 0xc000;
    private const ushort TypeDirectory = 0x4000;
    private const ushort TypeLink = 0xa000;
    private const ushort TypeFifo = 0x1000;

    /// <summary>Says what stands at a path.</summary>
    /// <exception cref="IOException">It cannot be told, for want of rights as a rule.</exception>
    public static NodeKind KindOf(string path)
    {
        StatX found;
        if (DirectoryCalls.Stat(DirectoryCalls.AT_FDCWD, path, AtSymlinkNoFollow, DirectoryCalls.STATX_BASIC_STATS, &found) == 0)
            return KindOf(found);
        var error = LinuxResult.Last(path);
        return error.Errno == Errno.ENOENT ? NodeKind.Nothing : throw new IOException(error.ToString());
    }

    /// <summary>Gives a socket to a group, where there is such a group, and sets its mode.</summary>
    /// <exception cref="IOException">Something else than a socket stands there, or the mode cannot be set.</exception>
    [SupportedOSPlatform("linux")]
    public static void Share(string path, string group, UnixFileMode mode)
    {
        var number = DirectoryCalls.OpenAt(DirectoryCalls.AT_FDCWD, path, OPath | DirectoryCalls.O_NOFOLLOW | Files.O_CLOEXEC, mode: 0);
        if (number < 0)
            throw new IOException(LinuxResult.Last(path).ToString());
        // What is opened now stays the same file, whatever is put in its place meanwhile.
        using var node = new SafeFileHandle(number, ownsHandle: true);
        StatX found;
        if (DirectoryCalls.Stat(number, "", DirectoryCalls.AT_EMPTY_PATH, DirectoryCalls.STATX_BASIC_STATS, &found) < 0)
            throw new IOException(LinuxResult.Last(path).ToString());
        if (KindOf(found) != NodeKind.Socket)
            throw new IOException($"{path}: no socket any more; somebody else puts files there; choose another with --socket");
        FileGroup.Set(node, group);
        // A handle of this kind has no fchmod; the link in /proc leads to the file that was opened.
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
