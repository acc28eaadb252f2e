namespace Tandem.Core.Packets;

/// <summary>EtherTypes.</summary>
public static class EtherType
{
    /// <summary>IPv4.</summary>
    public const ushort Ip4 = 0x0800;

    /// <summary>ARP.</summary>
    public const ushort Arp = 0x0806;

    /// <summary>Reverse ARP.</summary>
    public const ushort ReverseArp = 0x8035;

    /// <summary>An Ethernet frame inside GRE.</summary>
    public const ushort TransparentBridging = 0x6558;

    /// <summary>A customer's VLAN tag (802.1Q).</summary>
    public const ushort Vlan = 0x8100;

    /// <summary>A provider's VLAN tag (802.1ad).</summary>
    public const ushort ServiceVlan = 0x88a8;

    /// <summary>IPv6.</summary>
    public const ushort Ip6 = 0x86dd;

    /// <summary>MPLS unicast.</summary>
    public const ushort Mpls = 0x8847;

    /// <summary>MPLS multicast.</summary>
    public const ushort MplsMulticast = 0x8848;

    /// <summary>PPPoE session.</summary>
    public const ushort PppoeSession = 0x8864;

    /// <summary>PPP inside GRE, as PPTP uses it.</summary>
    public const ushort PptpPpp = 0x880b;

    /// <summary>Precision Time Protocol.</summary>
    public const ushort Ptp = 0x88f7;

    /// <summary>Fibre Channel over Ethernet.</summary>
    public const ushort Fcoe = 0x8906;

    /// <summary>ATA over Ethernet.</summary>
    public const ushort Ata = 0x88a2;

    /// <summary>TIPC.</summary>
    public const ushort Tipc = 0x88ca;

    /// <summary>MACsec (802.1AE).</summary>
    public const ushort Macsec = 0x88e5;

    /// <summary>Ethernet configuration testing protocol (loopback frames).</summary>
    public const ushort ConfigurationTest = 0x9000;

    /// <summary>Whether the type is that of a VLAN tag.</summary>
    public static bool IsVlan(ushort type) => type is Vlan or ServiceVlan;
}
