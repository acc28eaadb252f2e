using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>broadcast: every member that can carry frames sends a copy.</summary>
internal sealed class BroadcastMode(Bond bond) : Mode(bond)
{
    /// <summary>All members send the same frames, so the slowest limits the speed.</summary>
    public override uint Speed(IEnumerable<uint> speeds) => speeds.DefaultIfEmpty().Min();

    /// <inheritdoc/>
    public override ForwardingPlan Plan()
    {
        var usable = UsableSlots;
        return new ForwardingPlan
        {
            Rule = RuleFor(usable, TransmitRule.Broadcast),
            Transmit = usable,
            Deliver = AllSlots,
        };
    }
}
