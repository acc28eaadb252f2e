using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>active-backup: one member carries all traffic; the others are on standby and deliver nothing.</summary>
internal sealed class ActiveBackupMode(Bond bond) : Mode(bond)
{
    /// <inheritdoc/>
    public override bool ElectsActive => true;

    /// <inheritdoc/>
    public override PeerAnnouncement Announces => PeerAnnouncement.All;

    /// <summary>Only one link is ever used, so min_links does not apply.</summary>
    public override bool HasCarrier => Bond.Members.Any(member => member.State == LinkState.Up);

    /// <inheritdoc/>
    public override bool MayTransmit(Member member) => member == Bond.Active;

    /// <inheritdoc/>
    public override ForwardingPlan Plan()
    {
        // The active member stays in the plan during its down delay: it may come back, and no other member is meant to carry traffic yet.
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
