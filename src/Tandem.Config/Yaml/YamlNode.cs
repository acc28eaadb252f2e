namespace Tandem.Config.Yaml;

/// <summary>The kind of a node.</summary>
internal enum YamlKind : byte
{
    /// <summary>A single value.</summary>
    Scalar,

    /// <summary>A list.</summary>
    Sequence,

    /// <summary>Keys with values.</summary>
    Mapping,
}

/// <summary>An entry of a mapping.</summary>
/// <param name="Key">The key.</param>
/// <param name="Place">Where the key stands.</param>
/// <param name="Value">The value.</param>
internal sealed record YamlEntry(string Key, Place Place, YamlNode Value);

/// <summary>A node of a YAML file, with its place. Values are text as written; readers give them a type.</summary>
internal sealed class YamlNode
{
    private YamlNode(YamlKind kind, Place place) => (Kind, Place) = (kind, place);

    /// <summary>The kind.</summary>
    public YamlKind Kind { get; }

    /// <summary>Where the node starts.</summary>
    public Place Place { get; }

    /// <summary>The text of a scalar.</summary>
    public string Text { get; private init; } = "";

    /// <summary>Whether it is a scalar that stands for no value: nothing, <c>~</c> or <c>null</c> without quotes.</summary>
    public bool IsNull { get; private init; }

    /// <summary>The elements of a sequence.</summary>
    public IReadOnlyList<YamlNode> Items { get; private init; } = [];

    /// <summary>The entries of a mapping.</summary>
    public IReadOnlyList<YamlEntry> Entries { get; private init; } = [];

    /// <summary>The kind in words, for messages.</summary>
    public string Description =>
        Kind switch
        {
            YamlKind.Scalar => IsNull ? "nothing" : "a single value",
            YamlKind.Sequence => "a list",
            _ => "a mapping of keys to values",
        };

    /// <summary>Creates a scalar.</summary>
    public static YamlNode Scalar(Place place, string text, bool isPlain) =>
        new(YamlKind.Scalar, place) { Text = text, IsNull = isPlain && text is ("" or "~" or "null" or "Null" or "NULL") };

    /// <summary>Creates a sequence.</summary>
    public static YamlNode Sequence(Place place, IReadOnlyList<YamlNode> items) => new(YamlKind.Sequence, place) { Items = items };

    /// <summary>Creates a mapping.</summary>
    public static YamlNode Mapping(Place place, IReadOnlyList<YamlEntry> entries) => new(YamlKind.Mapping, place) { Entries = entries };

    /// <summary>The entry with a key; null if there is none.</summary>
    public YamlEntry? Find(string key)
    {
        foreach (var entry in Entries)
        {
            if (entry.Key == key)
                return entry;
        }
        return null;
    }
}
