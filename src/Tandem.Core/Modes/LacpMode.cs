using Tandem.Core.Forwarding;
using Tandem.Core.Lacp;

namespace Tandem.Core.Modes;

/// <summary>802.3ad: the flow's hash picks among the members on which frames may leave by LACP; frames are delivered from those that collect.</summary>
internal sealed class LacpMode : Mode
{
    /// <inheritdoc/>
    public override bool DampsCarrier(Bond bond) => bond.Options[LacpOptions.Strict].Number != 0;

    /// <inheritdoc/>
    public override bool MayTransmit(Bond bond, Member member) => member.Lacp is { IsDistributing: true };

    /// <summary>Only once members carry traffic; with lacp_strict off as soon as they have links, as the driver.</summary>
    public override bool HasCarrier(Bond bond)
    {
        if (bond.Options[LacpOptions.Strict].Number == 0)
            return base.HasCarrier(bond);
        var carrying = bond.Members.Count(member => member.CanTransmit);
        return carrying >= Math.Max(1, bond.Options.MinLinks) || (carrying > 0 && bond.Lacp?.FallbackPort is not null);
    }

    /// <inheritdoc/>
    public override ForwardingPlan Plan(Bond bond)
    {
        var usable = UsableSlots(bond);
        return new ForwardingPlan
        {
            Rule = RuleFor(usable, TransmitRule.Hash),
            Policy = bond.Options.HashPolicy,
            Transmit = usable,
            Deliver = bond.Options.AllMembersActive ? AllSlots(bond) : CollectingSlots(bond),
            HearsControl = true,
        };
    }

    private static ulong CollectingSlots(Bond bond) =>
        bond.Members.Aggregate(0UL, (slots, member) => member.Lacp is { IsCollecting: true } ? slots | (1UL << member.Slot) : slots);
}
