using System.Globalization;
using System.Text;
using Tandem.Config.Import;
using Tandem.Core.Options;

namespace Tandem.Config.Export;

/// <summary>Writes bonds for systemd-networkd: a .netdev and a .network file for each bond, a .network file for each member.</summary>
internal static class NetworkdExporter
{
    private const string Directory = "etc/systemd/network";

    // Keys that systemd 252 does not know, and reports as mistakes.
    private static readonly string[] Later = ["peer_notif_delay", "arp_missed_max"];

    /// <summary>Writes the files.</summary>
    public static Exported Write(IReadOnlyList<NamedBond> bonds)
    {
        var notes = new List<string>();
        var files = new List<ExportedFile>();
        foreach (var bond in bonds)
            Write(files, bond.Name, new BondText(bond, notes));
        return new Exported(files, notes);
    }

    private static void Write(List<ExportedFile> files, string name, BondText bond)
    {
        var device = new StringBuilder("[NetDev]\n").Append("Name=").Append(name).Append("\nKind=bond\n");
        if (bond.Spec.Mtu is { } mtu)
            device.Append(CultureInfo.InvariantCulture, $"MTUBytes={mtu}\n");
        if (bond.Spec.Address is { } address)
            device.Append("MACAddress=").Append(address).Append('\n');
        device.Append("\n[Bond]\n");
        var (primary, active) = ("", "");
        foreach (var (option, value) in bond.Take(IsKnown))
        {
            if (option == BondOptions.Known.Primary)
                primary = value.Name ?? "";
            else if (option == BondOptions.Known.ActiveMember)
                active = value.Name ?? "";
            else
                device
                    .Append(NetworkdKeys.All.First(key => key.Option == option.Name) is var known ? known.Key : "")
                    .Append('=')
                    .Append(Text(known.Value, option, value))
                    .Append('\n');
        }
        bond.NoteDown();
        files.Add(new ExportedFile($"{Directory}/30-{name}.netdev", device.ToString()));
        files.Add(new ExportedFile($"{Directory}/30-{name}.network", $"[Match]\nName={name}\n\n[Network]\nConfigureWithoutCarrier=yes\n"));
        foreach (var member in bond.Members)
        {
            _ = bond.TakeOf(member).Count();
            var network = $"[Match]\nName={member.Name}\n\n[Network]\nBond={name}\n";
            if (member.Name == primary)
                network += "PrimarySlave=yes\n";
            if (member.Name == active)
                network += "ActiveSlave=yes\n";
            files.Add(new ExportedFile($"{Directory}/30-{name}-{member.Name}.network", network));
        }

        // The primary is a property of its member.
        bool IsKnown(BondOption option, OptionValue value) =>
            option.Kind == OptionKind.Interface
                ? bond.Members.Any(member => member.Name == value.Name)
                : BondText.IsCommon(option, value)
                    && !Later.Contains(option.Name, StringComparer.Ordinal)
                    && NetworkdKeys.All.Any(key => key.Option == option.Name);
    }

    private static string Text(NetworkdValue kind, BondOption option, OptionValue value) =>
        kind switch
        {
            NetworkdValue.Boolean => value.Number != 0 ? "yes" : "no",
            NetworkdValue.Ms => $"{value.Number.ToString(CultureInfo.InvariantCulture)}ms",
            NetworkdValue.Seconds => $"{value.Number.ToString(CultureInfo.InvariantCulture)}s",
            NetworkdValue.List => string.Join(' ', value.AddressList),
            _ => value.Format(option),
        };
}
