using Tandem.Cli.CommandLine;
using Tandem.Config;
using Tandem.Config.Planning;

namespace Tandem.Cli.Files;

/// <summary><c>tandem apply</c>: changes the running bonds to what files say.</summary>
internal static class ApplyCommand
{
    /// <summary>Runs the command with the arguments after <c>apply</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        var (path, isDry, prunes) = ((string?)null, false, false);
        while (!arguments.AtEnd)
        {
            var word = arguments.Take();
            if (Keyword.IsHelp(word, isFirst: path is null))
            {
                await context.Output.WriteAsync(FilesHelp.Apply);
                return;
            }
            if (word == "--dry-run")
                isDry = true;
            else if (word == "--prune")
                prunes = true;
            else if (word.StartsWith('-') || path is not null)
                throw new CommandException(
                    ExitCode.Syntax,
                    $"\"{word}\" was not expected here; accepted: --dry-run, --prune, and one file or directory"
                );
            else
                path = word;
        }
        var wanted = await WantedFiles.ReadAsync(context, path ?? FilesHelp.DefaultDirectory);
        using var client = context.Connect();
        var present = await RunningBonds.ReadAsync(client, context.Cancellation);
        var text = ChangeText.Format(Difference.Between(present, wanted, prunes), Others(present, wanted, prunes));
        await context.Output.WriteAsync(text);
        if (!isDry)
            await new Execution(client, context.Cancellation).RunAsync(Plan.Of(present, wanted, prunes));
    }

    private static IEnumerable<string> Others(IReadOnlyList<NamedBond> present, IReadOnlyList<NamedBond> wanted, bool prunes) =>
        prunes ? [] : present.Select(bond => bond.Name).Except(wanted.Select(bond => bond.Name));
}
