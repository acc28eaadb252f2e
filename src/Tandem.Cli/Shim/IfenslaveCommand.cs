using Tandem.Api;
using Tandem.Api.Texts;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Shim;

/// <summary><c>tandem ifenslave</c>: the grammar of <c>ifenslave</c>.</summary>
internal static class IfenslaveCommand
{
    /// <summary>Runs the command with the arguments after <c>ifenslave</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        // Its options are its own.
        arguments.Option = null;
        var action = ' ';
        var names = new List<string>();
        while (!arguments.AtEnd)
        {
            switch (arguments.Take())
            {
                case "-a" or "--all-interfaces":
                    action = 'a';
                    break;
                case "-d" or "--detach":
                    action = 'd';
                    break;
                case "-c" or "--change-active":
                    action = 'c';
                    break;
                case "-h" or "--help" or "-?" or "help":
                    await context.Output.WriteAsync(HelpText.Ifenslave);
                    return;
                case "-V" or "--version":
                    await context.Output.WriteLineAsync(HelpText.VersionLine);
                    return;
                // What they ask for is always so, or makes no difference here.
                case "-f" or "--force" or "-v" or "--verbose" or "-u" or "--usage":
                    break;
                case ['-', ..] option:
                    throw new CommandException(ExitCode.Syntax, $"option \"{option}\" is unknown; accepted: -a, -c, -d, -f, -v, -h, -V");
                case var name:
                    names.Add(name);
                    break;
            }
        }
        if (action == 'a' || names.Count == 1)
            await ShowAsync(context, names);
        else if (names.Count == 0)
            throw new CommandException(ExitCode.Syntax, "the bond is missing; accepted: ifenslave BOND MEMBER...");
        else
            await ChangeAsync(context, action, names[0], names[1..]);
    }

    private static async Task ShowAsync(CommandContext context, List<string> names)
    {
        using var client = context.Connect();
        IEnumerable<BondResource> bonds =
            names.Count == 0
                ? await client.GetBondsAsync(context.Cancellation)
                : [await client.GetBondAsync(names[0], context.Cancellation)];
        foreach (var bond in bonds)
            await context.Output.WriteAsync($"{bond.Name}:\n{BondStatusText.Format(bond, HelpText.Version)}\n");
    }

    private static async Task ChangeAsync(CommandContext context, char action, string bond, List<string> members)
    {
        using var client = context.Connect();
        foreach (var member in members)
        {
            switch (action)
            {
                case 'd':
                    await client.RemoveMemberAsync(bond, member, context.Cancellation);
                    break;
                case 'c':
                    var active = new Dictionary<string, string>(StringComparer.Ordinal) { ["active_slave"] = member };
                    await client.ChangeBondAsync(bond, new ChangeBondRequest { Options = active }, context.Cancellation);
                    break;
                default:
                    // The bond must exist before the interface is set down for it.
                    var found = await client.GetBondAsync(bond, context.Cancellation);
                    if (found.Members.Any(known => known.Name == member))
                        break;
                    if (await SystemIp.LinkSetAsync(context, ["dev", member, "down"]))
                        await client.AddMemberAsync(bond, member, cancellation: context.Cancellation);
                    break;
            }
        }
    }
}
