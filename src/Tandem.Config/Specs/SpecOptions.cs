using Tandem.Core.Options;

namespace Tandem.Config.Specs;

/// <summary>The options of specs: their checks, by the rules that the service applies to a new bond, and their shortest text.</summary>
internal static class SpecOptions
{
    /// <summary>The options of a new bond after changes, or the first refusal.</summary>
    public static (BondOptions Options, OptionError? Error) Apply(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> changes) =>
        OptionChange.Apply(BondOptions.Default, changes, new OptionSituation(HasMembers: false, IsUp: false, _ => null, IsNew: true));

    /// <summary>Why a member of a bond in a mode cannot have an option with a value; null if it can.</summary>
    public static OptionError? Refuse(BondMode mode, BondOption option, OptionValue value) =>
        option.AppliesTo(mode) || value == new OptionValue(option.Default)
            ? null
            : OptionError.Of(
                OptionErrorKind.Mode,
                option,
                value.Format(option),
                $"not an option of mode {BondOptions.Known.Mode.Choices[(int)mode]}",
                $"it belongs to {string.Join(", ", BondOptions.Known.Mode.Choices.Where((_, number) => option.AppliesTo((BondMode)number)))}"
            );

    /// <summary>
    /// The fewest texts that give a new bond these options: the mode, and what differs from the mode's defaults, in the order of the
    /// table.
    /// </summary>
    public static Dictionary<string, string> Shortest(BondOptions options)
    {
        var (defaults, _) = Apply([KeyValuePair.Create(BondOptions.Known.Mode, options[BondOptions.Known.Mode])]);
        return BondOptionTable
            .Bond.Where(option => option == BondOptions.Known.Mode || options[option] != defaults[option])
            .ToDictionary(option => option.Name, option => options[option].Format(option), StringComparer.Ordinal);
    }

    /// <summary>The values of a member that are not the defaults, in the order of the table; null if there are none.</summary>
    public static Dictionary<string, string>? Shortest(IReadOnlyList<KeyValuePair<BondOption, OptionValue>> values)
    {
        var texts = BondOptionTable
            .Member.SelectMany(option => values.Where(named => named.Key == option).TakeLast(1))
            .Where(named => named.Value != new OptionValue(named.Key.Default))
            .ToDictionary(named => named.Key.Name, named => named.Value.Format(named.Key), StringComparer.Ordinal);
        return texts.Count == 0 ? null : texts;
    }
}
