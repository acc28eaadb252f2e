using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Core.Options;

namespace Tandem.Cli.Files;

/// <summary>The value of <c>--confirm-within</c>.</summary>
internal static class ConfirmationTime
{
    /// <summary>The bounds, in words.</summary>
    public const string Accepted = "10s to 24h";

    private static readonly (char Unit, int Seconds)[] Units = [('s', 1), ('m', 60), ('h', 60 * 60)];

    /// <summary>The seconds of a text such as <c>2m</c>.</summary>
    public static int Parse(string option, string text)
    {
        var (digits, factor) = (text, 1);
        foreach (var (unit, seconds) in Units)
        {
            if (text.EndsWith(unit))
                (digits, factor) = (text[..^1], seconds);
        }
        if (!WholeNumber.TryParse(digits, out var number))
            throw CommandException.BadValue(option, text, "not a time", $"30s, 2m, 1h or seconds, {Accepted}");
        // In this order the product cannot overflow.
        return
            number is >= 0 and <= RollbackRequest.MaxSeconds
            && number * factor is >= RollbackRequest.MinSeconds and <= RollbackRequest.MaxSeconds
            ? (int)number * factor
            : throw CommandException.BadValue(option, text, "not a time in the range", Accepted);
    }
}
