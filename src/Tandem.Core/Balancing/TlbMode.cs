using Tandem.Core.Bonds;

namespace Tandem.Core.Balancing;

/// <summary>
/// balance-tlb: balances sent traffic. Received traffic comes by the active member, the only one whose address is announced. All
/// interfaces have the bond's address, so that any can become active at once; the plan sets the source address of each member's frames.
/// </summary>
internal sealed class TlbMode(Bond bond) : BalancingMode(bond)
{
    /// <inheritdoc/>
    protected override bool TeachesSwitches => IsDynamic;

    /// <inheritdoc/>
    protected override MacAddress OwnAddressOf(Member member) => member.PermanentAddress;
}
