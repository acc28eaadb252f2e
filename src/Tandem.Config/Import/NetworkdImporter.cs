using System.Globalization;
using Tandem.Config.Files;

namespace Tandem.Config.Import;

/// <summary>Imports bonds of systemd-networkd: <c>*.netdev</c> with Kind=bond, and <c>*.network</c> with Bond=.</summary>
internal static class NetworkdImporter
{
    private static readonly string[] Directories =
    [
        "etc/systemd/network",
        "run/systemd/network",
        "usr/local/lib/systemd/network",
        "usr/lib/systemd/network",
        "lib/systemd/network",
    ];

    /// <summary>Imports the bonds below a root directory.</summary>
    public static Imported Read(string root)
    {
        var notes = new Findings();
        var drafts = new BondDrafts(notes);
        foreach (var sections in ReadAll(root, ".netdev", notes))
        {
            if (Find(sections, "NetDev") is { } device && string.Equals(device["Kind"], "bond", StringComparison.OrdinalIgnoreCase))
                ReadDevice(drafts, device, Find(sections, "Bond"), notes);
        }
        foreach (var sections in ReadAll(root, ".network", notes))
            ReadNetwork(drafts, sections, notes);
        return drafts.Finish();
    }

    private static IEnumerable<List<IniSection>> ReadAll(string root, string extension, Findings notes)
    {
        foreach (var (file, text) in SourceFiles.Read(root, Directories, name => name.EndsWith(extension, StringComparison.Ordinal), notes))
        {
            var name = Path.GetFileName(file);
            // Drop-in files are read as if they stood at the end of the file.
            var dropIns = SourceFiles.Read(
                root,
                Directories.Select(directory => $"{directory}/{name}.d"),
                part => part.EndsWith(".conf", StringComparison.Ordinal),
                notes
            );
            var sections = IniFile.Read(file, text, continues: true);
            foreach (var (path, part) in dropIns)
            {
                foreach (var section in IniFile.Read(path, part, continues: true))
                {
                    if (Find(sections, section.Name) is { } known)
                        known.Entries.AddRange(section.Entries);
                    else
                        sections.Add(section);
                }
            }
            yield return sections;
        }
    }

    private static IniSection? Find(List<IniSection> sections, string name) => sections.Find(section => section.Name == name);

    private static void ReadDevice(BondDrafts drafts, IniSection device, IniSection? options, Findings notes)
    {
        if (device.Entries.FindLast(entry => entry.Key == "Name") is not { } name)
            return;
        var bond = drafts.Get(name.Value, name.Place);
        foreach (var entry in device.Entries)
            ReadLink(bond, "NetDev", entry);
        // An empty value takes back the values before it.
        foreach (var key in options?.Entries.GroupBy(entry => entry.Key, StringComparer.Ordinal) ?? [])
        {
            var values = key.Reverse().TakeWhile(entry => entry.Value.Length > 0).Reverse().ToList();
            if (values.Count > 0)
                ReadOption(bond, values, notes);
        }
    }

    private static void ReadLink(BondDraft bond, string section, IniEntry entry)
    {
        if (entry.Key == "MTUBytes" && entry.Value.Length > 0)
            bond.SetMtu(Bytes(entry.Value), entry.Place, $"[{section}] MTUBytes");
        else if (entry.Key == "MACAddress" && entry.Value is not ("" or "none"))
            bond.SetAddress(entry.Value.Replace('-', ':'), entry.Place, $"[{section}] MACAddress");
    }

