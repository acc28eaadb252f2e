namespace Tandem.Core.Hashing;

/// <summary>Which parts of a frame the flow hash uses (xmit_hash_policy). The numbers are the driver's.</summary>
public enum HashPolicy : byte
{
    /// <summary>Last octets of both MAC addresses and the EtherType.</summary>
    Layer2 = 0,

    /// <summary>IP addresses and ports.</summary>
    Layer34 = 1,

    /// <summary>MAC addresses and IP addresses.</summary>
    Layer23 = 2,

    /// <summary>As layer2+3, from the innermost headers of a tunnel.</summary>
    Encap23 = 3,

    /// <summary>As layer3+4, from the innermost headers of a tunnel.</summary>
    Encap34 = 4,

    /// <summary>VLAN tag and source MAC address.</summary>
    VlanSourceMac = 5,
}
