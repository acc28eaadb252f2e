using Tandem.Cli.CommandLine;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Cli.Links;

/// <summary>Words after <c>type bond</c> and <c>type bond_slave</c>, and words that several <c>link</c> commands share.</summary>
internal static class BondWords
{
    /// <summary>Makes the bond reselect its active member; takes no value.</summary>
    private const string ClearActive = "clear_active_slave";

    /// <summary>
    /// Reads options up to the end of the line; null if help was requested. If an option is given twice, the last value counts.
    /// </summary>
    public static Dictionary<string, string>? ReadOptions(OptionScope scope, Arguments arguments)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        while (!arguments.AtEnd)
        {
            var word = arguments.Take();
            if (Find(scope, word) is not { } option)
            {
                if (Keyword.Matches(word, "help"))
                    return null;
                throw new CommandException(ExitCode.NotFound, Unknown(scope, word));
            }
            if (IsClearActive(option, word))
            {
                options[option.Keyword] = "";
                continue;
            }
            var name = NameOf(option, word);
            var text = arguments.AtEnd && option.Kind is OptionKind.Ip4List or OptionKind.Ip6List ? "" : arguments.Value(name);
            // Other refusals are left to the service: it may be of a later version, or know the device.
            if (!OptionParser.TryParse(option, text, out _, out var error) && error!.Kind == OptionErrorKind.Syntax)
                throw new CommandException(ExitCode.Syntax, error.Named(option, name).Message);
            options[option.Keyword] = text;
        }
        return options;
    }

    /// <summary>The option that a word means: the first in the table whose keyword the word abbreviates; null if there is none.</summary>
    public static BondOption? Find(OptionScope scope, string word)
    {
        foreach (var option in scope == OptionScope.Bond ? BondOptionTable.Bond : BondOptionTable.Member)
        {
            if (word == option.Keyword || word == option.Alias)
                return option;
            if (option.SpelledOut)
                continue;
            if (
                Keyword.Matches(word, option.Keyword)
                || (option.Alias is { } alias && Keyword.Matches(word, alias))
                || IsClearActive(option, word)
            )
                return option;
        }
        return null;
    }

    /// <summary>Refuses an option in front of <c>type</c>, with a message that says where it belongs.</summary>
    /// <param name="word">The option.</param>
    /// <param name="line">The command before it.</param>
    public static void RefuseBareOption(string word, string line)
    {
        foreach (var (kind, table) in new[] { ("bond", BondOptionTable.Bond), ("bond_slave", BondOptionTable.Member) })
        {
            if (table.Any(option => option.Keyword == word || option.Alias == word))
                throw new CommandException(
                    ExitCode.Syntax,
                    $"{word}: must follow \"type {kind}\"; accepted: {line} type {kind} {word} VALUE"
                );
        }
    }

    /// <summary>Takes a word as the device's name; refuses a second one.</summary>
    public static string FirstName(string? name, string word) =>
        name is null ? word : throw new CommandException(ExitCode.Syntax, $"\"{word}\" was not expected here: the device is \"{name}\"");

    /// <summary>Refuses a command without a device.</summary>
    public static string RequireName(string? name) =>
        name ?? throw new CommandException(ExitCode.Syntax, "the name of the device is missing; accepted: dev NAME, or NAME alone");

    /// <summary>Refuses another kind of device than the expected one.</summary>
    public static void RequireKind(string kind, string expected)
    {
        if (kind != expected)
            throw new CommandException(ExitCode.NotFound, $"type {kind}: not a kind of device of Tandem; accepted: {expected}");
    }

    // Two keywords mean the same option: messages name the one that was written, or abbreviated.
    private static string NameOf(BondOption option, string word) =>
        option.Alias is { } alias && Keyword.Matches(word, alias) && !Keyword.Matches(word, option.Keyword) ? alias : option.Keyword;

    private static bool IsClearActive(BondOption option, string word) =>
        ReferenceEquals(option, BondOptions.Known.ActiveMember)
        && Keyword.Matches(word, ClearActive)
        && !Keyword.Matches(word, option.Keyword);

    private static string Unknown(OptionScope scope, string word)
    {
        var (kind, table, help) =
            scope == OptionScope.Bond
                ? ("bond", BondOptionTable.Bond, "tandem link add type bond help")
                : ("bond_slave", BondOptionTable.Member, "tandem link set type bond_slave help");
        if (word.Split('=', 2) is [var left, var value] && Find(scope, left) is { } meant)
            return $"{kind}: {word}: option and value are separated by a blank; accepted: {meant.Keyword} {value}";
        var names = table.SelectMany(option => option.Alias is { } alias ? [option.Keyword, alias] : new[] { option.Keyword });
        var nearest = Spelling.Nearest(word, names) is { } near ? $"{near}, or another of" : "those of";
        return $"{kind}: unknown option \"{word}\"; accepted: {nearest} \"{help}\"";
    }
}
