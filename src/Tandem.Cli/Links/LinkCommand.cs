using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Links;

/// <summary><c>tandem link</c>, in the grammar of <c>ip link</c>.</summary>
internal static class LinkCommand
{
    /// <summary>Runs the command with the arguments after <c>link</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (context.All)
            throw new CommandException(
                ExitCode.Syntax,
                "-all: links have no mark of their network namespace; use \"tandem -a show\" for the bonds of all, or -n NAME for one"
            );
        if (arguments.AtEnd)
        {
            await LinkShow.RunAsync(context, arguments);
            return;
        }
        var word = arguments.Take();
        switch (Keyword.Find(word, "add", "set", "change", "show", "lst", "list", "delete", "help"))
        {
            case "add":
                await LinkAdd.RunAsync(context, arguments);
                break;
            case "set" or "change":
                await LinkSet.RunAsync(context, arguments);
                break;
            case "show" or "lst" or "list":
                await LinkShow.RunAsync(context, arguments);
                break;
            case "delete":
                await DeleteAsync(context, arguments);
                break;
            case "help":
                await context.Output.WriteAsync(HelpText.Link);
                break;
            default:
                throw new CommandException(
                    ExitCode.Syntax,
                    $"link \"{word}\": no such command; accepted: add, set, show, list, delete, help"
                );
        }
    }

    private static async Task DeleteAsync(CommandContext context, Arguments arguments)
    {
        string? name = null;
        while (!arguments.AtEnd)
        {
            var word = arguments.Take();
            if (word == "dev")
                name = arguments.Value(word);
            else if (Keyword.Matches(word, "type"))
                BondWords.RequireKind(arguments.Value(word), "bond");
            else if (Keyword.IsHelp(word, name is null))
            {
                await context.Output.WriteAsync(HelpText.Link);
                return;
            }
            else
                name = BondWords.FirstName(name, word);
        }
        using var client = context.Connect();
        await client.DeleteBondAsync(BondWords.RequireName(name), context.Cancellation);
    }
}
