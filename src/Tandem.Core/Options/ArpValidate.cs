namespace Tandem.Core.Options;

/// <summary>Which members count only validated answers to probes (arp_validate), and what the others count.</summary>
public enum ArpValidate : byte
{
    /// <summary>None: any frame counts.</summary>
    None = 0,

    /// <summary>Active members; on the others any frame counts.</summary>
    Active = 1,

    /// <summary>Members that stand by; on the others any frame counts.</summary>
    Backup = 2,

    /// <summary>All.</summary>
    All = 3,

    /// <summary>None, but only ARP and neighbour discovery count.</summary>
    Filter = 4,

    /// <summary>Active members; on the others ARP and neighbour discovery count.</summary>
    FilterActive = 5,

    /// <summary>Members that stand by; on the others ARP and neighbour discovery count.</summary>
    FilterBackup = 6,
}

/// <summary>What the values of <see cref="ArpValidate"/> say.</summary>
public static class ArpValidation
{
    private const int OfActive = 1;
    private const int OfBackup = 2;
    private const int FilterBit = 4;

    /// <summary>Whether a member counts only validated answers.</summary>
    public static bool Validates(this ArpValidate value, bool isActive) => ((int)value & (isActive ? OfActive : OfBackup)) != 0;

    /// <summary>Whether ARP and neighbour discovery are all that counts on members without validation.</summary>
    public static bool Filters(this ArpValidate value) => ((int)value & FilterBit) != 0;
}
