namespace Tandem.Core.Options;

/// <summary>Modes of a bond. The numbers are the driver's.</summary>
public enum BondMode : byte
{
    /// <summary>Frames leave on the members in turn.</summary>
    BalanceRoundRobin = 0,

    /// <summary>One member carries all traffic; the others are on standby.</summary>
    ActiveBackup = 1,

    /// <summary>The flow's hash picks the member.</summary>
    BalanceXor = 2,

    /// <summary>Every member sends a copy.</summary>
    Broadcast = 3,

    /// <summary>Link aggregation with an LACP partner.</summary>
    Lacp = 4,

    /// <summary>Balances sent traffic by load, without support of the switch.</summary>
    BalanceTlb = 5,

    /// <summary>Balances sent traffic by load and, through ARP, received IPv4 traffic.</summary>
    BalanceAlb = 6,
}
