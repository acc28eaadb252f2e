using System.Collections.Immutable;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Modes;

/// <summary>balance-rr: members send in turn. IGMP always leaves on one member, so that a switch sees all memberships on one
/// port.</summary>
internal sealed class RoundRobinMode(Bond bond) : Mode(bond)
{
    /// <inheritdoc/>
    public override ForwardingPlan Plan()
    {
        var turns = Turns(Bond.Members);
        return new ForwardingPlan
        {
            Rule = RuleFor(turns, TransmitRule.RoundRobin),
            PacketsPerMember = Bond.Options.PacketsPerMember,
            Transmit = turns,
            GroupSlot = Bond.Active is { CanTransmit: true } active ? active.Slot : -1,
            Queues = Queues,
            Deliver = AllSlots,
        };
    }

    // Every member has a turn; the turn of a member that cannot carry frames goes to the next that can.
    private static ImmutableArray<byte> Turns(IReadOnlyList<Member> members)
    {
        var turns = ImmutableArray.CreateBuilder<byte>(members.Count);
        for (var turn = 0; turn < members.Count; turn++)
        {
            for (var step = 0; step < members.Count; step++)
            {
                var candidate = members[(turn + step) % members.Count];
                if (candidate.CanTransmit)
                {
                    turns.Add((byte)candidate.Slot);
                    break;
                }
            }
        }
        return turns.DrainToImmutable();
    }
}
