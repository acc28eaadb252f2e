namespace Tandem.Config.Import;

/// <summary>An assignment in a file with sections.</summary>
internal sealed record IniEntry(string Key, string Value, Place Place);

/// <summary>A section of a file.</summary>
internal sealed record IniSection(string Name, List<IniEntry> Entries)
{
    /// <summary>The value of the last assignment to a key; null if there is none.</summary>
    public string? this[string key] => Entries.FindLast(entry => entry.Key == key)?.Value;
}

/// <summary>Reads files with sections, as systemd and NetworkManager have them.</summary>
internal static class IniFile
{
    /// <summary>Reads the sections in order; sections with the same name are joined.</summary>
    /// <param name="file">The file's path, for places.</param>
    /// <param name="text">Its text.</param>
    /// <param name="continues">Whether a backslash at the end of a line joins it with the next one (systemd).</param>
    public static List<IniSection> Read(string file, string text, bool continues)
    {
        var sections = new List<IniSection>();
        IniSection? section = null;
        var lines = text.Split('\n');
        for (var i = 0; i < lines.Length; i++)
        {
            var place = new Place(file, i + 1);
            var line = lines[i].Trim();
            if (line is "" or ['#' or ';', ..])
                continue;
            while (continues && line.EndsWith('\\') && i + 1 < lines.Length)
            {
                var next = lines[++i].Trim();
                // A comment between the parts is passed over.
                line = next is ['#' or ';', ..] ? line : $"{line[..^1]} {next}";
            }
            if (line is ['[', .. var name, ']'])
            {
                section = sections.Find(other => other.Name == name);
                if (section is null)
                    sections.Add(section = new IniSection(name, []));
            }
            else if (line.Split('=', 2) is [var key, var value])
                section?.Entries.Add(new IniEntry(key.Trim(), value.Trim(), place));
        }
        return sections;
    }
}
