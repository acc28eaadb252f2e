using Tandem.Config.Files;
using Tandem.Config.Yaml;
using Tandem.Core.Options;

namespace Tandem.Config.Import;

/// <summary>Imports bonds of netplan: <c>{run,etc,lib}/netplan/*.yaml</c>, merged.</summary>
internal static class NetplanImporter
{
    private static readonly string[] Directories = ["run/netplan", "etc/netplan", "usr/lib/netplan", "lib/netplan"];

    /// <summary>Imports the bonds below a root directory.</summary>
    public static Imported Read(string root)
    {
        var notes = new Findings();
        YamlNode? merged = null;
        foreach (var (file, text) in SourceFiles.Read(root, Directories, name => name.EndsWith(".yaml", StringComparison.Ordinal), notes))
        {
            if (YamlReader.Read(file, text, notes) is { } tree)
                merged = merged is null ? tree : YamlMerge.Merge(merged, tree, "", notes);
        }
        var drafts = new BondDrafts(notes);
        var network = merged?.Find("network")?.Value;
        foreach (var entry in network?.Find("bonds")?.Value.Entries ?? [])
            ReadBond(drafts.Get(entry.Key, entry.Place), entry.Value, network!, notes);
        return drafts.Finish();
    }

    private static void ReadBond(BondDraft bond, YamlNode node, YamlNode network, Findings notes)
    {
        foreach (var entry in Scalars.Entries($"bonds.{bond.Name}", node, notes))
        {
            var key = $"bonds.{bond.Name}.{entry.Key}";
            switch (entry.Key)
            {
                case "interfaces":
                    foreach (var (item, id) in Scalars.List(key, entry.Value, notes) ?? [])
                        ReadInterface(bond, key, item.Place, id, network, notes);
                    break;
                case "parameters":
                    foreach (var parameter in Scalars.Entries(key, entry.Value, notes))
                        ReadParameter(bond, $"{key}.{parameter.Key}", parameter, notes);
                    break;
                case "mtu":
                    bond.SetMtu(entry.Value.Text, entry.Value.Place, key);
                    break;
                case "macaddress":
                    bond.SetAddress(entry.Value.Text, entry.Value.Place, key);
                    break;
                case "activation-mode":
                    bond.IsUp = false;
                    break;
                default:
                    if (!OtherKeys.AsksForNothing(entry))
                        notes.Add(entry.Place, key, "not a setting of the bond", "it stays with netplan");
                    break;
            }
        }
    }

    private static void ReadParameter(BondDraft bond, string key, YamlEntry parameter, Findings notes)
    {
        if (!OptionKeys.TryFind(OptionScope.Bond, parameter.Key, out var option) || !OptionKeys.IsNetplan(option))
            notes.Add(parameter.Place, key, "not a parameter of netplan", "it is left out");
        else if (OptionValues.Read(option, key, parameter.Value, notes) is { } value)
            bond.Set(option, value, parameter.Value.Place, key);
    }

    // netplan's lists have the keys of its sections, which are names of interfaces unless "match" says otherwise.
    private static void ReadInterface(BondDraft bond, string key, Place place, string id, YamlNode network, Findings notes)
    {
        var device = network.Find("ethernets")?.Value.Find(id)?.Value;
        var name = device?.Find("set-name")?.Value.Text;
        if (name is null && device?.Find("match")?.Value is { } match)
        {
            name = match.Find("name")?.Value.Text;
            if (name is null || name.AsSpan().IndexOfAny("*?[") >= 0)
            {
                notes.Add(
                    place,
                    key,
                    $"{id} has no name of a single interface (\"match\")",
                    "add the interfaces by the names that \"ip link\" shows"
                );
                return;
            }
        }
        bond.Add(name ?? id, place, key);
    }
}
