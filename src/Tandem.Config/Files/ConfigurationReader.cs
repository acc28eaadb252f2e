using Tandem.Config.Yaml;

namespace Tandem.Config.Files;

/// <summary>Reads files of users, merged as netplan does.</summary>
public static class ConfigurationReader
{
    /// <summary>Reads a file, or all files <c>*.yaml</c> of a directory in lexical order. Blocks on the disk; nothing is thrown.</summary>
    public static Configuration Read(string path)
    {
        var errors = new Findings();
        var files = TextFiles.List(path, errors);
        var texts = new List<(string, string)>();
        foreach (var file in files)
        {
            // The one that a user names may be a pipe of the shell; of a directory all are files.
            if (TextFiles.Read(file, errors, mayBePipe: file == path) is { } text)
                texts.Add((file, text));
        }
        return Read(texts, errors);
    }

    /// <summary>Reads texts as if they were files.</summary>
    public static Configuration Read(IReadOnlyList<(string File, string Text)> texts) => Read(texts, new Findings());

    private static Configuration Read(IReadOnlyList<(string File, string Text)> texts, Findings errors)
    {
        YamlNode? merged = null;
        foreach (var (file, text) in texts)
        {
            if (YamlReader.Read(file, text, errors) is { } tree)
                merged = merged is null ? tree : YamlMerge.Merge(merged, tree, "", errors);
        }
        var bonds = merged is null ? [] : NetworkReader.Read(merged, errors);
        return new Configuration(errors.IsEmpty ? bonds : [], errors.All, [.. texts.Select(text => text.File)]);
    }
}
