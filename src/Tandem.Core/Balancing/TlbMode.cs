namespace Tandem.Core.Balancing;

/// <summary>
/// balance-tlb: what is sent is balanced, what arrives comes by the active member, whose address alone is told. All interfaces have the bond's
/// address, so that another can be active at once; with which address each sends is the plan's.
/// </summary>
internal sealed class TlbMode(Bond bond) : BalancingMode(bond)
{
    /// <inheritdoc/>
    protected override bool TeachesSwitches => IsDynamic;

    /// <inheritdoc/>
    protected override MacAddress OwnAddressOf(Member member) => member.PermanentAddress;
}
