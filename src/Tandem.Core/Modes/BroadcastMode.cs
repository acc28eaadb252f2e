using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>broadcast: every member that can transmit carries a copy.</summary>
internal sealed class BroadcastMode(Bond bond) : Mode(bond)
{
    /// <summary>All carry the same, so the slowest sets the pace.</summary>
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
