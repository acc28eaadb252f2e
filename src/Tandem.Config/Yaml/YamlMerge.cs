namespace Tandem.Config.Yaml;

/// <summary>
/// Merges the trees of several files by netplan's rules: mappings key by key, sequences are concatenated, and of single values the later
/// one counts.
/// </summary>
internal static class YamlMerge
{
    /// <summary>The merged tree; <paramref name="later"/> comes from the later file.</summary>
    public static YamlNode Merge(YamlNode earlier, YamlNode later, string key, Findings errors)
    {
        // A key without a value adds nothing to a mapping or a list.
        if (later.IsNull && earlier.Kind != YamlKind.Scalar)
            return earlier;
        if (earlier.IsNull && later.Kind != YamlKind.Scalar)
            return later;
        if (earlier.Kind != later.Kind)
        {
            errors.Add(later.Place, key, $"{later.Description}, but {earlier.Place} has {earlier.Description}", "write both files alike");
            return earlier;
        }
        return later.Kind switch
        {
            YamlKind.Sequence => YamlNode.Sequence(earlier.Place, [.. earlier.Items, .. later.Items]),
            YamlKind.Mapping => MergeMappings(earlier, later, key, errors),
            _ => later,
        };
    }

    private static YamlNode MergeMappings(YamlNode earlier, YamlNode later, string key, Findings errors)
    {
        var entries = earlier.Entries.ToList();
        var positions = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < entries.Count; i++)
            positions.Add(entries[i].Key, i);
        foreach (var entry in later.Entries)
        {
            if (positions.TryGetValue(entry.Key, out var at))
                entries[at] = entry with
                {
                    Value = Merge(entries[at].Value, entry.Value, key.Length == 0 ? entry.Key : $"{key}.{entry.Key}", errors),
                };
            else
                entries.Add(entry);
        }
        return YamlNode.Mapping(earlier.Place, entries);
    }
}
