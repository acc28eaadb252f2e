using System.Text;

namespace Tandem.Config.Disk;

/// <summary>Writes files so that readers, also after a crash of the machine, find the whole old or the whole new content. Blocks on the disk.</summary>
public static class AtomicFile
{
    private const UnixFileMode DefaultMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Creates or replaces a file, and the directories above it. The content is on the disk before it gets the file's name, and the name is before this
    /// returns; a symbolic link stays, and its target is replaced.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isPrivate">Whether only the owner may read it; otherwise its mode stays, and that of a new one is 0644.</param>
    /// <exception cref="IOException">The file cannot be written, or something else than a file is there; it is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write it.</exception>
    public static void Write(string path, string content, bool isPrivate = false) => Write(new MachineDisk(), path, content, isPrivate);

    /// <summary>The same on another disk.</summary>
    internal static void Write(IDisk disk, string path, string content, bool isPrivate)
    {
        // .NET resolves a link of a relative path against the root.
        path = Path.GetFullPath(path);
        // A rename would put a file in the place of a device.
        if (FileKind.Obstacle(path) is { } obstacle)
            throw new IOException($"it is {obstacle}; accepted: a regular file, or a name that is free");
        Directory.CreateDirectory(Path.GetDirectoryName(path) ?? "/");
        var isLink = new FileInfo(path).LinkTarget is not null;
        var target = isLink ? File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName : path;
        var directory = Path.GetDirectoryName(target) ?? "/";
        // Readers of a configuration directory take neither a name with a dot in front nor one without .yaml at the end.
        var draft = Path.Combine(directory, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.new");
        try
        {
            using (var stream = disk.Create(draft, ModeOf(target, isPrivate)))
            {
                stream.Write(Encoding.UTF8.GetBytes(content));
                disk.Flush(stream);
            }
            disk.Rename(draft, target);
        }
        catch
        {
            disk.Delete(draft);
            throw;
        }
        disk.FlushDirectory(directory);
    }

    private static UnixFileMode ModeOf(string target, bool isPrivate) =>
        isPrivate ? UnixFileMode.UserRead | UnixFileMode.UserWrite
#pragma warning disable CA1416 // Tandem runs on Linux only.
        : File.Exists(target) ? File.GetUnixFileMode(target)
#pragma warning restore CA1416
        : DefaultMode;
}
