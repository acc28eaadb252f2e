using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Alb;

/// <summary><c>tandem alb [BOND]</c>: how bonds in mode balance-alb or balance-tlb balance traffic, and why.</summary>
internal static class AlbCommand
{
    /// <summary>Runs the command with the arguments after <c>alb</c>.</summary>
    public static Task RunAsync(CommandContext context, Arguments arguments) =>
        OneOrAll.RunAsync(context, arguments, HelpText.Alb, bond => WriteAsync(context, bond), bonds => WriteAsync(context, bonds));

    private static async Task WriteAsync(CommandContext context, BondResource bond)
    {
        if (bond.Balancing is null)
            throw new CommandException(
                ExitCode.Refused,
                $"{bond.Name}: a bond of mode {bond.Options["mode"]} does not balance by load; accepted: a bond of mode balance-alb or balance-tlb"
            );
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(ToJson(bond), context.Pretty));
        else
            await context.Output.WriteAsync(AlbText.Format(bond));
    }

    private static async Task WriteAsync(CommandContext context, IReadOnlyList<BondResource> bonds)
    {
        var balancers = bonds.Where(bond => bond.Balancing is not null);
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(new JsonArray([.. balancers.Select(ToJson)]), context.Pretty));
        else
            await context.Output.WriteAsync(string.Join('\n', balancers.Select(AlbText.Format)));
    }

    // The API's JSON, reduced to the balancing.
    private static JsonNode ToJson(BondResource bond) =>
        new JsonObject
        {
            ["name"] = bond.Name,
            ["active_member"] = bond.ActiveMember,
            ["balancing"] = JsonSerializer.SerializeToNode(bond.Balancing!, TandemJson.Default.BalancingResource),
            ["members"] = new JsonArray([.. bond.Members.Where(member => member.Balancing is not null).Select(ToJson)]),
        };

    private static JsonNode ToJson(MemberResource member) =>
        new JsonObject
        {
            ["name"] = member.Name,
            ["balancing"] = JsonSerializer.SerializeToNode(member.Balancing!, TandemJson.Default.MemberBalancingResource),
        };
}
