using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tandem.Config.Disk;

/// <summary>
/// Looks at files before it opens them: a FIFO without a writer would keep a reader waiting for ever, and opening a device may do anything. Between the two
/// nobody can put another file in place.
/// </summary>
internal static unsafe class FileKind
{
    // The kernel's device that reads as empty: a link to it masks a file.
    private const uint MemoryMajor = 1;
    private const uint NullMinor = 3;

    /// <summary>Opens a file for reading.</summary>
    /// <param name="path">The file; a symbolic link is followed.</param>
    /// <param name="mayBePipe">Whether a FIFO and a terminal are accepted, too: what a user names may be a pipe of the shell.</param>
    /// <exception cref="IOException">It is no regular file, or cannot be read.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not read it.</exception>
    public static FileStream OpenRead(string path, bool mayBePipe = false)
    {
        using var place = FileCalls.Open(path, FileCalls.O_PATH | FileCalls.O_CLOEXEC);
        if (place.IsInvalid)
            throw new IOException(Marshal.GetLastPInvokeErrorMessage());
        var found = Look(place);
        if (NameOf(found) is { } kind && !(mayBePipe && IsPipe(found)) && !IsNull(found))
            throw new IOException($"it is {kind}; accepted: a regular file");
        try
        {
            return File.OpenRead(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{place.DangerousGetHandle()}"));
        }
        catch (UnauthorizedAccessException e)
        {
            throw new UnauthorizedAccessException($"Access to the path '{path}' is denied.", e);
        }
    }

    /// <summary>The kind of a file that is not a regular one, in words; null for a regular file, and if there is none.</summary>
    public static string? Obstacle(string path)
    {
        using var place = FileCalls.Open(path, FileCalls.O_PATH | FileCalls.O_CLOEXEC);
        return place.IsInvalid ? null : NameOf(Look(place));
    }

    private static StatX Look(SafeFileHandle place)
    {
        StatX found;
        return FileCalls.Stat(place, "", FileCalls.AT_EMPTY_PATH, FileCalls.STATX_TYPE, &found) == 0
            ? found
            : throw new IOException(Marshal.GetLastPInvokeErrorMessage());
    }

    private static string? NameOf(StatX found) =>
        (found.Mode & FileCalls.S_IFMT) switch
        {
            FileCalls.S_IFREG => null,
            FileCalls.S_IFIFO => "a FIFO",
            FileCalls.S_IFDIR => "a directory",
            FileCalls.S_IFCHR or FileCalls.S_IFBLK => "a device",
            _ => "a socket",
        };

    private static bool IsPipe(StatX found) => (found.Mode & FileCalls.S_IFMT) is FileCalls.S_IFIFO or FileCalls.S_IFCHR;

    private static bool IsNull(StatX found) =>
        (found.Mode & FileCalls.S_IFMT) == FileCalls.S_IFCHR && (found.DeviceMajor, found.DeviceMinor) == (MemoryMajor, NullMinor);
}
