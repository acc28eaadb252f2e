using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>
/// A directory in which only this process's user and root may write, and its files. Its contents are trusted, so it is opened once,
/// checked, and used by its descriptor; symbolic links in it are not followed. All calls except <see cref="Open"/> may block on the disk.
/// </summary>
public sealed unsafe class PrivateDirectory : IDisposable
{
    /// <summary>Maximum size of a file that is read, in bytes.</summary>
    public const int MaxFileBytes = 16 * 1024 * 1024;

    private const uint OwnerOnly = 0x180; // octal 0600
    private const ushort OthersMayWrite = 0x12; // octal 022
    private const string DraftExtension = ".new";

    private readonly SafeFileHandle _directory;

    private PrivateDirectory(SafeFileHandle directory, string path) => (_directory, Path) = (directory, path);

    /// <summary>The path given to <see cref="Open"/>, for messages.</summary>
    public string Path { get; }

    /// <summary>A path of the directory that cannot be redirected while it is open.</summary>
    public string OpenedPath => string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Number}");

    /// <summary>Opens an existing directory. The error says what is wrong and what would be accepted.</summary>
    public static LinuxResult<PrivateDirectory> Open(string path)
    {
        var number = DirectoryCalls.OpenAt(
            DirectoryCalls.AT_FDCWD,
            path,
            Files.O_RDONLY | DirectoryCalls.O_DIRECTORY | Files.O_CLOEXEC,
            mode: 0
        );
        if (number < 0)
            return new LinuxResult<PrivateDirectory>(null, LinuxResult.Last(path));
        var opened = new PrivateDirectory(new SafeFileHandle(number, ownsHandle: true), path);
        if (opened.Problem() is not { } problem)
            return new LinuxResult<PrivateDirectory>(opened);
        opened.Dispose();
        return new LinuxResult<PrivateDirectory>(null, new LinuxResult(Errno.EPERM, problem));
    }

    /// <summary>Names of the files in the directory.</summary>
    /// <exception cref="IOException">The directory cannot be read.</exception>
    public IReadOnlyList<string> Names() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(OpenedPath)
                .Select(entry => System.IO.Path.GetFileName(entry)!)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Reads a whole file. Refuses symbolic links, non-files, files of other users, and files larger than <see
    /// cref="MaxFileBytes"/>.</summary>
    public LinuxResult<byte[]> Read(string name)
    {
        // O_NONBLOCK, since opening a FIFO would block.
        using var file = OpenFile(name, Files.O_RDONLY | Files.O_NONBLOCK, out var error);
        if (file is null)
            return new LinuxResult<byte[]>(null, error);
        try
        {
            var length = RandomAccess.GetLength(file);
            if (length > MaxFileBytes)
                return new LinuxResult<byte[]>(null, new LinuxResult(Errno.EFBIG, name));
            var content = new byte[length];
            var read = 0;
            while (read < content.Length && RandomAccess.Read(file, content.AsSpan(read), read) is var more and > 0)
                read += more;
            return new LinuxResult<byte[]>(content[..read]);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return new LinuxResult<byte[]>(null, new LinuxResult(Errno.EIO, e.Message));
        }
    }

    /// <summary>Creates or replaces a file atomically: readers, also after a kill, find the old or the new content.</summary>
    public LinuxResult Replace(string name, ReadOnlySpan<byte> content)
    {
        // It could not be read again.
        if (content.Length > MaxFileBytes)
            return new LinuxResult(Errno.EFBIG, name);
        var draft = name + DraftExtension;
        // Removes a leftover of a killed process, or a link planted by an attacker.
        _ = DirectoryCalls.UnlinkAt(Number, draft, 0);
        using (var file = OpenFile(draft, DirectoryCalls.O_WRONLY | DirectoryCalls.O_CREAT | DirectoryCalls.O_EXCL, out var error))
        {
            if (file is null)
                return error;
            try
            {
                RandomAccess.Write(file, content, 0);
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                _ = DirectoryCalls.UnlinkAt(Number, draft, 0);
                // .NET keeps the kernel's error number there.
                return e is IOException { HResult: > 0 } ? new LinuxResult(e.HResult, name) : new LinuxResult(Errno.EIO, e.Message);
            }
        }
        return Rename(draft, name);
    }

    /// <summary>Renames a file, replacing an existing one.</summary>
    public LinuxResult Rename(string name, string newName) =>
        DirectoryCalls.RenameAt(Number, name, Number, newName) < 0 ? LinuxResult.Last(name) : LinuxResult.Ok;

    /// <summary>Deletes a file. No error if it does not exist.</summary>
    public LinuxResult Delete(string name)
    {
        if (DirectoryCalls.UnlinkAt(Number, name, 0) == 0)
            return LinuxResult.Ok;
        var result = LinuxResult.Last(name);
        return result.Errno == Errno.ENOENT ? LinuxResult.Ok : result;
    }

    /// <summary>
    /// Creates a file if needed, and locks it (flock). The kernel releases the lock when the handle is closed or the process ends. Null
    /// if another process has the lock, or on an error.
    /// </summary>
    /// <param name="name">The file.</param>
    /// <param name="error">The error; Ok if another process has the lock.</param>
    public SafeFileHandle? TryLock(string name, out LinuxResult error)
    {
        if (OpenFile(name, Files.O_RDWR | Files.O_NONBLOCK | DirectoryCalls.O_CREAT, out error) is not { } file)
            return null;
        var number = (int)file.DangerousGetHandle();
        StatX found = default;
        if (DirectoryCalls.Lock(number, DirectoryCalls.LOCK_EX | DirectoryCalls.LOCK_NB) < 0)
            error = LinuxResult.Last(name);
        else if (DirectoryCalls.Stat(number, "", DirectoryCalls.AT_EMPTY_PATH, DirectoryCalls.STATX_BASIC_STATS, &found) < 0)
            error = LinuxResult.Last(name);
        // The previous owner deleted the file before it released the lock: lock a new file.
        if (error.IsOk && found.Links > 0)
            return file;
        if (error.Errno == Errno.EAGAIN)
            error = LinuxResult.Ok;
        file.Dispose();
        return null;
    }

    /// <inheritdoc/>
    public void Dispose() => _directory.Dispose();

    private int Number => (int)_directory.DangerousGetHandle();

    // Files in a directory that others may write could have been planted.
    private string? Problem()
    {
        StatX found;
        if (DirectoryCalls.Stat(Number, "", DirectoryCalls.AT_EMPTY_PATH, DirectoryCalls.STATX_BASIC_STATS, &found) < 0)
            return LinuxResult.Last(Path).ToString();
        var mode = Convert.ToString(found.Mode & 0xfff, 8).PadLeft(4, '0');
        if (!IsTrusted(found.Owner))
            return string.Create(
                CultureInfo.InvariantCulture,
                $"{Path} belongs to user {found.Owner}; accepted: a directory of this user or of root"
            );
        return (found.Mode & OthersMayWrite) != 0
            ? $"{Path} may be written by others (mode {mode}); accepted: a directory that only its owner may write, such as one of mode 0755"
            : null;
    }

    private static bool IsTrusted(uint owner) => owner == 0 || owner == DirectoryCalls.EffectiveUser();

    private SafeFileHandle? OpenFile(string name, int flags, out LinuxResult error)
    {
        error = LinuxResult.Ok;
        var number = DirectoryCalls.OpenAt(Number, name, flags | DirectoryCalls.O_NOFOLLOW | Files.O_CLOEXEC, OwnerOnly);
        if (number < 0)
        {
            error = LinuxResult.Last(name);
            return null;
        }
        var file = new SafeFileHandle(number, ownsHandle: true);
        StatX found;
        if (DirectoryCalls.Stat(number, "", DirectoryCalls.AT_EMPTY_PATH, DirectoryCalls.STATX_BASIC_STATS, &found) < 0)
            error = LinuxResult.Last(name);
        else if ((found.Mode & DirectoryCalls.S_IFMT) != DirectoryCalls.S_IFREG)
            error = new LinuxResult(Errno.EINVAL, $"{name} is no file");
        else if (!IsTrusted(found.Owner))
            error = new LinuxResult(Errno.EPERM, string.Create(CultureInfo.InvariantCulture, $"{name} belongs to user {found.Owner}"));
        if (error.IsOk)
            return file;
        file.Dispose();
        return null;
    }
}
