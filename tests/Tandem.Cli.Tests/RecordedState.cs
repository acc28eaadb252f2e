using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Tandem.Api;

namespace Tandem.Cli.Tests;

/// <summary>
/// A state of a bond as <c>ip</c> and the driver showed it, and the same state as the service describes it. Values that the service does not
/// have are removed from the recording: segment sizes beyond gso_max, and the name instead of the number of a namespace.
/// </summary>
internal sealed partial class RecordedState
{
    private static readonly string[] UnknownKeys = ["tso_max_size", "tso_max_segs", "gro_max_size"];

    private RecordedState(JsonArray json, string text)
    {
        var sections = text.Split("### ", StringSplitOptions.RemoveEmptyEntries)
            .ToDictionary(
                section => section.Split('\n')[0],
                section => section[(section.IndexOf('\n', StringComparison.Ordinal) + 1)..],
                StringComparer.Ordinal
            );
        Status = sections["cat /proc/net/bonding/bond0"];
        LinkText = string.Concat(
            ListedLinks()
                .Matches(
                    UnknownWords()
                        .Replace(sections["ip -d link show"], "")
                        .Replace("link-netns p", "link-netnsid 0", StringComparison.Ordinal)
                )
        );
        var links = json.Select(link => link!.AsObject()).Where(link => IsListed(link["ifname"]!.ToString())).ToList();
        foreach (var link in links)
        {
            foreach (var key in UnknownKeys)
                link.Remove(key);
        }
        LinkJson = new JsonArray([.. links.Select(link => link.DeepClone())]);
        Bond = BondOf(links, Status);
        BondFiles = Lines(sections, "grep . /sys/class/net/bond0/bonding/*");
        MemberFiles = Lines(sections, "grep . /sys/class/net/s*/bonding_slave/*");
    }

    /// <summary>The files of bond0 in sysfs, as <c>name:content</c>.</summary>
    public IReadOnlyList<string> BondFiles { get; }

    /// <summary>The files of its members in sysfs, as <c>member/bonding_slave/name:content</c>.</summary>
    public IReadOnlyList<string> MemberFiles { get; }

    public BondResource Bond { get; }

    /// <summary>The bond and its members in <c>ip -d link show</c>.</summary>
    public string LinkText { get; }

    /// <summary>The bond and its members in <c>ip -d -j link show</c>.</summary>
    public JsonArray LinkJson { get; }

    /// <summary>/proc/net/bonding/bond0.</summary>
    public string Status { get; }

    public static IEnumerable<string> Names =>
        Directory
            .EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data", "states"), "*.txt")
            .Select(path => Path.GetFileNameWithoutExtension(path)!)
            .Order(StringComparer.Ordinal);

    public static RecordedState Load(string name)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Data", "states", name);
        return new RecordedState(JsonNode.Parse(File.ReadAllText(path + ".ip.json"))!.AsArray(), File.ReadAllText(path + ".txt"));
    }

    private static string[] Lines(Dictionary<string, string> sections, string command) =>
        sections.GetValueOrDefault(command)?.Split('\n', StringSplitOptions.RemoveEmptyEntries) ?? [];

    private static bool IsListed(string name) => name is "bond0" or ['s', _];

    private static BondResource BondOf(List<JsonObject> links, string status)
    {
        var bond = links.Find(link => link["ifname"]!.ToString() == "bond0")!;
        var options = bond["linkinfo"]!["info_data"]!.DeepClone().AsObject();
        var members = links.Where(link => link["master"]?.ToString() == "bond0").ToList();
        return new BondResource
        {
            Name = "bond0",
            Link = LinkOf(bond) with { Kind = null },
            Options = options,
            ActiveMember = options["active_slave"]?.ToString(),
            Primary = options["primary"]?.ToString(),
            Carrier = status.Split("Slave Interface")[0].Contains("\nMII Status: up\n", StringComparison.Ordinal),
            Duplex = "full",
            DataPath = "csharp",
            Members = [.. members.Select((member, slot) => MemberOf(member, slot, status))],
            Lacp = RecordedLacp.OfBond(status),
        };
    }

    private static MemberResource MemberOf(JsonObject link, int slot, string status)
    {
        // Only the status file has speed and duplex.
        var name = link["ifname"]!.ToString();
        var block = status[status.IndexOf($"Slave Interface: {name}\n", StringComparison.Ordinal)..];
        var speed = SpeedLine().Match(block).Groups["value"].Value;
        return new MemberResource
        {
            Name = name,
            Slot = slot,
            Link = LinkOf(link),
            Data = link["linkinfo"]!["info_slave_data"]!.DeepClone().AsObject(),
            SpeedMbps = speed.Length == 0 ? 0 : uint.Parse(speed, System.Globalization.CultureInfo.InvariantCulture),
            Duplex = DuplexLine().Match(block).Groups["value"].Value.ToLowerInvariant(),
            Counters = new MemberCounters(),
            Lacp = RecordedLacp.OfMember(block),
        };
    }

    private static LinkAttributes LinkOf(JsonObject link)
    {
        var plain = link.DeepClone().AsObject();
        plain["kind"] = link["linkinfo"]?["info_kind"]?.DeepClone();
        plain.Remove("linkinfo");
        return plain.Deserialize(TandemJson.Default.LinkAttributes)!;
    }

    [GeneratedRegex(
        @"^\d+: (bond0|s\d)[@:].*\n(    .*\n)+",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex ListedLinks();

    [GeneratedRegex(
        @"(tso_max_size|tso_max_segs|gro_max_size) \d+ ",
        RegexOptions.Multiline | RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex UnknownWords();

    [GeneratedRegex(@"^Speed: (?<value>\d*)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex SpeedLine();

    [GeneratedRegex(@"^Duplex: (?<value>\w+)", RegexOptions.Multiline | RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex DuplexLine();
}
