using Tandem.Core.Options;

namespace Tandem.Simulation;

/// <summary>Options as words, as on the command line.</summary>
public static class Words
{
    /// <summary>Reads pairs of keyword and value.</summary>
    /// <exception cref="FormatException">A word is not an option, or a value cannot be one of it.</exception>
    public static IReadOnlyList<KeyValuePair<BondOption, OptionValue>> Parse(OptionScope scope, params string[] words)
    {
        var changes = new List<KeyValuePair<BondOption, OptionValue>>();
        for (var i = 0; i + 1 < words.Length; i += 2)
        {
            if (!BondOptionTable.TryFind(scope, words[i], out var option))
                throw new FormatException(words[i]);
            if (!OptionParser.TryParse(option, words[i + 1], out var value, out var error))
                throw new FormatException(error!.Message);
            changes.Add(new(option, value));
        }
        return changes;
    }
}
