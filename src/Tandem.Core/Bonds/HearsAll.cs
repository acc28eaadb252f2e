namespace Tandem.Core.Bonds;

/// <summary>The reasons for which a member accepts frames for any address: its card would drop frames for the bond otherwise.</summary>
[Flags]
internal enum HearsAll : byte
{
    /// <summary>No reason: the card filters.</summary>
    None = 0,

    /// <summary>It is the active member and could not get the bond's address (fail_over_mac follow).</summary>
    ForBondAddress = 1,

    /// <summary>It receives for members that cannot carry frames (balance-alb).</summary>
    ForOthers = 2,

    /// <summary>Another program changed its address, and undoing that is paused.</summary>
    ForOwnAddress = 4,
}
