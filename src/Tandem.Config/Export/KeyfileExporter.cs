using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Tandem.Config.Export;

/// <summary>Writes bonds as keyfiles of NetworkManager: a connection for each bond and each member.</summary>
internal static class KeyfileExporter
{
    private const string Directory = "etc/NetworkManager/system-connections";

    // The driver's options that NetworkManager 1.42 has.
    private static readonly string[] Known =
    [
        "mode",
        "miimon",
        "downdelay",
        "updelay",
        "arp_interval",
        "arp_ip_target",
        "arp_validate",
        "primary",
        "primary_reselect",
        "fail_over_mac",
        "use_carrier",
        "ad_select",
        "xmit_hash_policy",
        "resend_igmp",
        "lacp_rate",
        "active_slave",
        "ad_actor_sys_prio",
        "ad_actor_system",
        "ad_user_port_key",
        "all_slaves_active",
        "arp_all_targets",
        "min_links",
        "num_grat_arp",
        "packets_per_slave",
        "tlb_dynamic_lb",
        "lp_interval",
        "peer_notif_delay",
    ];

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
        var text = new StringBuilder(Connection(name, "bond")).Append("\n[bond]\n");
        foreach (var (option, value) in bond.Take((option, _) => Known.Contains(option.Name, StringComparer.Ordinal)))
            text.Append(option.Name).Append('=').Append(value.Format(option)).Append('\n');
        bond.NoteDown();
        if (bond.Spec.Mtu is not null || bond.Spec.Address is not null)
            text.Append("\n[ethernet]\n");
        if (bond.Spec.Address is { } address)
            text.Append("cloned-mac-address=").Append(address.ToUpperInvariant()).Append('\n');
        if (bond.Spec.Mtu is { } mtu)
            text.Append(CultureInfo.InvariantCulture, $"mtu={mtu}\n");
        text.Append("\n[ipv4]\nmethod=disabled\n\n[ipv6]\nmethod=disabled\n");
        files.Add(new ExportedFile($"{Directory}/{name}.nmconnection", text.ToString(), IsPrivate: true));
        foreach (var member in bond.Members)
        {
            var port = new StringBuilder(Connection(member.Name, "ethernet")).Append("master=").Append(name).Append("\nslave-type=bond\n");
            var options = bond.TakeOf(member, "queue_id", "prio").ToList();
            if (options.Count > 0)
                port.Append("\n[bond-port]\n");
            foreach (var (option, value) in options)
                port.Append(option.Replace('_', '-')).Append('=').Append(value).Append('\n');
            files.Add(new ExportedFile($"{Directory}/{name}-{member.Name}.nmconnection", port.ToString(), IsPrivate: true));
        }
    }

    private static string Connection(string name, string type) =>
        $"[connection]\nid={name}\nuuid={Uuid(name)}\ntype={type}\ninterface-name={name}\n";

    // The same name gives the same UUID, so that a second export replaces the first one's connections.
    private static string Uuid(string name)
    {
        var octets = SHA256.HashData(Encoding.UTF8.GetBytes("tandem " + name)).AsSpan(0, 16);
        octets[6] = (byte)((octets[6] & 0x0f) | 0x80);
        octets[8] = (byte)((octets[8] & 0x3f) | 0x80);
        return new Guid(octets, bigEndian: true).ToString();
    }
}
