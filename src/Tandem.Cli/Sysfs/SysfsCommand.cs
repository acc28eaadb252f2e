using Tandem.Api;
using Tandem.Api.Texts;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Help;

namespace Tandem.Cli.Sysfs;

/// <summary><c>tandem sysfs PATH [ VALUE ]</c>: reads and writes the driver's files of /sys/class/net.</summary>
internal static class SysfsCommand
{
    /// <summary>Runs the command with the arguments after <c>sysfs</c>.</summary>
    public static async Task RunAsync(CommandContext context, Arguments arguments)
    {
        if (arguments.AtEnd || Keyword.IsHelp(arguments.Peek!, isFirst: true))
        {
            await context.Output.WriteAsync(HelpText.Sysfs);
            return;
        }
        var path = SysfsPath.Read(arguments.Take());
        // A value may look like an option: -eth0.
        arguments.Option = null;
        using var client = context.Connect();
        if (arguments.AtEnd)
        {
            await context.Output.WriteAsync(await ReadAsync(context, client, path));
            return;
        }
        var words = new List<string>();
        while (!arguments.AtEnd)
            words.Add(arguments.Take());
        // As echo gives it to the driver, which leaves out the end of the line.
        await new SysfsWrite(context, client, path).RunAsync(string.Join(' ', words).TrimEnd());
    }

    private static async Task<string> ReadAsync(CommandContext context, TandemClient client, SysfsPath path)
    {
        if (path.Folder is null)
        {
            var all = await client.GetBondsAsync(context.Cancellation);
            return all.Count == 0 ? "" : string.Join(' ', all.Select(bond => bond.Name)) + "\n";
        }
        var files =
            path.Folder == SysfsPath.OfBond
                ? BondFiles.OfBond(await client.GetBondAsync(path.Interface!, context.Cancellation))
                : BondFiles.OfMember(await FindMemberAsync(context, client, path));
        var contents = files.ToDictionary(StringComparer.Ordinal);
        return contents.TryGetValue(path.File, out var content) ? content : throw NoFile(path, contents.Keys);
    }

    /// <summary>A refusal of a file that the driver has not.</summary>
    public static CommandException NoFile(SysfsPath path, IEnumerable<string> names) =>
        new(ExitCode.NotFound, $"{path}: No such file or directory; accepted: {string.Join(", ", names.Order(StringComparer.Ordinal))}");

    private static async Task<MemberResource> FindMemberAsync(CommandContext context, TandemClient client, SysfsPath path) =>
        (await client.GetBondsAsync(context.Cancellation))
            .SelectMany(bond => bond.Members)
            .FirstOrDefault(member => member.Name == path.Interface)
        ?? throw new CommandException(ExitCode.NotFound, $"{path}: No such file or directory ({path.Interface} is no member)");
}
