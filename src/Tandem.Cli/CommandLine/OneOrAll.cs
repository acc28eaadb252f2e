using Tandem.Api;

namespace Tandem.Cli.CommandLine;

/// <summary>Common part of <c>show</c>, <c>lacp</c> and <c>alb</c>: they show the given bond, or all.</summary>
internal static class OneOrAll
{
    /// <summary>Reads the arguments, asks the service, and calls the writer for one bond or for all; prints the help if
    /// requested.</summary>
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
            await all(await context.GetBondsAsync(client));
    }

    // "help" may be a bond's name here, so only its forms with dashes ask for help.
    private static bool IsHelp(string? word) => word is not null && Keyword.IsHelp(word, isFirst: false);
}
