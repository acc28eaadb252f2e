using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>
/// A directory in which nobody but this process's user and root may write, and its files. What is in it is trusted: so it is opened once, checked,
/// and used by its descriptor, and links in it are not followed. All calls but <see cref="Open"/> may block on the disk.
/// </summary>
public sealed unsafe class PrivateDirectory : IDisposable
{
    /// <summary>The most that is read of a file, in bytes.</summary>
    public const int MaxFileBytes = 4 * 1024 * 1024;

    private const uint OwnerOnly = 0x180; // octal 0600
    private const ushort OthersMayWrite = 0x12; // octal 022
    private const string DraftExtension = ".new";

    private readonly SafeFileHandle _directory;

    private PrivateDirectory(SafeFileHandle directory, string path) => (_directory, Path) = (directory, path);

    /// <summary>The path by which it was opened, for messages.</summary>
    public string Path { get; }

    /// <summary>Opens a directory that is there. The error says what is wrong with it and what would be right.</summary>
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

    /// <summary>The names of the files in it.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public IReadOnlyList<string> Names() =>
        [
            .. Directory
                .EnumerateFileSystemEntries(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{Number}"))
                .Select(entry => System.IO.Path.GetFileName(entry)!)
                .Order(StringComparer.Ordinal),
        ];

    /// <summary>Reads a file whole. Refuses links, what is no file, files of other users, and files of more than <see cref="MaxFileBytes"/>.</summary>
    public LinuxResult<byte[]> Read(string name)
    {
        // Without O_NONBLOCK a FIFO would hold up whoever opens it.
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

    /// <summary>Replaces a file, or makes it. Whoever reads it, and a process that is killed meanwhile, finds the old content or the new one.</summary>
    public LinuxResult Replace(string name, ReadOnlySpan<byte> content)
    {
        var draft = name + DraftExtension;
        // One that a killed process left, or a link that somebody laid: neither is written through.
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
                return new LinuxResult(Errno.EIO, e.Message);
            }
        }
        return Rename(draft, name);
    }

    /// <summary>Gives a file another name, in the place of one that has it.</summary>
    public LinuxResult Rename(string name, string newName) =>
        DirectoryCalls.RenameAt(Number, name, Number, newName) < 0 ? LinuxResult.Last(name) : LinuxResult.Ok;

    /// <summary>Deletes a file. No error if it is not there.</summary>
    public LinuxResult Delete(string name)
    {
        if (DirectoryCalls.UnlinkAt(Number, name, 0) == 0)
            return LinuxResult.Ok;
        var result = LinuxResult.Last(name);
        return result.Errno == Errno.ENOENT ? LinuxResult.Ok : result;
    }

    /// <summary>
    /// Makes a file if it is not there, and takes the one lock on it (flock), which the kernel lets go when the handle is closed, however its
    /// process ends. Null if another process has it, or if something went wrong.
    /// </summary>
    /// <param name="name">The file.</param>
    /// <param name="error">What went wrong; Ok if another process has the lock.</param>
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
        // The one who had the lock deleted the file before it let go: the next one will make another.
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

    // What others may write could have been planted by them.
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
