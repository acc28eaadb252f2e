namespace Tandem.Config.Import;

/// <summary>Imports bonds of NetworkManager's keyfiles: connections of type bond, and their ports.</summary>
internal static class KeyfileImporter
{
    private static readonly string[] Directories =
    [
        "etc/NetworkManager/system-connections",
        "run/NetworkManager/system-connections",
        "usr/lib/NetworkManager/system-connections",
    ];

    /// <summary>Imports the bonds below a root directory.</summary>
    public static Imported Read(string root)
    {
        var notes = new Findings();
        var drafts = new BondDrafts(notes);
        var files = SourceFiles
            .Read(root, Directories, name => !name.StartsWith('.') && !name.EndsWith('~'), notes)
            .Select(file => (file.Path, Sections: IniFile.Read(file.Path, file.Text, continues: false)))
            .ToList();
        // Ports name their bond by UUID, interface or connection.
        var names = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var (path, sections) in files)
        {
            if (Find(sections, "connection") is not { } connection || connection["type"] != "bond")
                continue;
            if (connection.Entries.FindLast(entry => entry.Key == "interface-name") is not { } name)
            {
                notes.Add(new Place(path), "[connection] interface-name", "the bond's name is missing", "the bond is left out");
                continue;
            }
            foreach (var key in new[] { "uuid", "interface-name", "id" })
            {
                if (connection[key] is { } text)
                    names.TryAdd(text, name.Value);
            }
            ReadBond(drafts.Get(name.Value, name.Place), sections, notes);
        }
        foreach (var (path, sections) in files)
            ReadPort(drafts, names, path, sections, notes);
        return drafts.Finish();
    }

    private static IniSection? Find(List<IniSection> sections, params ReadOnlySpan<string> names)
    {
        foreach (var name in names)
        {
            if (sections.Find(section => section.Name == name) is { } found)
                return found;
        }
        return null;
    }

    private static void ReadBond(BondDraft bond, List<IniSection> sections, Findings notes)
    {
        foreach (var entry in Find(sections, "bond")?.Entries ?? [])
        {
            if (entry.Key == "interface-name")
                continue;
            bond.Set(entry.Key, entry.Value, entry.Place, $"[bond] {entry.Key}");
        }
        foreach (var entry in Find(sections, "ethernet", "802-3-ethernet")?.Entries ?? [])
        {
            if (entry.Key == "mtu" && entry.Value != "0")
                bond.SetMtu(entry.Value, entry.Place, "[ethernet] mtu");
            else if (entry.Key == "cloned-mac-address")
                bond.SetAddress(entry.Value, entry.Place, "[ethernet] cloned-mac-address");
        }
        foreach (var family in new[] { "ipv4", "ipv6" })
        {
            var method = Find(sections, family)?.Entries.FindLast(entry => entry.Key == "method");
            if (method is { Value: not ("disabled" or "ignore") })
                notes.Add(method.Place, $"[{family}]", "not a setting of the bond", "it stays with NetworkManager");
        }
    }

    private static void ReadPort(
        BondDrafts drafts,
        Dictionary<string, string> names,
        string path,
        List<IniSection> sections,
        Findings notes
    )
    {
        if (
            Find(sections, "connection") is not { } connection
            || (connection["port-type"] ?? connection["slave-type"]) != "bond"
            || (connection["controller"] ?? connection["master"]) is not { } owner
        )
            return;
        if (!names.TryGetValue(owner, out var bondName) || drafts.Find(bondName) is not { } bond)
        {
            notes.Add(new Place(path), "[connection] master", $"no connection is the bond {owner}", "its port is left out");
            return;
        }
        if (connection.Entries.FindLast(entry => entry.Key == "interface-name") is not { } name)
        {
            notes.Add(
                new Place(path),
                "[connection] interface-name",
                "the port does not name its interface",
                $"add it to {bondName} by the name that \"ip link\" shows"
            );
            return;
        }
        bond.Add(name.Value, name.Place, "[connection] interface-name");
        foreach (var entry in Find(sections, "bond-port")?.Entries ?? [])
            bond.SetOfMember(name.Value, entry.Key.Replace('-', '_'), entry.Value, entry.Place, $"[bond-port] {entry.Key}");
    }
}
