using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>balance-xor: the flow's hash picks among the members that can carry frames.</summary>
internal sealed class XorMode(Bond bond) : Mode(bond)
{
    /// <inheritdoc/>
    public override ForwardingPlan Plan()
    {
        var usable = UsableSlots;
        return new ForwardingPlan
        {
            Rule = RuleFor(usable, TransmitRule.Hash),
            Policy = Bond.Options.HashPolicy,
            Transmit = usable,
            Deliver = AllSlots,
        };
    }
}
