using Tandem.Config;

namespace Tandem.Cli.Files;

/// <summary>How another tool goes on to give a bond its addresses, as to any interface, once the bond is Tandem's.</summary>
internal static class AddressRecipe
{
    /// <summary>The recipe for a bond; null for a tool without one.</summary>
    /// <param name="tool">The tool, as <c>tandem import</c> names it.</param>
    /// <param name="bond">The bond.</param>
    public static string? For(string tool, NamedBond bond)
    {
        var name = bond.Name;
        var others = (bond.Spec.Members ?? []).Select(member => member.Name).Append($"tdm-{name}").ToList();
        return tool switch
        {
            "netplan" => $"""
                In the place of the bond, for netplan its device is an ordinary interface, and the members are not named:
                  network:
                    version: 2
                    ethernets:
                      {name}:
                        addresses: [192.0.2.10/24]
                """,
            "networkd" => $"""
                In the place of the files of the bond and of its members, for systemd-networkd:
                  /etc/systemd/network/10-{name}-members.network
                    [Match]
                    Name={string.Join(' ', others)}
                    [Link]
                    Unmanaged=yes
                  /etc/systemd/network/20-{name}.network
                    [Match]
                    Name={name}
                    [Network]
                    Address=192.0.2.10/24
                """,
            "NetworkManager" => $"""
                In the place of the profiles of the bond and of its members, for NetworkManager:
                  /etc/NetworkManager/conf.d/tandem.conf
                    [keyfile]
                    unmanaged-devices={string.Join(';', others.Select(other => $"interface-name:{other}"))}
                    [device-{name}]
                    match-device=interface-name:{name}
                    managed=1
                  nmcli connection add type ethernet ifname {name} con-name {name} ipv4.method manual ipv4.addresses 192.0.2.10/24
                  nmcli connection up {name}
                """,
            "ifupdown" => $"""
                In the place of the stanzas of the bond and of its members, for ifupdown:
                  auto {name}
                  iface {name} inet static
                    address 192.0.2.10/24
                """,
            _ => null,
        };
    }
}
