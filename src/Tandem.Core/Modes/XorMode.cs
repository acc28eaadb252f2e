using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>balance-xor: the flow's hash picks among the members that can transmit.</summary>
internal sealed class XorMode : Mode
{
    /// <inheritdoc/>
    public override ForwardingPlan Plan(Bond bond)
    {
        var usable = UsableSlots(bond);
        return new ForwardingPlan
        {
            Rule = RuleFor(usable, TransmitRule.Hash),
            Policy = bond.Options.HashPolicy,
            Transmit = usable,
            Deliver = AllSlots(bond),
        };
    }
}
