using System.Globalization;
using System.Text.RegularExpressions;

namespace Tandem.EndToEnd.Tests;

/// <summary>A command for the Linux driver, and its recorded result.</summary>
internal sealed partial record RecordedCommand(int Id, string Setup, string Command, int ExitCode, string After, string Error)
{
    public static IReadOnlyList<RecordedCommand> All { get; } =
    [
        .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "refusals.tsv"))
            .Skip(1)
            .Select(line => line.Split('\t'))
            .Select(Read),
    ];

    /// <summary>Whether it was a write to a file of the driver, which knows no exit codes but 0 and 1.</summary>
    public bool IsFile => Command.StartsWith("echo", StringComparison.Ordinal);

    /// <summary>The option that it is about, by its keyword; null if it is about none.</summary>
    public string? Option =>
        FileWrite().Match(Command) is { Success: true } file && file.Groups["option"].Value is not ("slaves" or "")
            ? Keyword(file.Groups["option"].Value)
        : OptionAtEnd().Match(Command) is { Success: true } option ? Keyword(option.Groups["option"].Value)
        : null;

    /// <summary>The options afterwards, as far as they were recorded.</summary>
    public IEnumerable<(string Option, string Value)> Options
    {
        get
        {
            if (BondLine().Match(After) is { Success: true } bond)
            {
                var words = bond.Groups["options"].Value.Split(' ');
                return words.Index().Where(word => word.Index % 2 == 0).Select(word => (Keyword(word.Item), words[word.Index + 1]));
            }
            var files = FileText().Matches(After);
            if (files.Count > 0)
                return files.Select(file => (Keyword(file.Groups["option"].Value), file.Groups["value"].Value));
            return Option is { } option && option is not ("queue_id" or "prio" or "mii_status") ? [(option, After.Split(' ')[0])] : [];
        }
    }

    /// <summary>The same for Tandem, as lines of a shell in which <c>tandem</c> is the command.</summary>
    public static string Translate(string lines) => string.Join("\n", lines.Split("; ").Select(TranslateOne));

    private static RecordedCommand Read(string[] cells)
    {
        // The last of several commands is the one that is tested.
        var commands = cells[3].Split(" && ");
        return new RecordedCommand(
            int.Parse(cells[0], CultureInfo.InvariantCulture),
            string.Join("; ", [cells[2], .. commands[..^1]]),
            commands[^1],
            int.Parse(cells[4], CultureInfo.InvariantCulture),
            cells[5],
            cells[6]
        );
    }

    private static string TranslateOne(string line)
    {
        if (FileWrite().Match(line) is { Success: true } file)
            return $"tandem sysfs {file.Groups["file"].Value} '{file.Groups["value"].Value}'";
        if (Dummy().Match(line) is { Success: true } dummy)
        {
            // A veth pair with its far end up has carrier whenever it is up, as a dummy device has.
            var name = dummy.Groups["name"].Value;
            return $"ip link add {name} type veth peer name {name}p && ip link set {name}p up";
        }
        return AboutBonds().IsMatch(line) ? "tandem" + line["ip".Length..] : line;
    }

    private static string Keyword(string option) =>
        option switch
        {
            "num_unsol_na" => "num_grat_arp",
            "peer_notif_delay" => "peer_notify_delay",
            _ => option,
        };

    [GeneratedRegex(
        "^echo ?'?(?<value>[^'>]*?)'? ?> (?<file>/sys/class/net/(bonding_masters|[^/]+/bonding/(?<option>\\w+)))$",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FileWrite();

    [GeneratedRegex("^ip link add (?<name>\\w+) type dummy$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Dummy();

    [GeneratedRegex("^ip link .*\\b(bond\\d?|master|nomaster|bond_slave)\\b", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AboutBonds();

    [GeneratedRegex(" type bond(_slave)? (.* )?(?<option>\\w+) \\S+$", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex OptionAtEnd();

    [GeneratedRegex("^\\s*bond (?<options>mode .*?) addrgenmode", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex BondLine();

    [GeneratedRegex(
        "/sys/class/net/\\w+/bonding/(?<option>\\w+):(?<value>[^ \\\\]*)",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex FileText();
}
