using Tandem.Config.Files;

namespace Tandem.Config.Import;

/// <summary>A line of a stanza.</summary>
internal sealed record InterfacesLine(string Key, string Value, Place Place);

/// <summary>The stanzas of an interface, joined.</summary>
internal sealed record InterfacesStanza(string Name, Place Place, List<InterfacesLine> Lines, List<string> Families);

/// <summary>Reads /etc/network/interfaces with the files that it includes.</summary>
internal sealed class InterfacesFile(string root, Findings notes)
{
    // Files include each other at most this deep.
    private const int MaxDepth = 8;

    private readonly List<InterfacesStanza> _stanzas = [];
    private int _files;

    /// <summary>Reads all stanzas.</summary>
    public IReadOnlyList<InterfacesStanza> Read()
    {
        var main = Path.Combine(root, "etc/network/interfaces");
        if (File.Exists(main))
            ReadFile(main, 0);
        return _stanzas;
    }

    private void ReadFile(string path, int depth)
    {
        if (depth > MaxDepth || ++_files > TextFiles.MaxFiles)
        {
            notes.Add(new Place(path), "source", "too many files include each other", "this one is not read");
            return;
        }
        if (TextFiles.Read(path, notes) is not { } text)
            return;
        InterfacesStanza? stanza = null;
        foreach (var (line, place) in Lines(path, text))
        {
            var words = line.Split((char[]?)null, 2, StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
            var (key, value) = (words[0], words.Length > 1 ? words[1] : "");
            switch (key)
            {
                case "iface":
                    var parts = value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
                    stanza = parts.Length == 0 ? null : Get(parts[0], place);
                    stanza?.Families.AddRange(parts.Skip(1));
                    break;
                case "source" or "source-directory":
                    stanza = null;
                    Include(path, value, place, depth, isDirectory: key == "source-directory");
                    break;
                case "auto" or "mapping" or "template" or "no-auto-down" or "no-scripts" or "rename":
                case not null when key.StartsWith("allow-", StringComparison.Ordinal):
                    stanza = null;
                    break;
                default:
                    stanza?.Lines.Add(new InterfacesLine(key!, value, place));
                    break;
            }
        }
    }

    private InterfacesStanza Get(string name, Place place)
    {
        if (_stanzas.Find(other => other.Name == name) is { } known)
            return known;
        var stanza = new InterfacesStanza(name, place, [], []);
        _stanzas.Add(stanza);
        return stanza;
    }

    private void Include(string from, string pattern, Place place, int depth, bool isDirectory)
    {
        // An absolute path is one below the root.
        var path = pattern.StartsWith('/') ? Path.Combine(root, pattern[1..]) : Path.Combine(Path.GetDirectoryName(from)!, pattern);
        var (directory, name) = isDirectory ? (path, "*") : (Path.GetDirectoryName(path) ?? "/", Path.GetFileName(path));
        if (directory.AsSpan().IndexOfAny("*?[") >= 0 || name.Contains('[', StringComparison.Ordinal))
        {
            notes.Add(
                place,
                "source",
                $"{Findings.Quote(pattern)}: such a pattern is not understood",
                "import the files by --root, or by hand"
            );
            return;
        }
        foreach (var file in SourceFiles.List(directory, notes))
        {
            if (
                System.IO.Enumeration.FileSystemName.MatchesSimpleExpression(name, Path.GetFileName(file), ignoreCase: false)
                && !Path.GetFileName(file).StartsWith('.')
            )
                ReadFile(file, depth + 1);
        }
    }

    private static IEnumerable<(string Line, Place Place)> Lines(string path, string text)
    {
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var place = new Place(path, i + 1);
            var line = lines[i].Trim();
            if (line.StartsWith('#'))
                continue;
            while (line.EndsWith('\\') && i + 1 < lines.Length)
                line = $"{line[..^1]} {lines[++i].Trim()}".Trim();
            if (line.Length > 0)
                yield return (line, place);
        }
    }
}
