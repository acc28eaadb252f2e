using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>active-backup: one member carries everything, the others stand by and deliver nothing.</summary>
internal sealed class ActiveBackupMode : Mode
{
    /// <inheritdoc/>
    public override bool HasStandby => true;

    /// <summary>One link is all that is ever used, so min_links has no say here.</summary>
    public override bool HasCarrier(Bond bond) => bond.Members.Any(member => member.State == LinkState.Up);

    /// <inheritdoc/>
    public override bool MayTransmit(Bond bond, Member member) => member == bond.Active;

    /// <inheritdoc/>
    public override ForwardingPlan Plan(Bond bond)
    {
        // Also while its down delay runs: until that is over the active member may come back, and no other is meant to carry.
        var active = bond.Active;
        return new ForwardingPlan
        {
            Rule = active is null ? TransmitRule.None : TransmitRule.One,
            Transmit = active is null ? [] : [(byte)active.Slot],
            Queues = Queues(bond),
            Deliver =
                bond.Options.AllMembersActive ? AllSlots(bond)
                : active is null ? 0
                : 1UL << active.Slot,
        };
    }
}
