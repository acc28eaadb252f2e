using Tandem.Config.Files;
using Tandem.Config.Yaml;

namespace Tandem.Config.Import;

/// <summary>Imports bonds of nmstate's YAML: <c>etc/nmstate/*.yml</c>, with the keys of versions 1 and 2.</summary>
internal static class NmstateImporter
{
    /// <summary>Imports the bonds below a root directory.</summary>
    public static Imported Read(string root)
    {
        var notes = new Findings();
        var drafts = new BondDrafts(notes);
        var files = SourceFiles.Read(
            root,
            ["etc/nmstate"],
            name => name.EndsWith(".yml", StringComparison.Ordinal) || name.EndsWith(".yaml", StringComparison.Ordinal),
            notes
        );
        foreach (var (file, text) in files)
        {
            var tree = YamlReader.Read(file, text, notes);
            // Policies of Kubernetes have the state one level deeper.
            var state = tree?.Find("spec")?.Value.Find("desiredState")?.Value ?? tree?.Find("desiredState")?.Value ?? tree;
            foreach (var node in state?.Find("interfaces")?.Value.Items ?? [])
            {
                if (node.Find("type")?.Value.Text == "bond" && node.Find("name") is { } name && node.Find("state")?.Value.Text != "absent")
                    ReadBond(drafts.Get(name.Value.Text, name.Value.Place), node, notes);
            }
        }
        return drafts.Finish();
    }

    private static void ReadBond(BondDraft bond, YamlNode node, Findings notes)
    {
        foreach (var entry in node.Entries)
        {
            switch (entry.Key)
            {
                case "name" or "type":
                    break;
                case "state":
                    bond.IsUp = entry.Value.Text != "down";
                    break;
                case "mtu":
                    bond.SetMtu(entry.Value.Text, entry.Value.Place, entry.Key);
                    break;
                case "mac-address":
                    bond.SetAddress(entry.Value.Text, entry.Value.Place, entry.Key);
                    break;
                case "link-aggregation":
                    foreach (var part in Scalars.Entries(entry.Key, entry.Value, notes))
                        ReadAggregation(bond, part, notes);
                    break;
                default:
                    notes.Add(entry.Place, $"{bond.Name}.{entry.Key}", "not a setting of the bond", "it stays with nmstate");
                    break;
            }
        }
    }

    private static void ReadAggregation(BondDraft bond, YamlEntry entry, Findings notes)
    {
        var key = $"link-aggregation.{entry.Key}";
        switch (entry.Key)
        {
            case "mode":
                bond.Set("mode", entry.Value.Text, entry.Value.Place, key);
                break;
            case "options":
                foreach (var option in Scalars.Entries(key, entry.Value, notes))
                    bond.Set(option.Key, Driver(option.Value.Text), option.Value.Place, $"{key}.{option.Key}");
                break;
            case "port" or "ports" or "slaves":
                foreach (var (item, name) in Scalars.List(key, entry.Value, notes) ?? [])
                    bond.Add(name, item.Place, key);
                break;
            case "ports-config":
                foreach (var port in entry.Value.Items)
                    ReadPort(bond, port, key);
                break;
            default:
                notes.Add(entry.Place, key, "Tandem has no such setting", "it is left out");
                break;
        }
    }

    private static void ReadPort(BondDraft bond, YamlNode port, string key)
    {
        if (port.Find("name")?.Value is not { } name)
            return;
        bond.Add(name.Text, name.Place, key);
        foreach (var entry in port.Entries)
        {
            if (entry.Key is "priority" or "queue-id")
                bond.SetOfMember(
                    name.Text,
                    entry.Key == "priority" ? "prio" : "queue_id",
                    entry.Value.Text,
                    entry.Value.Place,
                    $"{key}.{entry.Key}"
                );
        }
    }

    // nmstate has booleans where the driver has numbers.
    private static string Driver(string text) =>
        text switch
        {
            "true" => "1",
            "false" => "0",
            _ => text,
        };
}
