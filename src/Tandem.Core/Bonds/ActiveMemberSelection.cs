using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

/// <summary>Chooses the active member by primary, priority and primary_reselect, as the driver does.</summary>
internal static class ActiveMemberSelection
{
    /// <summary>Chooses the active member; null if no member can be.</summary>
    /// <param name="members">The members, in the order in which they joined.</param>
    /// <param name="current">The present active member.</param>
    /// <param name="primary">The primary, if it is a member.</param>
    /// <param name="forcePrimary">True if the primary was just set: it takes over regardless of primary_reselect.</param>
    /// <param name="reselect">When a better member replaces a working one.</param>
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
    /// The members that become active one after the other if each fails in turn, provided that links stay as they are.
    /// </summary>
    /// <param name="members">The members, in the order in which they joined.</param>
    /// <param name="active">The active member.</param>
    /// <param name="primary">The primary, if it is a member.</param>
    /// <param name="mayWaitLess">Whether a member's up delay ends early if no other member has a link.</param>
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

    /// <summary>The member whose up delay ends first; null if none is running.</summary>
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

    // Of members with equal priority, the first that joined.
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

    // The driver's rule: a device that does not report its speed counts as the fastest.
    private static uint Comparable(uint speedMbps) => speedMbps == 0 ? uint.MaxValue : speedMbps;
}
