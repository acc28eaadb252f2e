using Tandem.Config.Specs;
using Tandem.Config.Yaml;
using Tandem.Core.Options;

namespace Tandem.Config.Files;

/// <summary>Reads a bond's options below <c>parameters</c>, and checks them together by the rules of the service.</summary>
internal sealed class BondOptionsReader(string path, Place bond, Findings errors)
{
    private readonly Dictionary<BondOption, OptionValue> _values = [];
    private readonly Dictionary<BondOption, YamlEntry> _entries = [];

    /// <summary>Reads the options; none if there is no node.</summary>
    public IReadOnlyDictionary<BondOption, OptionValue> Read(YamlNode? node)
    {
        foreach (var entry in node is null ? [] : Scalars.Entries(path, node, errors))
        {
            ReadOption(entry);
            if (errors.IsFull)
                return _values;
        }
        var (_, error) = SpecOptions.Apply([.. _values]);
        if (error is not null)
            Refuse(error);
        return _values;
    }

    private void ReadOption(YamlEntry entry)
    {
        if (!OptionKeys.TryFind(OptionScope.Bond, entry.Key, out var option))
        {
            errors.Add(entry.Place, $"{path}.{Findings.KeyText(entry.Key)}", "unknown key", Suggest(entry.Key));
            return;
        }
        var key = $"{path}.{Findings.KeyText(entry.Key)}";
        if (_entries.TryGetValue(option, out var other))
            errors.Add(entry.Place, key, $"{Findings.KeyText(other.Key)} in line {other.Place.Line} is the same option", "give it once");
        else if (OptionValues.Read(option, key, entry.Value, errors) is { } value)
            (_values[option], _entries[option]) = (value, entry);
    }

    private static string Suggest(string key)
    {
        if (OptionKeys.TryFindElsewhere(OptionScope.Bond, key, out var option))
            return $"in files it is called {OptionKeys.Of(option)}";
        if (OptionKeys.TryFind(OptionScope.Member, key, out var member) || OptionKeys.TryFindElsewhere(OptionScope.Member, key, out member))
            return $"it is an option of members: write it as \"members: {{INTERFACE: {{{OptionKeys.Of(member)}: ...}}}}\" beside \"parameters:\"";
        return NetworkReader.Suggest(key, [.. OptionKeys.All(OptionScope.Bond)]);
    }

    // The refusal names the option by its keyword.
    private void Refuse(OptionError error)
    {
        var keyword = error.Subject.Split(' ')[0];
        var entry = _entries.FirstOrDefault(named => named.Key.Keyword == keyword).Value;
        errors.Add(
            entry?.Place ?? bond,
            entry is null ? path : $"{path}.{Findings.KeyText(entry.Key)}",
            OptionKeys.Reword(error.Reason),
            error.Accepted is { } accepted ? OptionKeys.Reword(accepted) : null
        );
    }
}
