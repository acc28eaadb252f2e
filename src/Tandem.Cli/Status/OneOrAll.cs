using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Status;

/// <summary>The part that <c>show</c>, <c>lacp</c> and <c>alb</c> share: they tell of the bond that is named, or else of all.</summary>
internal static class OneOrAll
{
    /// <summary>Takes the arguments, asks the service, and passes on what it knows; or prints the help if that is asked for.</summary>
    public static async Task RunAsync(
        CommandContext context,
        Arguments arguments,
        string help,
        Func<BondResource, Task> one,
        Func<IReadOnlyList<BondResource>, Task> all
    )
    {
        var name = arguments.AtEnd ? null : arguments.Take();
        if (name == "help" || IsHelp(name) || IsHelp(arguments.Peek))
        {
            await context.Output.WriteAsync(help);
            return;
        }
        arguments.End();
        using var client = context.Connect();
        if (name is not null)
            await one(await client.GetBondAsync(name, context.Cancellation));
        else
            await all(await client.GetBondsAsync(context.Cancellation));
    }

    // A bond may have a name that "help" begins with; no name begins with a dash that anyone would ask for here.
    private static bool IsHelp(string? word) => word is not null && Keyword.IsHelp(word, isFirst: false);
}
