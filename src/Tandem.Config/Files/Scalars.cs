using System.Globalization;
using Tandem.Config.Yaml;

namespace Tandem.Config.Files;

/// <summary>Reads nodes as single values and lists; other nodes are recorded as errors.</summary>
internal static class Scalars
{
    /// <summary>A text that is not empty.</summary>
    public static string? Text(string key, YamlNode node, Findings errors)
    {
        if (node.Kind == YamlKind.Scalar && node is { IsNull: false, Text.Length: > 0 })
            return node.Text;
        if (node.Kind == YamlKind.Scalar)
            errors.Add(node.Place, key, "the value is missing", "give a value, or remove the key");
        else
            errors.Add(node.Place, key, $"a single value is expected here, and this is {node.Description}");
        return null;
    }

    /// <summary>A boolean.</summary>
    public static bool? Boolean(string key, YamlNode node, Findings errors)
    {
        if (Text(key, node, errors) is not { } text)
            return null;
        if (OptionValues.Boolean(text) is { } value)
            return value;
        errors.Add(node.Place, key, $"{Findings.Quote(text)}: neither true nor false", OptionValues.AcceptedBooleans);
        return null;
    }

    /// <summary>A whole number in a range.</summary>
    public static int? Number(string key, YamlNode node, int min, int max, string unit, Findings errors)
    {
        if (Text(key, node, errors) is not { } text)
            return null;
        if (int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number >= min && number <= max)
            return number;
        errors.Add(node.Place, key, $"{Findings.Quote(text)}: not a number in the range", $"accepted: {min} to {max}{unit}");
        return null;
    }

    /// <summary>A list of single values; nothing is an empty list.</summary>
    public static List<(YamlNode Node, string Text)>? List(string key, YamlNode node, Findings errors)
    {
        if (node.IsNull)
            return [];
        if (node.Kind != YamlKind.Sequence)
        {
            var remedy = node.Kind == YamlKind.Scalar ? "write it in brackets, separated by commas: [A, B]" : null;
            errors.Add(node.Place, key, $"a list is expected here, and this is {node.Description}", remedy);
            return null;
        }
        var texts = new List<(YamlNode, string)>();
        foreach (var item in node.Items)
        {
            if (Text(key, item, errors) is not { } text)
                return null;
            texts.Add((item, text));
        }
        return texts;
    }

    /// <summary>The entries of a mapping; nothing is a mapping without entries.</summary>
    public static IReadOnlyList<YamlEntry> Entries(string key, YamlNode node, Findings errors)
    {
        if (node.Kind != YamlKind.Mapping && !node.IsNull)
            errors.Add(node.Place, key, $"a mapping of keys to values is expected here, and this is {node.Description}");
        return node.Entries;
    }
}
