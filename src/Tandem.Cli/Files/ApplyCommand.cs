using System.Globalization;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Config;
using Tandem.Config.Planning;

namespace Tandem.Cli.Files;

/// <summary><c>tandem apply</c>: changes the running bonds to what files say.</summary>
internal static class ApplyCommand
{
    private const string ConfirmWithin = "--confirm-within";

    private sealed record Wishes(string? Path, bool IsDry, bool Prunes, int? WithinSeconds);

    /// <summary>Runs the command with the arguments after <c>apply</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (Read(arguments) is not { } wishes)
        {
            await context.Output.WriteAsync(FilesHelp.Apply);
            return;
        }
        var wanted = await WantedFiles.ReadAsync(context, wishes.Path ?? FilesHelp.DefaultDirectory);
        if (wishes.Prunes && wanted.Count == 0)
            throw new CommandException(
                ExitCode.Refused,
                $"{wishes.Path ?? FilesHelp.DefaultDirectory} names no bonds, so --prune would remove all; accepted: \"tandem link del BOND\" for each"
            );
        using var client = context.Connect();
        // From before the bonds are read until the last change.
        using var turn = wishes.IsDry ? null : await client.TakeTurnAsync(context.Cancellation);
        var present = await RunningBonds.ReadAsync(client, context.Cancellation);
        var changes = Difference.Between(present, wanted, wishes.Prunes);
        await context.Output.WriteAsync(ChangeText.Format(changes, Others(present, wanted, wishes.Prunes)));
        var steps = Plan.Of(present, wanted, wishes.Prunes);
        if (turn is null || steps.Count == 0)
            return;
        var added = changes.Where(change => change.Kind == BondChangeKind.Added).Select(change => change.Bond);
        var rollback = new RollbackRequest
        {
            WithinSeconds = wishes.WithinSeconds,
            Turn = wishes.WithinSeconds is null ? turn.Number : null,
            Bonds = [.. added],
        };
        var armed = await new Execution(client, turn, context.Cancellation).RunAsync(steps, rollback);
        if (armed.Until is { } until)
            await context.Output.WriteLineAsync(
                $"Waits for \"{ConfirmLine(context)}\" until {until.ToLocalTime().ToString("HH:mm:ss", CultureInfo.InvariantCulture)}, "
                    + $"{armed.LeftSeconds} s from the first change; without it the bonds are brought back to what they were."
            );
    }

    // Null if help is asked for.
    private static Wishes? Read(Arguments arguments)
    {
        var wishes = new Wishes(null, IsDry: false, Prunes: false, null);
        while (!arguments.AtEnd)
        {
            var word = arguments.Take();
            if (Keyword.IsHelp(word, isFirst: wishes.Path is null))
                return null;
            wishes = word switch
            {
                "--dry-run" => wishes with { IsDry = true },
                "--prune" => wishes with { Prunes = true },
                ConfirmWithin => wishes with { WithinSeconds = ConfirmationTime.Parse(word, arguments.Value(word)) },
                _ when word.StartsWith('-') || wishes.Path is not null => throw new CommandException(
                    ExitCode.Syntax,
                    $"\"{word}\" was not expected here; accepted: --dry-run, --prune, {ConfirmWithin} TIME, and one file or directory"
                ),
                _ => wishes with { Path = word },
            };
        }
        return wishes;
    }

    private static string ConfirmLine(CommandContext context) =>
        $"tandem {(context.Netns is { } netns ? $"-n {netns} " : "")}{(context.Socket is { } socket ? $"--socket {socket} " : "")}confirm";

    private static IEnumerable<string> Others(IReadOnlyList<NamedBond> present, IReadOnlyList<NamedBond> wanted, bool prunes) =>
        prunes ? [] : present.Select(bond => bond.Name).Except(wanted.Select(bond => bond.Name));
}
