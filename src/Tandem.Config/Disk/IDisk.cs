namespace Tandem.Config.Disk;

/// <summary>The steps by which a file is replaced; tests break off after each.</summary>
internal interface IDisk
{
    /// <summary>Creates a file that must not exist.</summary>
    Stream Create(string path, UnixFileMode mode);

    /// <summary>Waits until what was written to a file is on the disk.</summary>
    void Flush(Stream file);

    /// <summary>Gives a file another one's name.</summary>
    void Rename(string path, string target);

    /// <summary>Waits until the names in a directory are on the disk.</summary>
    void FlushDirectory(string path);

    /// <summary>Deletes a file.</summary>
    void Delete(string path);
}

/// <summary>The disk of the machine.</summary>
internal sealed class MachineDisk : IDisk
{
    /// <inheritdoc/>
    public Stream Create(string path, UnixFileMode mode) =>
        new FileStream(
            path,
            new FileStreamOptions
            {
                Mode = FileMode.CreateNew,
                Access = FileAccess.Write,
#pragma warning disable CA1416 // Tandem runs on Linux only.
                UnixCreateMode = mode,
#pragma warning restore CA1416
            }
        );

    /// <inheritdoc/>
    public void Flush(Stream file) => ((FileStream)file).Flush(flushToDisk: true);

    /// <inheritdoc/>
    public void Rename(string path, string target) => File.Move(path, target, overwrite: true);

    /// <inheritdoc/>
    public void FlushDirectory(string path)
    {
        using var directory = FileCalls.Open(path, FileCalls.O_RDONLY | FileCalls.O_CLOEXEC);
        // The file has its name already. Some file systems refuse this, and the others write it within seconds by themselves.
        if (!directory.IsInvalid)
            _ = FileCalls.Flush(directory);
    }

    /// <inheritdoc/>
    public void Delete(string path) => File.Delete(path);
}
