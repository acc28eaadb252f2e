using Tandem.Core.Options;

namespace Tandem.Core.Modes;

/// <summary>Chooses the active member by primary, priority and primary_reselect, as the driver does.</summary>
internal static class ActiveMemberSelection
{
    /// <summary>The member that should be active; null if none can be.</summary>
    /// <param name="members">The members in the order in which they joined.</param>
    /// <param name="current">The active member now.</param>
    /// <param name="primary">The primary, if it is a member.</param>
    /// <param name="forcePrimary">The primary was named just now: it takes over whatever primary_reselect says.</param>
    /// <param name="reselect">When a better member takes over from one that works.</param>
    public static Member? Choose(
        IReadOnlyList<Member> members,
        Member? current,
        Member? primary,
        bool forcePrimary,
        PrimaryReselect reselect
    )
    {
        Member? candidate;
        if (primary is { State: LinkState.Up })
        {
            if (forcePrimary)
                return primary;
            candidate = primary;
        }
        else
        {
            candidate = HighestPriority(members);
        }

        if (current is not { State: LinkState.Up } || candidate is null)
            return candidate;
        return reselect switch
        {
            PrimaryReselect.Always => candidate,
            PrimaryReselect.Better => IsBetter(candidate.Link, current.Link) ? candidate : current,
            _ => current,
        };
    }

    /// <summary>
    /// Who is active if the active member fails, if that one fails too, and so on: each as it would be chosen then, as far as links are what they
    /// are now.
    /// </summary>
    /// <param name="members">The members in the order in which they joined.</param>
    /// <param name="active">The active member.</param>
    /// <param name="primary">The primary, if it is a member.</param>
    /// <param name="mayWaitLess">Whether a member whose up delay runs is used early if no other has a link.</param>
    public static IEnumerable<Member> Standby(IReadOnlyList<Member> members, Member active, Member? primary, bool mayWaitLess)
    {
        var left = members.Where(member => member != active).ToList();
        while (left.Count > 0)
        {
            var next = Choose(
                left,
                null,
                primary is not null && left.Contains(primary) ? primary : null,
                forcePrimary: false,
                PrimaryReselect.Always
            );
            if (next is null && mayWaitLess)
                next = FirstReturning(left);
            if (next is null)
                yield break;
            left.Remove(next);
            yield return next;
        }
    }

    /// <summary>The member whose up delay ends first; null if none runs.</summary>
    public static Member? FirstReturning(IReadOnlyList<Member> members)
    {
        Member? first = null;
        foreach (var member in members)
        {
            if (member.State == LinkState.Returning && (first is null || member.DelayEnds < first.DelayEnds))
                first = member;
        }
        return first;
    }

    // Equal priorities: the first that joined.
    private static Member? HighestPriority(IReadOnlyList<Member> members)
    {
        Member? best = null;
        foreach (var member in members)
        {
            if (member.State == LinkState.Up && (best is null || member.Priority > best.Priority))
                best = member;
        }
        return best;
    }

    private static bool IsBetter(LinkStatus candidate, LinkStatus current) =>
        Comparable(candidate.SpeedMbps) > Comparable(current.SpeedMbps)
        || (candidate.SpeedMbps == current.SpeedMbps && candidate.Duplex == Duplex.Full && current.Duplex == Duplex.Half);

    // A device that does not say its speed counts as the fastest: the driver's rule.
    private static uint Comparable(uint speedMbps) => speedMbps == 0 ? uint.MaxValue : speedMbps;
}
