using Tandem.Config.Files;

namespace Tandem.Config.Import;

/// <summary>Imports bonds of Red Hat's <c>ifcfg-*</c> files.</summary>
internal static class IfcfgImporter
{
    private static readonly string[] Directories = ["etc/sysconfig/network-scripts", "etc/sysconfig/network"];
    private static readonly string[] Lists = ["arp_ip_target", "ns_ip6_target"];

    /// <summary>Imports the bonds below a root directory.</summary>
    public static Imported Read(string root)
    {
        var notes = new Findings();
        var drafts = new BondDrafts(notes);
        var files = SourceFiles
            .Read(root, Directories, name => name.StartsWith("ifcfg-", StringComparison.Ordinal), notes)
            .Select(file => (Name: DeviceOf(file.Path, file.Text), Entries: ReadEntries(file.Path, file.Text)))
            .ToList();
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, entries) in files)
        {
            if (!IsBond(entries))
                continue;
            names.TryAdd(name, name);
            if (Find(entries, "UUID") is { } uuid)
                names.TryAdd(uuid.Value, name);
            ReadBond(drafts.Get(name, entries[0].Place), entries, notes);
        }
        foreach (var (name, entries) in files)
        {
            if ((Find(entries, "MASTER") ?? Find(entries, "MASTER_UUID")) is not { } owner)
                continue;
            if (names.TryGetValue(owner.Value, out var bond))
                drafts.Find(bond)!.Add(name, owner.Place, owner.Key);
            else
                notes.Add(owner.Place, owner.Key, $"no file defines the bond {owner.Value}", $"{name} is left out");
        }
        return drafts.Finish();
    }

    private static IniEntry? Find(List<IniEntry> entries, string key) => entries.FindLast(entry => entry.Key == key);

    private static bool IsBond(List<IniEntry> entries) =>
        Find(entries, "BONDING_OPTS") is not null
        || OptionValues.Boolean(Find(entries, "BONDING_MASTER")?.Value ?? "") == true
        || string.Equals(Find(entries, "TYPE")?.Value, "Bond", StringComparison.OrdinalIgnoreCase);

    private static string DeviceOf(string path, string text) =>
        Find(ReadEntries(path, text), "DEVICE")?.Value ?? Path.GetFileName(path)["ifcfg-".Length..];

    // Assignments of a shell without expansions, which these files do not have.
    private static List<IniEntry> ReadEntries(string path, string text)
    {
        var entries = new List<IniEntry>();
        foreach (var (line, i) in text.Split('\n').Select((line, i) => (line.Trim(), i)))
        {
            if (!line.StartsWith('#') && line.Split('=', 2) is [var key, var value])
                entries.Add(new IniEntry(key.Trim(), Unquoted(value.Trim()), new Place(path, i + 1)));
        }
        return entries;
    }

    private static string Unquoted(string value) =>
        value.Length > 1 && value[0] is ('"' or '\'') && value[^1] == value[0] ? value[1..^1] : value.Split(" #", 2)[0].TrimEnd();

    private static void ReadBond(BondDraft bond, List<IniEntry> entries, Findings notes)
    {
        foreach (var entry in entries)
        {
            switch (entry.Key)
            {
                case "BONDING_OPTS":
                    ReadOptions(bond, entry, notes);
                    break;
                case "MTU":
                    bond.SetMtu(entry.Value, entry.Place, entry.Key);
                    break;
                case "MACADDR":
                    bond.SetAddress(entry.Value, entry.Place, entry.Key);
                    break;
                case "IPADDR" or "IPADDR0" or "IPV6ADDR":
                    notes.Add(entry.Place, entry.Key, "not a setting of the bond", "it stays where it is");
                    break;
                case "BOOTPROTO" when entry.Value is not ("none" or "static" or ""):
                    notes.Add(entry.Place, entry.Key, "not a setting of the bond", "it stays where it is");
                    break;
                default:
                    break;
            }
        }
    }

    private static void ReadOptions(BondDraft bond, IniEntry entry, Findings notes)
    {
        var options = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var word in entry.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            if (word.Split('=', 2) is not [var name, var value])
                notes.Add(entry.Place, entry.Key, $"{Findings.Quote(word)}: not NAME=VALUE", "it is left out");
            // A list may be given one by one: arp_ip_target=+A arp_ip_target=+B.
            else if (Lists.Contains(name, StringComparer.Ordinal) && options.TryGetValue(name, out var before))
                options[name] = $"{before},{value}";
            else
                options[name] = value;
        }
        foreach (var (name, value) in options)
            bond.Set(name, value, entry.Place, $"{entry.Key} {name}");
    }
}
