namespace Tandem.Cli.CommandLine;

/// <summary>Global options, before or after the object, in the spelling of <c>ip</c>: one or two dashes, any abbreviation.</summary>
internal static class GlobalOptions
{
    private sealed record Option(string Name, Action<CommandContext> Set);

    private static readonly Option[] All =
    [
        new("details", context => context.Details = true),
        new("statistics", context => context.Statistics = true),
        new("stats", context => context.Statistics = true),
        // ip's counters have a second level (-s -s); those of bonds do not.
        new("ss", context => context.Statistics = true),
        new("json", context => context.Json = true),
        new("pretty", context => context.Pretty = true),
        new("oneline", context => context.OneLine = true),
        new("brief", context => context.Brief = true),
        new("all", context => context.All = true),
    ];

    /// <summary>Options of <c>ip</c> that this command lacks, and what to do instead.</summary>
    private static readonly (string Short, string Name, string Instead)[] Others =
    [
        ("b", "batch", "tandem does not read files of commands; run it once for each line"),
        ("c", "color", "tandem's output has no colours; leave it out"),
        ("t", "timestamp", "\"tandem monitor\" always prints the time; leave it out"),
        ("f", "family", "tandem shows links, which have no family; leave it out"),
    ];

    /// <summary>Takes all options before the first other word, and makes the arguments handle later ones.</summary>
    public static void Read(CommandContext context, Arguments arguments)
    {
        while (arguments.Peek is ['-', _, ..] word)
        {
            arguments.Take();
            var name = word.TrimStart('-');
            if (TrySet(context, arguments, word))
                continue;
            if (name == "version" || Keyword.Matches(name, "Version"))
                context.WantsVersion = true;
            else if (Keyword.Matches(name, "help"))
                context.WantsHelp = true;
            else
                throw new CommandException(
                    ExitCode.Syntax,
                    $"option \"{word}\" is unknown; accepted: -d[etails], -s[tatistics], -j[son], -p[retty], -o[neline], -br[ief], -a[ll], -n[etns] NAME, -V[ersion], -h[elp], --socket PATH"
                );
        }
        arguments.Option = word => TrySet(context, arguments, word);
    }

    private static string NotEmpty(string socket) =>
        socket.Length > 0
            ? socket
            : throw CommandException.BadValue("--socket", socket, "an empty path", "the path of the service's socket");

    // After the object, -h is left in place: it asks for help about the words before it.
    private static bool TrySet(CommandContext context, Arguments arguments, string word)
    {
        if (word is not ['-', _, ..])
            return false;
        if (word == "--socket")
        {
            context.Socket = NotEmpty(arguments.Value(word));
            return true;
        }
        if (word.StartsWith("--socket=", StringComparison.Ordinal))
        {
            context.Socket = NotEmpty(word["--socket=".Length..]);
            return true;
        }
        var name = word.TrimStart('-');
        if (Keyword.Matches(name, "netns"))
        {
            context.Netns = arguments.Value(word);
            return true;
        }
        foreach (var other in Others)
        {
            if (
                name == other.Short
                || (name.Length > 1 && Keyword.Matches(name, other.Name))
                || name.StartsWith(other.Name + "=", StringComparison.Ordinal)
            )
                throw new CommandException(ExitCode.Syntax, $"option \"{word}\": {other.Instead}");
        }
        if (Array.Find(All, option => Keyword.Matches(name, option.Name)) is not { } option)
            return false;
        option.Set(context);
        return true;
    }
}
