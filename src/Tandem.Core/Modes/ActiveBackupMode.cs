using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>active-backup: one member carries everything, the others stand by and deliver nothing.</summary>
internal sealed class ActiveBackupMode(Bond bond) : Mode(bond)
{
    /// <inheritdoc/>
    public override bool ElectsActive => true;

    /// <inheritdoc/>
    public override PeerAnnouncement Announces => PeerAnnouncement.All;

    /// <summary>One link is all that is ever used, so min_links has no say here.</summary>
    public override bool HasCarrier => Bond.Members.Any(member => member.State == LinkState.Up);

    /// <inheritdoc/>
    public override bool MayTransmit(Member member) => member == Bond.Active;

    /// <inheritdoc/>
    public override ForwardingPlan Plan()
    {
        // Also while its down delay runs: until that is over the active member may come back, and no other is meant to carry.
        var active = Bond.Active;
        return new ForwardingPlan
        {
            Rule = active is null ? TransmitRule.None : TransmitRule.One,
            Transmit = active is null ? [] : [(byte)active.Slot],
            Standby = active is null
                ? []
                :
                [
                    .. ActiveMemberSelection
                        .Standby(Bond.Members, active, Bond.Primary, Bond.EndsWaits)
                        .Select(member => (byte)member.Slot),
                ],
            Queues = Queues,
            Deliver =
                Bond.Options.AllMembersActive ? AllSlots
                : active is null ? 0
                : 1UL << active.Slot,
        };
    }
}
