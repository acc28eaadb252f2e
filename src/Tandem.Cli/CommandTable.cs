using System.Collections.Immutable;
using Tandem.Cli.Alb;
using Tandem.Cli.CommandLine;
using Tandem.Cli.Doctor;
using Tandem.Cli.Events;
using Tandem.Cli.Explain;
using Tandem.Cli.Files;
using Tandem.Cli.Help;
using Tandem.Cli.Lacp;
using Tandem.Cli.Links;
using Tandem.Cli.Shim;
using Tandem.Cli.Status;
using Tandem.Cli.Sysfs;
using Tandem.Core;

namespace Tandem.Cli;

/// <summary>A first word of the command line, such as <c>link</c>.</summary>
/// <param name="Name">The word.</param>
/// <param name="Summary">One line of help.</param>
/// <param name="RunAsync">Runs the command with the arguments after the word.</param>
internal sealed record CommandEntry(string Name, string Summary, Func<CommandContext, Arguments, Task> RunAsync);

/// <summary>The table of commands, from which dispatch, help and error messages are derived.</summary>
internal static class CommandTable
{
    /// <summary>All commands. An abbreviation means the first match in this order, as with <c>ip</c>.</summary>
    public static ImmutableArray<CommandEntry> All { get; } =
    [
        new("link", "bonds and members, in the grammar of ip link", LinkCommand.RunAsync),
        new("show", "state of bonds, in the format of /proc/net/bonding", ShowCommand.RunAsync),
        new("monitor", "events as they happen", MonitorCommand.RunAsync),
        new("explain", "which member a frame takes, and why", ExplainCommand.RunAsync),
        new("lacp", "LACP state of members, and what they wait for (802.3ad)", LacpCommand.RunAsync),
        new("alb", "which member carries what, and which peer uses which member (balance-alb, balance-tlb)", AlbCommand.RunAsync),
        new("doctor", "what this machine supports, what will be used, what is missing", DoctorCommand.RunAsync),
        new("apply", "changes the bonds to what files say", ApplyCommand.RunAsync),
        new("confirm", "keeps the changes of an apply that waits for it", ConfirmCommand.RunAsync),
        new("save", "writes the bonds to a file", SaveCommand.RunAsync),
        new("import", "bonds of netplan, systemd-networkd, NetworkManager and others, as a file", ImportCommand.RunAsync),
        new("export", "the bonds as files for netplan and others", ExportCommand.RunAsync),
        new("sysfs", "reads and writes the driver's files of /sys/class/net", SysfsCommand.RunAsync),
        new("ip", "a command of ip, with the bonds of Tandem", IpCommand.RunAsync),
        new("ifenslave", "members, in the grammar of ifenslave", IfenslaveCommand.RunAsync),
        new("module", "what modprobe bonding does, and modprobe -r bonding", ModuleCommand.RunAsync),
        new("shim", "puts Tandem behind ip, ifenslave and modprobe", ShimCommand.RunAsync),
        new("version", "the version of this command", (context, _) => context.Output.WriteLineAsync(HelpText.VersionLine)),
        new("help", "this text; also after every object", (context, _) => context.Output.WriteAsync(Help)),
    ];

    /// <summary>The help that lists all commands.</summary>
    public static string Help => HelpText.Top(string.Join('\n', All.Select(command => $"  {command.Name, -9} {command.Summary}")));

    /// <summary>The names of all commands, for messages.</summary>
    public static string Names => string.Join(", ", All.Select(command => command.Name));

    /// <summary>A question that names the command nearest to a word; empty if none is near.</summary>
    public static string Suggest(string word) =>
        Spelling.Nearest(word, All.Select(command => command.Name)) is { } near ? $"did you mean {near}? " : "";

    /// <summary>The first command that a word abbreviates; null if there is none.</summary>
    public static CommandEntry? Find(string word) => All.FirstOrDefault(command => Keyword.Matches(word, command.Name));
}
