namespace Tandem.Config.Import;

/// <summary>Imports bonds of /etc/network/interfaces, in the dialects of ifenslave, ifupdown2 and ifupdown-ng.</summary>
internal static class IfupdownImporter
{
    // Words for the list of members: ifenslave, ifupdown2, ifupdown-ng.
    private static readonly string[] Lists = ["bond-slaves", "bond-members", "bond-ports", "slaves"];

    /// <summary>Imports the bonds below a root directory.</summary>
    public static Imported Read(string root)
    {
        var notes = new Findings();
        var drafts = new BondDrafts(notes);
        var stanzas = new InterfacesFile(root, notes).Read();
        foreach (var stanza in stanzas)
        {
            if (IsBond(stanza, stanzas))
                ReadBond(drafts.Get(stanza.Name, stanza.Place), stanza, notes);
        }
        foreach (var stanza in stanzas)
            ReadMember(drafts, stanza, notes);
        return drafts.Finish();
    }

    // ifenslave accepts underscores too.
    private static string KeyOf(InterfacesLine line) => line.Key.Replace('_', '-');

    private static bool IsBond(InterfacesStanza stanza, IReadOnlyList<InterfacesStanza> all) =>
        stanza.Lines.Exists(line => Lists.Contains(KeyOf(line), StringComparer.Ordinal) || KeyOf(line) is "bond-mode")
        || stanza.Lines.Exists(line => KeyOf(line) == "use" && line.Value == "bond")
        || all.Any(other => other.Lines.Exists(line => KeyOf(line) == "bond-master" && line.Value == stanza.Name));

    private static void ReadBond(BondDraft bond, InterfacesStanza stanza, Findings notes)
    {
        if (stanza.Families.Exists(word => word is "static" or "dhcp" or "auto"))
            notes.Add(
                stanza.Place,
                $"iface {stanza.Name}",
                "its addresses and routes are no settings of the bond",
                "they stay with ifupdown"
            );
        foreach (var line in stanza.Lines)
        {
            var key = KeyOf(line);
            if (Lists.Contains(key, StringComparer.Ordinal))
                ReadMembers(bond, line, notes);
            else if (key == "mtu")
                bond.SetMtu(line.Value, line.Place, line.Key);
            else if (key is "hwaddress" or "bond-hwaddress")
                bond.SetAddress(line.Value.Split(' ')[^1], line.Place, line.Key);
            else if (key.StartsWith("bond-", StringComparison.Ordinal) && key is not ("bond-master" or "bond-queue-id"))
                ReadOption(bond, key["bond-".Length..], line);
        }
    }

    private static void ReadMembers(BondDraft bond, InterfacesLine line, Findings notes)
    {
        foreach (var name in line.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            // "none": members name their bond themselves.
            if (name == "none")
                continue;
            if (name is "glob" or "regex" or "all" || name.AsSpan().IndexOfAny("*?[(") >= 0)
            {
                notes.Add(
                    line.Place,
                    line.Key,
                    $"{Findings.Quote(line.Value)}: a pattern",
                    "add the interfaces by the names that \"ip link\" shows"
                );
                return;
            }
            bond.Add(name, line.Place, line.Key);
        }
    }

    private static void ReadOption(BondDraft bond, string key, InterfacesLine line)
    {
        var option = key switch
        {
            "lacp-bypass-allow" => key,
            "ad-sys-priority" => "ad_actor_sys_prio",
            "ad-sys-mac-addr" => "ad_actor_system",
            "peer-notif-delay" => "peer_notif_delay",
            _ => key.Replace('-', '_'),
        };
        var words = line.Value.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
        var text = option switch
        {
            "arp_ip_target" or "ns_ip6_target" => string.Join(',', words),
            // ifenslave takes several, and uses the first that is there.
            "primary" or "active_slave" => words is [var first, ..] ? first : "",
            _ => line.Value,
        };
        bond.Set(option, text, line.Place, line.Key);
    }

    private static void ReadMember(BondDrafts drafts, InterfacesStanza stanza, Findings notes)
    {
        if (stanza.Lines.Find(line => KeyOf(line) == "bond-master") is { } owner)
        {
            if (drafts.Find(owner.Value) is { } bond)
                bond.Add(stanza.Name, owner.Place, owner.Key);
            else
                notes.Add(owner.Place, owner.Key, $"{owner.Value} is not defined", $"{stanza.Name} is left out");
        }
        var of = drafts.All.FirstOrDefault(bond => bond.Members.Any(member => member.Name == stanza.Name));
        if (of is null)
            return;
        foreach (var line in stanza.Lines)
        {
            if (KeyOf(line) == "bond-queue-id")
                of.SetOfMember(stanza.Name, "queue_id", line.Value, line.Place, line.Key);
            else if (KeyOf(line) == "bond-primary")
                of.Set("primary", stanza.Name, line.Place, line.Key);
        }
    }
}
