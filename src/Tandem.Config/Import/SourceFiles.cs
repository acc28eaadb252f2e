using Tandem.Config.Files;

namespace Tandem.Config.Import;

/// <summary>Finds the files of other tools below a root directory. Blocks on the disk.</summary>
internal static class SourceFiles
{
    /// <summary>
    /// The files of several directories in the order of their names. Of files with the same name the one in the first directory counts,
    /// and an empty one, or a link to /dev/null, stands for none.
    /// </summary>
    public static IReadOnlyList<(string Path, string Text)> Read(
        string root,
        IEnumerable<string> directories,
        Func<string, bool> isWanted,
        Findings notes
    )
    {
        var files = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var directory in directories)
        {
            foreach (var path in List(Path.Combine(root, directory), notes))
            {
                if (isWanted(Path.GetFileName(path)))
                    files.TryAdd(Path.GetFileName(path), path);
            }
        }
        var texts = new List<(string, string)>();
        foreach (var path in files.Values.Take(TextFiles.MaxFiles))
        {
            if (TextFiles.Read(path, notes) is { Length: > 0 } text)
                texts.Add((path, text));
        }
        if (files.Count > TextFiles.MaxFiles)
            notes.Add(
                new Place(files.Values.ElementAt(TextFiles.MaxFiles)),
                "",
                $"there are more than {TextFiles.MaxFiles} files",
                "this and later ones are not read"
            );
        return texts;
    }

    /// <summary>The files of a directory in the order of their names; none if it does not exist.</summary>
    public static IReadOnlyList<string> List(string directory, Findings notes)
    {
        try
        {
            return Directory.Exists(directory) ? [.. Directory.EnumerateFiles(directory).Order(StringComparer.Ordinal)] : [];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            notes.Add(new Place(directory), "", $"cannot be read: {e.Message}");
            return [];
        }
    }
}
