namespace Tandem.Cli.CommandLine;

/// <summary>Exit codes, as scripts know them from <c>ip</c>; docs/differences.md has the table, with examples.</summary>
internal static class ExitCode
{
    /// <summary>It was done.</summary>
    public const int Done = 0;

    /// <summary>
    /// There is no such device, no such object (<c>tandem lnik</c>), or no such word after <c>type bond</c>; of <c>doctor</c>: no bond can be
    /// made here.
    /// </summary>
    public const int NotFound = 1;

    /// <summary>The service refused it, or does not answer.</summary>
    public const int Refused = 2;

    /// <summary>The command itself refuses its arguments; nothing was sent.</summary>
    public const int Syntax = 255;
}

/// <summary>Ends the command with a message for the user.</summary>
internal sealed class CommandException(int exitCode, string message) : Exception(message)
{
    /// <summary>One of <see cref="CommandLine.ExitCode"/>.</summary>
    public int ExitCode { get; } = exitCode;

    /// <summary>A word has a value that it cannot have.</summary>
    public static CommandException BadValue(string word, string value, string reason, string accepted) =>
        new(CommandLine.ExitCode.Syntax, $"{word} {value}: {reason}; accepted: {accepted}");
}
