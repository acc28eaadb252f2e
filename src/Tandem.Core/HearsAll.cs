namespace Tandem.Core;

/// <summary>Why a member takes frames for any address: its card would drop some that the bond is to have.</summary>
[Flags]
internal enum HearsAll : byte
{
    /// <summary>It does not.</summary>
    None = 0,

    /// <summary>It is the active member and could not get the bond's address (fail_over_mac follow).</summary>
    ForBondAddress = 1,

    /// <summary>It stands in for members that cannot carry frames (balance-alb).</summary>
    ForOthers = 2,

    /// <summary>Somebody else gave it another address than the bond did, and that is left so.</summary>
    ForOwnAddress = 4,
}
