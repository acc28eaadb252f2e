using System.Text;

namespace Tandem.Config.Yaml;

/// <summary>Single values as YAML text.</summary>
internal static class YamlText
{
    // Plain words that some YAML readers take for something else than text.
    private static readonly string[] Typed = ["true", "false", "yes", "no", "on", "off", "y", "n", "null", "nan", "inf"];

    /// <summary>A text as a plain word where every YAML reader takes it as text, in quotation marks otherwise.</summary>
    public static string Of(string text) => IsPlain(text) ? text : Quoted(text);

    private static bool IsPlain(string text) =>
        text is [var first, ..]
        && (char.IsAsciiLetterOrDigit(first) || first == '_')
        && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.' or '+')
        && !Typed.Contains(text, StringComparer.OrdinalIgnoreCase)
        && !LooksLikeNumber(text);

    // Also dates, hexadecimal and octal numbers, and numbers with an exponent or separators: digits first, and few letters after them.
    // "802.3ad" has other letters.
    private static bool LooksLikeNumber(string text) =>
        char.IsAsciiDigit(text[0]) && text.All(c => !char.IsAsciiLetter(c) || c is 'e' or 'E' or 'o')
        || text.StartsWith("0x", StringComparison.OrdinalIgnoreCase)
        || text.StartsWith("0b", StringComparison.OrdinalIgnoreCase);

    private static string Quoted(string text)
    {
        var quoted = new StringBuilder("\"");
        foreach (var c in text)
        {
            if (c is '"' or '\\')
                quoted.Append('\\').Append(c);
            else if (char.IsControl(c) || c is '\u2028' or '\u2029' or '\ufeff')
                quoted.Append("\\u").Append(((int)c).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
            else
                quoted.Append(c);
        }
        return quoted.Append('"').ToString();
    }
}
