namespace Tandem.Config.Tests;

/// <summary>A root directory with files of other tools.</summary>
internal sealed class Tree : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("tdm-tree-").FullName;

    public static Tree Of(params ReadOnlySpan<(string Path, string Text)> files)
    {
        var tree = new Tree();
        foreach (var (path, text) in files)
            tree.Write(path, text);
        return tree;
    }

    public void Write(string path, string text)
    {
        var full = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(full)!);
        File.WriteAllText(full, text);
        // netplan warns about files that others may read, and NetworkManager ignores them.
        File.SetUnixFileMode(full, UnixFileMode.UserRead | UnixFileMode.UserWrite);
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
