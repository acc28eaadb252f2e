namespace Tandem.Config.Disk;

/// <summary>Writes files so that readers, also after a crash, find the old or the new content. Blocks on the disk.</summary>
public static class AtomicFile
{
    private const UnixFileMode DefaultMode =
        UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    /// <summary>
    /// Creates or replaces a file, and the directories above it. The content is on the disk before it gets the file's name; a symbolic
    /// link stays, and its target is replaced. After a crash of the machine within seconds the old content may be back, since .NET cannot
    /// flush a directory.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <param name="content">Its content.</param>
    /// <param name="isPrivate">Whether only the owner may read it; otherwise its mode stays, and that of a new one is 0644.</param>
    /// <exception cref="IOException">The file cannot be written; it is as before.</exception>
    /// <exception cref="UnauthorizedAccessException">The user may not write it.</exception>
    public static void Write(string path, string content, bool isPrivate = false)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/");
        var isLink = new FileInfo(path).LinkTarget is not null;
        var target = isLink ? File.ResolveLinkTarget(path, returnFinalTarget: true)!.FullName : Path.GetFullPath(path);
        var directory = Path.GetDirectoryName(target) ?? "/";
        // Readers of a configuration directory take neither a name with a dot in front nor one without .yaml at the end.
        var draft = Path.Combine(directory, $".{Path.GetFileName(target)}.{Guid.NewGuid():N}.new");
        try
        {
            var options = new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
#pragma warning disable CA1416 // Tandem runs on Linux only.
                UnixCreateMode =
                    isPrivate ? UnixFileMode.UserRead | UnixFileMode.UserWrite
                    : File.Exists(target) ? File.GetUnixFileMode(target)
                    : DefaultMode,
#pragma warning restore CA1416
            };
            using (var stream = new FileStream(draft, options))
            {
                stream.Write(System.Text.Encoding.UTF8.GetBytes(content));
                stream.Flush(flushToDisk: true);
            }
            File.Move(draft, target, overwrite: true);
        }
        catch
        {
            File.Delete(draft);
            throw;
        }
    }
}
