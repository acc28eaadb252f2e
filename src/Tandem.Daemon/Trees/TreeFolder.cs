namespace Tandem.Daemon.Trees;

/// <summary>
/// The directories <c>proc</c> and <c>sys</c> in a directory of the service's own. Each file is replaced by a rename, so readers find its old or its
/// new content. All calls may block on the disk.
/// </summary>
/// <param name="root">Where they are. Only this service may write there.</param>
internal sealed class TreeFolder(string root)
{
    private const UnixFileMode FolderMode =
        UnixFileMode.UserRead
        | UnixFileMode.UserWrite
        | UnixFileMode.UserExecute
        | UnixFileMode.GroupRead
        | UnixFileMode.GroupExecute
        | UnixFileMode.OtherRead
        | UnixFileMode.OtherExecute;

    private const UnixFileMode FileMode = UnixFileMode.UserRead | UnixFileMode.GroupRead | UnixFileMode.OtherRead;

    private static readonly string[] s_tops = ["proc", "sys"];

    private readonly Dictionary<string, string> _files = new(StringComparer.Ordinal);
    private readonly Dictionary<string, string> _links = new(StringComparer.Ordinal);
    private readonly HashSet<string> _folders = new(StringComparer.Ordinal);
    private bool _isBegun;

    /// <summary>Makes the directories show a layout; writes only what has changed.</summary>
    public void Show(TreeLayout layout)
    {
        // An earlier service may have left something else.
        if (!_isBegun)
            Remove();
        _isBegun = true;
        MakeFolders(TreeLayout.StatusFolder + "/");
        foreach (var (path, target) in layout.Links)
            PutLink(path, target);
        foreach (var (path, content) in layout.Files)
            PutFile(path, content);
        foreach (var path in _links.Keys.Except(layout.Links.Keys).Concat(_files.Keys.Except(layout.Files.Keys)).ToList())
        {
            File.Delete(At(path));
            _links.Remove(path);
            _files.Remove(path);
        }
        // The deepest first, so that they are empty.
        foreach (var folder in _folders.Except(FoldersOf(layout)).OrderByDescending(path => path.Length).ToList())
        {
            Directory.Delete(At(folder));
            _folders.Remove(folder);
        }
    }

    /// <summary>Removes the directories.</summary>
    public void Remove()
    {
        foreach (var top in s_tops)
        {
            if (Directory.Exists(At(top)))
                Directory.Delete(At(top), recursive: true);
        }
        _files.Clear();
        _links.Clear();
        _folders.Clear();
    }

    private static HashSet<string> FoldersOf(TreeLayout layout) =>
        [.. layout.Files.Keys.Concat(layout.Links.Keys).Append(TreeLayout.StatusFolder + "/").SelectMany(AboveOf)];

    private static IEnumerable<string> AboveOf(string path)
    {
        for (var at = path.IndexOf('/', StringComparison.Ordinal); at >= 0; at = path.IndexOf('/', at + 1))
            yield return path[..at];
    }

    private string At(string path) => Path.Combine(root, path);

    private void PutFile(string path, string content)
    {
        if (_files.TryGetValue(path, out var known) && known == content)
            return;
        MakeFolders(path);
        var draft = Draft();
        File.WriteAllText(draft, content);
        // The service's umask would hide it.
        File.SetUnixFileMode(draft, FileMode);
        File.Move(draft, At(path), overwrite: true);
        _files[path] = content;
    }

    private void PutLink(string path, string target)
    {
        if (_links.TryGetValue(path, out var known) && known == target)
            return;
        MakeFolders(path);
        var draft = Draft();
        File.CreateSymbolicLink(draft, target);
        File.Move(draft, At(path), overwrite: true);
        _links[path] = target;
    }

    // Outside of the trees: inside, any name may be that of an interface. Removes what a killed service left.
    private string Draft()
    {
        var draft = At(".tree.new");
        File.Delete(draft);
        return draft;
    }

    private void MakeFolders(string path)
    {
        foreach (var folder in AboveOf(path))
        {
            if (!_folders.Add(folder))
                continue;
            Directory.CreateDirectory(At(folder), FolderMode);
            File.SetUnixFileMode(At(folder), FolderMode);
        }
    }
}
