namespace Tandem.Cli.CommandLine;

/// <summary>Words that may be shortened to any beginning.</summary>
internal static class Keyword
{
    /// <summary>Whether a word is a beginning of a keyword. Help may be asked for with dashes too.</summary>
    public static bool Matches(string word, string keyword) =>
        (word.Length > 0 && keyword.StartsWith(word, StringComparison.Ordinal)) || (keyword == "help" && word is "-h" or "--help");

    /// <summary>Whether a word asks for help: with dashes anywhere, without them only where no name was given before it.</summary>
    public static bool IsHelp(string word, bool isFirst) => word is "-h" or "-help" or "--help" || (isFirst && Matches(word, "help"));

    /// <summary>The first of the keywords that a word is a beginning of; null if there is none.</summary>
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
