using System.Globalization;

namespace Tandem.Config.Import;

/// <summary>systemd's spans of time.</summary>
internal static class TimeSpans
{
    private static readonly (string Unit, decimal Ms)[] Units =
    [
        ("us", 0.001m),
        ("usec", 0.001m),
        ("ms", 1),
        ("msec", 1),
        ("", 1000),
        ("s", 1000),
        ("sec", 1000),
        ("second", 1000),
        ("seconds", 1000),
        ("m", 60_000),
        ("min", 60_000),
        ("minute", 60_000),
        ("minutes", 60_000),
        ("h", 3_600_000),
        ("hr", 3_600_000),
        ("hour", 3_600_000),
        ("hours", 3_600_000),
    ];

    private static readonly System.Buffers.SearchValues<char> Digits = System.Buffers.SearchValues.Create("0123456789.");

    /// <summary>A span in ms: <c>100ms</c>, <c>1.5s</c>, <c>1min 20s</c>, or seconds without a unit; null if it is none.</summary>
    public static long? Ms(string text)
    {
        var rest = text.AsSpan().Trim();
        if (rest.IsEmpty)
            return null;
        var sum = 0m;
        while (!rest.IsEmpty)
        {
            var digits = rest.IndexOfAnyExcept(Digits);
            digits = digits < 0 ? rest.Length : digits;
            if (
                digits is 0 or > 12
                || !decimal.TryParse(rest[..digits], NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)
            )
                return null;
            rest = rest[digits..].TrimStart();
            var letters = rest.IndexOfAnyExceptInRange('a', 'z');
            var unit = rest[..(letters < 0 ? rest.Length : letters)].ToString();
            if (Array.Find(Units, known => known.Unit == unit) is not { Unit: not null } found)
                return null;
            sum += number * found.Ms;
            rest = rest[unit.Length..].TrimStart();
        }
        return (long)sum;
    }
}
