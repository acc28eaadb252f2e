using System.Collections.Frozen;
using Tandem.Config.Yaml;

namespace Tandem.Config.Files;

/// <summary>netplan's keys that do not concern bonds, and what to do with them.</summary>
internal static class OtherKeys
{
    // Keys of every device of netplan.
    private static readonly FrozenSet<string> OfDevices = FrozenSet.ToFrozenSet(
        [
            "accept-ra",
            "addresses",
            "auth",
            "critical",
            "dhcp-identifier",
            "dhcp4",
            "dhcp4-overrides",
            "dhcp6",
            "dhcp6-overrides",
            "gateway4",
            "gateway6",
            "ignore-carrier",
            "ipv6-address-generation",
            "ipv6-address-token",
            "ipv6-mtu",
            "ipv6-privacy",
            "link-local",
            "match",
            "nameservers",
            "neigh-suppress",
            "networkmanager",
            "openvswitch",
            "optional",
            "optional-addresses",
            "renderer",
            "routes",
            "routing-policy",
            "set-name",
            "wakeonlan",
        ],
        StringComparer.Ordinal
    );

    private static readonly FrozenSet<string> Sections = FrozenSet.ToFrozenSet(
        [
            "bridges",
            "dummy-devices",
            "modems",
            "nm-devices",
            "openvswitch",
            "tunnels",
            "virtual-ethernets",
            "vlans",
            "vrfs",
            "wifis",
            "wireguards",
        ],
        StringComparer.Ordinal
    );

    private const string Owner = "the host's network configuration (netplan, systemd-networkd, NetworkManager, ifupdown)";

    /// <summary>Whether netplan has this key on a device.</summary>
    public static bool IsOfDevices(string key) => OfDevices.Contains(key);

    /// <summary>Whether this is a section of netplan.</summary>
    public static bool IsSection(string key) => Sections.Contains(key);

    /// <summary>Whether an entry of a device asks for nothing, as <c>dhcp4: false</c>, which files for netplan often have.</summary>
    public static bool AsksForNothing(YamlEntry entry) =>
        entry.Key is "dhcp4" or "dhcp6" && entry.Value.Kind == YamlKind.Scalar && OptionValues.Boolean(entry.Value.Text) == false;

    /// <summary>Records a key of a bond that Tandem does not carry out.</summary>
    public static void RefuseOnBond(string key, YamlEntry entry, string bond, Findings errors)
    {
        if (entry.Key is "renderer" or "match" or "set-name" or "networkmanager" or "openvswitch" or "wakeonlan")
            errors.Add(entry.Place, key, "Tandem has no use for it", "remove it here");
        else
            errors.Add(
                entry.Place,
                key,
                "Tandem configures the bond, not its IP addresses, routes and name servers",
                $"configure {bond} in {Owner} like any other interface, and remove it here"
            );
    }

    /// <summary>Records what a section for ethernets asks beyond naming interfaces.</summary>
    public static void CheckEthernets(string key, YamlNode section, Findings errors)
    {
        foreach (var device in Scalars.Entries(key, section, errors))
        {
            foreach (var entry in Scalars.Entries($"{key}.{Findings.KeyText(device.Key)}", device.Value, errors))
            {
                if (AsksForNothing(entry))
                    continue;
                var remedy = entry.Key is "match" or "set-name"
                    ? "name the interfaces of a bond by the names that \"ip link\" shows, and remove it here"
                    : $"leave it in {Owner}, and remove it here";
                errors.Add(
                    entry.Place,
                    $"{key}.{Findings.KeyText(device.Key)}.{Findings.KeyText(entry.Key)}",
                    "Tandem configures bonds, and no other interfaces",
                    remedy
                );
                if (errors.IsFull)
                    return;
            }
        }
    }

    /// <summary>Records a section that Tandem does not carry out.</summary>
    public static void RefuseSection(string key, YamlEntry section, Findings errors) =>
        errors.Add(
            section.Place,
            key,
            section.Key == "renderer"
                ? "tandemd carries this file out, and nothing else"
                : "Tandem configures bonds, and no other interfaces",
            section.Key == "renderer" ? "remove it here" : $"leave it in {Owner}, and remove it here"
        );
}
