namespace Tandem.Core.Options;

/// <summary>Which members count only validated answers to probes (arp_validate), and which frames count on the other members.</summary>
public enum ArpValidate : byte
{
    /// <summary>No member: any frame counts.</summary>
    None = 0,

    /// <summary>Active members; on the others any frame counts.</summary>
    Active = 1,

    /// <summary>Standby members; on the others any frame counts.</summary>
    Backup = 2,

    /// <summary>All members.</summary>
    All = 3,

    /// <summary>No member, but only ARP and neighbour discovery count.</summary>
    Filter = 4,

    /// <summary>Active members; on the others ARP and neighbour discovery count.</summary>
    FilterActive = 5,

    /// <summary>Standby members; on the others ARP and neighbour discovery count.</summary>
    FilterBackup = 6,
}

/// <summary>The meaning of the values of <see cref="ArpValidate"/>.</summary>
public static class ArpValidation
{
    private const int OfActive = 1;
    private const int OfBackup = 2;
    private const int FilterBit = 4;

    /// <summary>Whether a member counts only validated answers.</summary>
    public static bool Validates(this ArpValidate value, bool isActive) => ((int)value & (isActive ? OfActive : OfBackup)) != 0;

    /// <summary>Whether only ARP and neighbour discovery count on members without validation.</summary>
    public static bool Filters(this ArpValidate value) => ((int)value & FilterBit) != 0;
}
