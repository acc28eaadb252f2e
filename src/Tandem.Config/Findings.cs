namespace Tandem.Config;

/// <summary>Collects findings, up to a limit: a file of garbage must not fill memory or a terminal.</summary>
internal sealed class Findings
{
    private const int Limit = 100;

    // Longest text of a file that a message quotes.
    private const int LongestQuote = 60;

    private readonly List<Finding> _all = [];

    /// <summary>The findings in the order in which they were added.</summary>
    public IReadOnlyList<Finding> All => _all;

    /// <summary>Whether no finding was added.</summary>
    public bool IsEmpty => _all.Count == 0;

    /// <summary>Whether the limit is reached; further findings are not recorded.</summary>
    public bool IsFull => _all.Count >= Limit;

    /// <summary>Adds a finding.</summary>
    public void Add(Place place, string key, string reason, string? remedy = null)
    {
        if (_all.Count < Limit - 1)
            _all.Add(new Finding(place, key, reason, remedy));
        else if (_all.Count == Limit - 1)
            _all.Add(new Finding(place, "", "there are more errors from here on, which are not listed", "correct those above first"));
    }

    /// <summary>A text of a file for a message: in one line, and shortened if it is long.</summary>
    public static string Quote(string text)
    {
        var line = string.Concat(text.Take(LongestQuote + 1).Select(c => char.IsControl(c) ? '?' : c));
        return line.Length > LongestQuote ? $"\"{line[..LongestQuote]}...\"" : $"\"{line}\"";
    }

    /// <summary>A key of a file for a message: as it is if it is an ordinary one, quoted otherwise.</summary>
    public static string KeyText(string key) =>
        key.Length is > 0 and <= LongestQuote && key.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_') ? key : Quote(key);
}
