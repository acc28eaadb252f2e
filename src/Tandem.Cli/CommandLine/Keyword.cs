namespace Tandem.Cli.CommandLine;

/// <summary>Keywords that may be abbreviated.</summary>
internal static class Keyword
{
    /// <summary>Whether a word is an abbreviation of a keyword. Help may also be written with dashes.</summary>
    public static bool Matches(string word, string keyword) =>
        (word.Length > 0 && keyword.StartsWith(word, StringComparison.Ordinal)) || (keyword == "help" && word is "-h" or "--help");

    /// <summary>Whether a word asks for help: with dashes anywhere; without, only as the first word, since later words may be
    /// names.</summary>
    public static bool IsHelp(string word, bool isFirst) => word is "-h" or "-help" or "--help" || (isFirst && Matches(word, "help"));

    /// <summary>The first keyword that a word abbreviates; null if there is none.</summary>
    public static string? Find(string word, params ReadOnlySpan<string> keywords)
    {
        foreach (var keyword in keywords)
        {
            if (Matches(word, keyword))
                return keyword;
        }
        return null;
    }
}
