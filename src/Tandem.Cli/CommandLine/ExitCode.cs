namespace Tandem.Cli.CommandLine;

/// <summary>Exit codes, as scripts know them from <c>ip</c>; docs/differences.md has a table with examples.</summary>
internal static class ExitCode
{
    /// <summary>Success.</summary>
    public const int Done = 0;

    /// <summary>
    /// No such device, unknown object (<c>tandem lnik</c>), or unknown word after <c>type bond</c>; for <c>doctor</c>: no bond can be
    /// created.
    /// </summary>
    public const int NotFound = 1;

    /// <summary>The service refused the request, or does not answer.</summary>
    public const int Refused = 2;

    /// <summary>The command refuses its arguments; nothing was sent.</summary>
    public const int Syntax = 255;
}

/// <summary>Ends the command with a message for the user.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>A constant of <see cref="CommandLine.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>A refusal of a word's value.</summary>
    public static CommandException BadValue(string word, string value, string reason, string accepted) =>
        new(CommandLine.ExitCode.Syntax, $"{word} {value}: {reason}; accepted: {accepted}");
}
