using Tandem.Config.Specs;
using Tandem.Config.Yaml;
using Tandem.Core.Options;

namespace Tandem.Config.Files;

/// <summary>Reads the options of a member below <c>members</c>.</summary>
internal sealed class MemberOptionsReader(string path, BondMode mode, Findings errors)
{
    /// <summary>Reads the options; null if there are none.</summary>
    public IReadOnlyDictionary<string, string>? Read(YamlNode node)
    {
        var values = new List<KeyValuePair<BondOption, OptionValue>>();
        foreach (var entry in Scalars.Entries(path, node, errors))
        {
            var key = $"{path}.{Findings.KeyText(entry.Key)}";
            if (!OptionKeys.TryFind(OptionScope.Member, entry.Key, out var option))
                errors.Add(entry.Place, key, "unknown key", Suggest(entry.Key));
            else if (OptionValues.Read(option, key, entry.Value, errors) is { } value)
            {
                if (SpecOptions.Refuse(mode, option, value) is { } error)
                    errors.Add(entry.Place, key, error.Reason, error.Accepted);
                values.Add(new(option, value));
            }
            if (errors.IsFull)
                break;
        }
        return SpecOptions.Shortest(values);
    }

    private static string Suggest(string key)
    {
        if (OptionKeys.TryFindElsewhere(OptionScope.Member, key, out var option))
            return $"in files it is called {OptionKeys.Of(option)}";
        if (OptionKeys.TryFind(OptionScope.Bond, key, out var bond) || OptionKeys.TryFindElsewhere(OptionScope.Bond, key, out bond))
            return $"it is an option of the bond: write it below \"parameters:\" as {OptionKeys.Of(bond)}";
        return NetworkReader.Suggest(key, [.. OptionKeys.All(OptionScope.Member)]);
    }
}
