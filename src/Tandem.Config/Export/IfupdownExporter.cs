using System.Globalization;
using System.Text;
using Tandem.Core.Options;

namespace Tandem.Config.Export;

/// <summary>Writes bonds for /etc/network/interfaces, in words that ifenslave, ifupdown2 and ifupdown-ng share.</summary>
internal static class IfupdownExporter
{
    /// <summary>Writes one file.</summary>
    public static Exported Write(IReadOnlyList<NamedBond> bonds)
    {
        var notes = new List<string>();
        var file = new StringBuilder();
        foreach (var bond in bonds)
            Write(file, bond.Name, new BondText(bond, notes));
        return new Exported([new ExportedFile("etc/network/interfaces.d/tandem", file.ToString())], notes);
    }

    private static void Write(StringBuilder file, string name, BondText bond)
    {
        file.Append(file.Length == 0 ? "" : "\n").Append("auto ").Append(name).Append("\niface ").Append(name).Append(" inet manual\n");
        file.Append("    bond-slaves ").AppendJoin(' ', bond.Members.Select(member => member.Name).DefaultIfEmpty("none")).Append('\n');
        foreach (var (option, value) in bond.Take((option, _) => !option.IsOwn))
        {
            var text = option.Kind is OptionKind.Ip4List or OptionKind.Ip6List ? string.Join(' ', value.AddressList) : value.Format(option);
            file.Append("    bond-").Append(option.Name.Replace('_', '-')).Append(' ').Append(text).Append('\n');
        }
        bond.NoteDown();
        if (bond.Spec.Mtu is { } mtu)
            file.Append(CultureInfo.InvariantCulture, $"    mtu {mtu}\n");
        if (bond.Spec.Address is { } address)
            file.Append("    hwaddress ").Append(address).Append('\n');
        foreach (var member in bond.Members)
        {
            foreach (var (_, queue) in bond.TakeOf(member, "queue_id"))
                file.Append("\niface ").Append(member.Name).Append(" inet manual\n    bond-queue-id ").Append(queue).Append('\n');
        }
    }
}
