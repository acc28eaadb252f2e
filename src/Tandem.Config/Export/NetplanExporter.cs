using System.Globalization;
using System.Text;
using Tandem.Config.Files;
using Tandem.Config.Yaml;

namespace Tandem.Config.Export;

/// <summary>Writes bonds for netplan.</summary>
internal static class NetplanExporter
{
    /// <summary>Writes one file.</summary>
    public static Exported Write(IReadOnlyList<NamedBond> bonds)
    {
        var notes = new List<string>();
        var texts = bonds.Select(bond => (bond.Name, Bond: new BondText(bond, notes))).ToList();
        var file = new StringBuilder("network:\n  version: 2\n");
        var members = texts.SelectMany(text => text.Bond.Members).ToList();
        // netplan refuses members that no section defines.
        if (members.Count > 0)
            file.Append("  ethernets:\n");
        foreach (var member in members)
            file.Append("    ").Append(YamlText.Of(member.Name)).Append(": {}\n");
        file.Append(texts.Count == 0 ? "  bonds: {}\n" : "  bonds:\n");
        foreach (var (name, bond) in texts)
            Write(file, name, bond);
        return new Exported([new ExportedFile("etc/netplan/60-tandem.yaml", file.ToString(), IsPrivate: true)], notes);
    }

    private static void Write(StringBuilder file, string name, BondText bond)
    {
        file.Append("    ").Append(YamlText.Of(name)).Append(":\n");
        var members = bond.Members.Select(member => YamlText.Of(member.Name));
        file.Append("      interfaces: [").AppendJoin(", ", members).Append("]\n");
        if (bond.Spec.Mtu is { } mtu)
            file.Append(CultureInfo.InvariantCulture, $"      mtu: {mtu}\n");
        if (bond.Spec.Address is { } address)
            file.Append("      macaddress: ").Append(YamlText.Of(address)).Append('\n');
        bond.NoteDown();
        file.Append("      parameters:\n");
        foreach (var (option, value) in bond.Take((option, value) => OptionKeys.IsNetplan(option) && BondText.IsCommon(option, value)))
            file.Append("        ").Append(OptionKeys.Of(option)).Append(": ").Append(OptionValues.Write(option, value)).Append('\n');
        foreach (var member in bond.Members)
            _ = bond.TakeOf(member).Count();
    }
}
