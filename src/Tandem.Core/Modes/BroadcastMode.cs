using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>broadcast: every member that can transmit carries a copy.</summary>
internal sealed class BroadcastMode : Mode
{
    /// <summary>All carry the same, so the slowest sets the pace.</summary>
    public override uint Speed(IEnumerable<uint> speeds) => speeds.DefaultIfEmpty().Min();

    /// <inheritdoc/>
    public override ForwardingPlan Plan(Bond bond)
    {
        var usable = UsableSlots(bond);
        return new ForwardingPlan
        {
            Rule = RuleFor(usable, TransmitRule.Broadcast),
            Transmit = usable,
            Deliver = AllSlots(bond),
        };
    }
}
