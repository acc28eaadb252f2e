namespace Tandem.Core.Options;

/// <summary>Modes of a bond. The numbers are the driver's.</summary>
public enum BondMode : byte
{
    /// <summary>Frames go out on the members in turn.</summary>
    BalanceRoundRobin = 0,

    /// <summary>One member carries everything, the others stand by.</summary>
    ActiveBackup = 1,

    /// <summary>A hash of the flow picks the member.</summary>
    BalanceXor = 2,

    /// <summary>Every member carries a copy.</summary>
    Broadcast = 3,

    /// <summary>Link aggregation with a partner that speaks LACP.</summary>
    Lacp = 4,

    /// <summary>Balances what is sent by load; needs nothing of the switch.</summary>
    BalanceTlb = 5,

    /// <summary>Balances what is sent and, by ARP, what is received.</summary>
    BalanceAlb = 6,
}
