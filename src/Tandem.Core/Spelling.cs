namespace Tandem.Core;

/// <summary>Suggests corrections of misspelt words.</summary>
public static class Spelling
{
    /// <summary>The nearest candidate: one that the word abbreviates, else the one at the smallest edit distance; null if none is
    /// near.</summary>
    public static string? Nearest(string word, IEnumerable<string> candidates)
    {
        var (nearest, fewest) = ((string?)null, Math.Max(1, word.Length / 2) + 1);
        foreach (var candidate in candidates)
        {
            // So many insertions or deletions are needed at least. It also bounds the time that a very long word takes.
            if (Math.Abs(word.Length - candidate.Length) >= fewest && !candidate.StartsWith(word, StringComparison.Ordinal))
                continue;
            var edits = candidate.StartsWith(word, StringComparison.Ordinal) ? 0 : Edits(word, candidate);
            if (edits < fewest)
                (nearest, fewest) = (candidate, edits);
        }
        return nearest;
    }

    // Levenshtein distance: insertions, deletions and replacements.
    private static int Edits(string from, string to)
    {
        var previous = Enumerable.Range(0, to.Length + 1).ToArray();
        var current = new int[to.Length + 1];
        for (var i = 1; i <= from.Length; i++)
        {
            current[0] = i;
            for (var j = 1; j <= to.Length; j++)
            {
                var replaced = previous[j - 1] + (from[i - 1] == to[j - 1] ? 0 : 1);
                current[j] = Math.Min(replaced, Math.Min(previous[j], current[j - 1]) + 1);
            }
            (previous, current) = (current, previous);
        }
        return previous[to.Length];
    }
}
