using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Lacp;

/// <summary><c>tandem lacp [BOND]</c>: LACP state of the members of 802.3ad bonds, and what they wait for.</summary>
internal static class LacpCommand
{
    /// <summary>Runs the command with the arguments after <c>lacp</c>.</summary>
    public static Task RunAsync(CommandContext context, Arguments arguments) =>
        OneOrAll.RunAsync(context, arguments, HelpText.Lacp, bond => WriteAsync(context, bond), bonds => WriteAsync(context, bonds));

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
        var speakers = bonds.Where(bond => bond.Lacp is not null);
        if (context.Json)
            await context.Output.WriteLineAsync(JsonText.Format(new JsonArray([.. speakers.Select(ToJson)]), context.Pretty));
        else
            await context.Output.WriteAsync(string.Join('\n', speakers.Select(LacpText.Format)));
    }

    // The API's JSON, reduced to LACP.
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
