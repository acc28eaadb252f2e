using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Api.Texts;
using Tandem.Cli.Alb;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Status;

/// <summary><c>tandem show [BOND]</c>: the state of bonds in the format of /proc/net/bonding, or as the API's JSON.</summary>
internal static class ShowCommand
{
    /// <summary>Runs the command with the arguments after <c>show</c>.</summary>
    public static Task RunAsync(CommandContext context, Arguments arguments) =>
        OneOrAll.RunAsync(context, arguments, HelpText.Show, bond => WriteAsync(context, bond), bonds => WriteAsync(context, bonds));

    // Scripts parse the standard output.
    private static async Task WriteWaitingAsync(CommandContext context)
    {
        try
        {
            using var client = context.Connect();
            if (await client.GetRollbackAsync(context.Cancellation) is { Until: { } until, LeftSeconds: { } left })
                await context.Error.WriteLineAsync(
                    string.Create(
                        CultureInfo.InvariantCulture,
                        $"Changes wait for \"tandem confirm\" until {until.ToLocalTime():HH:mm:ss} ({left} s left); without it they are rolled back."
                    )
                );
        }
        catch (TandemException)
        {
            // An earlier version of the service, for which nothing waits.
        }
    }

    private static async Task WriteAsync(CommandContext context, BondResource bond)
    {
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(ToJson(bond), context.Pretty));
        else
        {
            await WriteWaitingAsync(context);
            await context.Output.WriteAsync(Text(context, bond));
        }
    }

    private static async Task WriteAsync(CommandContext context, IReadOnlyList<BondResource> bonds)
    {
        if (context.Json)
        {
            await context.Output.WriteLineAsync(JsonText.Format(new JsonArray([.. bonds.Select(ToJson)]), context.Pretty));
            return;
        }
        await WriteWaitingAsync(context);
        for (var i = 0; i < bonds.Count; i++)
        {
            // The format does not contain the bond's name: in /proc it is the name of the file.
            await context.Output.WriteAsync($"{(i == 0 ? "" : "\n")}{context.NameOf(bonds[i])}:\n{Text(context, bonds[i])}");
        }
    }

    // Without -s the output is only the text that scripts parse.
    private static string Text(CommandContext context, BondResource bond)
    {
        var state = BondStatusText.Format(bond, HelpText.Version);
        if (!context.Statistics)
            return state;
        string[] parts = [state, MemberCounterText.Format(bond), bond.Balancing is null ? "" : AlbText.Format(bond)];
        return string.Join('\n', parts.Where(part => part.Length > 0));
    }

    private static JsonNode ToJson(BondResource bond) => JsonSerializer.SerializeToNode(bond, TandemJson.Default.BondResource)!;
}
