namespace Tandem.Cli.CommandLine;

/// <summary>The options before the object, in the spelling of <c>ip</c>: one or two dashes, any beginning of the word.</summary>
internal static class GlobalOptions
{
    private sealed record Option(string Name, Action<CommandContext> Set);

    private static readonly Option[] All =
    [
        new("details", context => context.Details = true),
        new("statistics", context => context.Statistics = true),
        new("stats", context => context.Statistics = true),
        new("json", context => context.Json = true),
        new("pretty", context => context.Pretty = true),
        new("oneline", context => context.OneLine = true),
        new("Version", context => context.WantsVersion = true),
        new("help", context => context.WantsHelp = true),
    ];

    /// <summary>Takes all options up to the first other word.</summary>
    public static void Read(CommandContext context, Arguments arguments)
    {
        while (arguments.Peek is ['-', _, ..] word)
        {
            arguments.Take();
            var name = word.TrimStart('-');
            if (name == "version")
                context.WantsVersion = true;
            else if (Array.Find(All, option => Keyword.Matches(name, option.Name)) is { } option)
                option.Set(context);
            else if (word == "--socket")
                context.Socket = arguments.Value(word);
            else if (word.StartsWith("--socket=", StringComparison.Ordinal))
                context.Socket = word["--socket=".Length..];
            else
                throw new CommandException(
                    ExitCode.Syntax,
                    $"option \"{word}\" is unknown; accepted: -d[etails], -s[tatistics], -j[son], -p[retty], -o[neline], -V[ersion], -h[elp], --socket PATH"
                );
        }
    }
}
