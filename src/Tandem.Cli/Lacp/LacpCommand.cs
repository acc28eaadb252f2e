using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Lacp;

/// <summary><c>tandem lacp [BOND]</c>: what LACP knows of the members of bonds of mode 802.3ad, and what they wait for.</summary>
internal static class LacpCommand
{
    /// <summary>Runs what follows <c>lacp</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        var name = arguments.AtEnd ? null : arguments.Take();
        if (name == "help")
        {
            await context.Output.WriteAsync(HelpText.Lacp);
            return;
        }
        arguments.End();
        using var client = context.Connect();
        if (name is not null)
            await WriteAsync(context, await client.GetBondAsync(name, context.Cancellation));
        else
            await WriteAsync(context, [.. (await client.GetBondsAsync(context.Cancellation)).Where(bond => bond.Lacp is not null)]);
    }

    private static async Task WriteAsync(CommandContext context, BondResource bond)
    {
        if (bond.Lacp is null)
            throw new CommandException(
                ExitCode.Refused,
                $"{bond.Name}: a bond of mode {bond.Options["mode"]} has no LACP; accepted: a bond of mode 802.3ad"
            );
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(ToJson(bond), context.Pretty));
        else
            await context.Output.WriteAsync(LacpText.Format(bond));
    }

    private static async Task WriteAsync(CommandContext context, IReadOnlyList<BondResource> bonds)
    {
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(new JsonArray([.. bonds.Select(ToJson)]), context.Pretty));
        else
            await context.Output.WriteAsync(string.Join('\n', bonds.Select(LacpText.Format)));
    }

    // As in the API, without what is not LACP's.
    private static JsonNode ToJson(BondResource bond) =>
        new JsonObject
        {
            ["name"] = bond.Name,
            ["lacp"] = JsonSerializer.SerializeToNode(bond.Lacp!, TandemJson.Default.LacpResource),
            ["members"] = new JsonArray([.. bond.Members.Where(member => member.Lacp is not null).Select(ToJson)]),
        };

    private static JsonNode ToJson(MemberResource member) =>
        new JsonObject
        {
            ["name"] = member.Name,
            ["lacp"] = JsonSerializer.SerializeToNode(member.Lacp!, TandemJson.Default.LacpMemberResource),
        };
}
