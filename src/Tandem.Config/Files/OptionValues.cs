using System.Globalization;
using Tandem.Config.Yaml;
using Tandem.Core;
using Tandem.Core.Options;

namespace Tandem.Config.Files;

/// <summary>
/// Values of options in files, by netplan's types: lists are lists, switches are booleans, times have an optional unit. From text to text
/// the option table's own parser decides.
/// </summary>
internal static class OptionValues
{
    // More digits than any option has, and few enough for a long in ms.
    private const int MostDigits = 12;

    private static readonly string[] True = ["true", "on", "yes", "y"];
    private static readonly string[] False = ["false", "off", "no", "n"];

    /// <summary>Reads a value; null if it is not accepted, which is recorded.</summary>
    public static OptionValue? Read(BondOption option, string key, YamlNode node, Findings errors)
    {
        if (option.Kind is OptionKind.Ip4List or OptionKind.Ip6List)
            return ReadList(option, key, node, errors);
        if (Scalars.Text(key, node, errors) is not { } text)
            return null;
        if (IsBoolean(option))
        {
            if (Scalars.Boolean(key, node, errors) is not { } isOn)
                return null;
            return Parse(option, OnOff(option, isOn), text, key, node, errors);
        }
        if (option.Kind == OptionKind.Choice && !option.Choices.Contains(text))
        {
            var nearest = Spelling.Nearest(text, option.Choices) is { } near ? $"did you mean {near}? " : "";
            errors.Add(
                node.Place,
                key,
                $"{Findings.Quote(text)}: no such value",
                $"{nearest}accepted: {string.Join(", ", option.Choices)}"
            );
            return null;
        }
        return option is { Kind: OptionKind.Number, Unit: "ms" or "s" }
            ? ReadTime(option, text, key, node, errors)
            : Parse(option, text, text, key, node, errors);
    }

    /// <summary>A value as it stands in a file.</summary>
    public static string Write(BondOption option, OptionValue value) =>
        option.Kind switch
        {
            OptionKind.Ip4List or OptionKind.Ip6List =>
                $"[{string.Join(", ", value.AddressList.Select(address => Word(address.ToString())))}]",
            _ when IsBoolean(option) => value.Number != 0 ? "true" : "false",
            OptionKind.Number => value.Format(option),
            _ => YamlText.Of(value.Format(option)),
        };

    /// <summary>The values that a boolean accepts, for messages.</summary>
    public const string AcceptedBooleans = "accepted: true, false";

    /// <summary>A boolean by its word in YAML 1.1, as netplan reads it; null if it is none.</summary>
    public static bool? Boolean(string text) =>
        True.Contains(text, StringComparer.OrdinalIgnoreCase) ? true
        : False.Contains(text, StringComparer.OrdinalIgnoreCase) ? false
        : null;

    // The driver has switches as numbers from 0 to 1, and as a choice of off and on.
    private static bool IsBoolean(BondOption option) =>
        option.Kind == OptionKind.Switch
        || option is { Kind: OptionKind.Number, Max: 1 }
        || option is { Kind: OptionKind.Choice, Choices: ["off", "on"] };

    private static string OnOff(BondOption option, bool isOn) =>
        (option.Kind, isOn) switch
        {
            (OptionKind.Number, true) => "1",
            (OptionKind.Number, false) => "0",
            (_, true) => "on",
            _ => "off",
        };

    // An IPv4 address needs no quotation marks: four numbers are no number.
    private static string Word(string address) => address.Contains(':', StringComparison.Ordinal) ? $"\"{address}\"" : address;

    private static OptionValue? ReadTime(BondOption option, string text, string key, YamlNode node, Findings errors)
    {
        var digits = text.AsSpan().TrimEnd("ms");
        var suffix = text[digits.Length..];
        var isSeconds = option.Unit == "s";
        if (
            suffix is not ("" or "ms" or "s")
            || digits.Length is 0 or > MostDigits
            || !long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        )
        {
            var plain = isSeconds ? "seconds" : "milliseconds";
            errors.Add(
                node.Place,
                key,
                $"{Findings.Quote(text)}: not a time",
                $"accepted: a whole number of {plain}, or one with the unit s or ms"
            );
            return null;
        }
        if (isSeconds && suffix == "ms" && number % 1000 != 0)
        {
            errors.Add(node.Place, key, $"{text}: not a whole number of seconds", "accepted: whole seconds, such as 1s or 2000ms");
            return null;
        }
        var converted = (suffix, isSeconds) switch
        {
            ("s", false) => number * 1000,
            ("ms", true) => number / 1000,
            _ => number,
        };
        return Parse(option, converted.ToString(CultureInfo.InvariantCulture), text, key, node, errors);
    }

    private static OptionValue? ReadList(BondOption option, string key, YamlNode node, Findings errors)
    {
        if (Scalars.List(key, node, errors) is not { } items)
            return null;
        var texts = new List<string>();
        foreach (var (item, text) in items)
        {
            // "+" and "," have a meaning on the command line, and none in a list.
            if (text.AsSpan().IndexOfAny('+', ',') >= 0 || text.Length == 0)
            {
                errors.Add(
                    item.Place,
                    key,
                    $"{Findings.Quote(text)}: not an address",
                    option.Accepted is var accepted ? $"accepted: {accepted}" : null
                );
                return null;
            }
            texts.Add(text);
            if (Parse(option, string.Join(',', texts), text, key, item, errors) is null)
                return null;
        }
        return Parse(option, string.Join(',', texts), "", key, node, errors);
    }

    private static OptionValue? Parse(BondOption option, string text, string written, string key, YamlNode node, Findings errors)
    {
        if (OptionParser.TryParse(option, text, out var value, out var error))
            return value;
        var accepted = IsBoolean(option) ? (option.Min == 1 ? "accepted: true" : AcceptedBooleans) : error!.Accepted;
        errors.Add(node.Place, key, $"{Findings.Quote(written)}: {OptionKeys.Reword(error!.Reason)}", accepted);
        return null;
    }
}