    // 9K and the like, with 1024 as the base.
    private static string Bytes(string text) =>
        text is [.. var digits, 'K']
        && int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number)
        && number < 1024
            ? (number * 1024).ToString(CultureInfo.InvariantCulture)
            : text;

    private static void ReadOption(BondDraft bond, IReadOnlyList<IniEntry> values, Findings notes)
    {
        var last = values[^1];
        var key = $"[Bond] {last.Key}";
        var known = NetworkdKeys.All.FirstOrDefault(option => option.Key == last.Key);
        if (known.Key is null)
        {
            notes.Add(last.Place, key, "Tandem has no such option", "it is left out");
            return;
        }
        var text = known.Value switch
        {
            NetworkdValue.Boolean => Boolean(last.Value),
            NetworkdValue.Ms => TimeSpans.Ms(last.Value)?.ToString(CultureInfo.InvariantCulture),
            NetworkdValue.Seconds => (TimeSpans.Ms(last.Value) / 1000)?.ToString(CultureInfo.InvariantCulture),
            NetworkdValue.List => string.Join(
                ',',
                values.SelectMany(value => value.Value.Split(' ', StringSplitOptions.RemoveEmptyEntries))
            ),
            _ => last.Value,
        };
        if (text is null)
            notes.Add(last.Place, key, $"{Findings.Quote(last.Value)}: no such value", "it is left out");
        else
            bond.Set(known.Option, text, last.Place, key);
    }

    private static string? Boolean(string text) =>
        (OptionValues.Boolean(text), text) switch
        {
            (true, _) or (_, "1") => "1",
            (false, _) or (_, "0") => "0",
            _ => null,
        };

    private static void ReadNetwork(BondDrafts drafts, List<IniSection> sections, Findings notes)
    {
        if (
            Find(sections, "Match")?.Entries.FindLast(entry => entry.Key is "Name" or "OriginalName") is { } match
            && drafts.Find(match.Value) is { } own
        )
            ReadOwn(own, sections, notes);
        var network = Find(sections, "Network");
        if (network?.Entries.FindLast(entry => entry.Key == "Bond") is not { Value.Length: > 0 } owner)
            return;
        if (drafts.Find(owner.Value) is not { } bond)
        {
            notes.Add(owner.Place, "[Network] Bond", $"no .netdev file defines {owner.Value}", "its member is left out");
            return;
        }
        var names = Find(sections, "Match")?["Name"]?.Split(' ', StringSplitOptions.RemoveEmptyEntries) ?? [];
        if (names.Length == 0)
            notes.Add(
                owner.Place,
                "[Match]",
                "the section does not name interfaces",
                $"add them to {bond.Name} by the names that \"ip link\" shows"
            );
        foreach (var name in names)
        {
            if (name.AsSpan().IndexOfAny("*?[!") >= 0)
            {
                notes.Add(
                    owner.Place,
                    "[Match] Name",
                    $"{name} is a pattern",
                    $"add the interfaces to {bond.Name} by the names that \"ip link\" shows"
                );
                continue;
            }
            bond.Add(name, owner.Place, "[Match] Name");
            SetFromMember(bond, network!, name, "PrimarySlave", "primary");
            SetFromMember(bond, network!, name, "ActiveSlave", "active_slave");
        }
    }

    private static void SetFromMember(BondDraft bond, IniSection network, string member, string key, string option)
    {
        if (network.Entries.FindLast(entry => entry.Key == key) is { } entry && (OptionValues.Boolean(entry.Value) ?? entry.Value == "1"))
            bond.Set(option, member, entry.Place, $"[Network] {key}");
    }

    // The bond's own .network file.
    private static void ReadOwn(BondDraft bond, List<IniSection> sections, Findings notes)
    {
        foreach (var entry in Find(sections, "Link")?.Entries ?? [])
            ReadLink(bond, "Link", entry);
        var ip = sections
            .SelectMany(section => section.Entries.Select(entry => (Section: section.Name, Entry: entry)))
            .FirstOrDefault(pair => pair.Entry.Key is "Address" or "DHCP" or "Gateway" or "DNS" or "VLAN" or "Bridge");
        if (ip.Entry is { } first)
            notes.Add(
                first.Place,
                $"[{ip.Section}] {first.Key}",
                "not a setting of the bond",
                "this .network file stays with systemd-networkd"
            );
    }
}
