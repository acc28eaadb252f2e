using Tandem.Core.Monitoring;

namespace Tandem.Core;

// What probes find out about links.
public sealed partial class Bond
{
    private readonly ProbeMonitor _probes;

    /// <summary>Whether a link that has to prove itself is used early if no other member has one: where carriers decide.</summary>
    internal bool EndsWaits => !_probes.Decides;

    /// <summary>Whether any other member has a link.</summary>
    internal bool HasOtherUp(Member member)
    {
        foreach (var other in _members)
        {
            if (other != member && other.State == LinkState.Up)
                return true;
        }
        return false;
    }

    /// <summary>Takes in that probes found a link up or down.</summary>
    internal void ProbesFound(Member member, LinkState state, string why, long now)
    {
        LinkPolicy.Take(member, state, Options, now);
        if (state == LinkState.Up)
        {
            Report(now, EventKind.LinkUp, member, $"the link is up: {why}");
            ConsiderRisen(member);
            return;
        }
        member.LinkFailures++;
        Report(now, EventKind.LinkDown, member, why);
        if (member == Active)
            RequestReselection($"{member.Name}: {why}");
    }

    /// <summary>Takes in that a link which flaps proves itself, and has to for a while.</summary>
    internal void ProbesHold(Member member, long hold, long now) =>
        Report(
            now,
            EventKind.LinkReturning,
            member,
            $"the link proves itself; used in {hold / Clock.Millisecond} ms if it goes on{DampingOf(member, now)}"
        );

    /// <summary>Takes in that a member is tried, or was tried in vain: passing states, of which nothing is told.</summary>
    internal void ProbesTry(Member member, LinkState state, long now) => LinkPolicy.Take(member, state, Options, now);

    /// <summary>Takes in that probes decide about links from now on, or their carrier does.</summary>
    internal void ProbesDecide(bool probes, long now)
    {
        foreach (var member in _members)
        {
            // No delay is running any more, and nobody is tried.
            if (member.State is LinkState.Failing or LinkState.Returning)
                LinkPolicy.Take(member, LinkState.Down, Options, now, isLoss: false);
            if (!probes)
                Observe(member, member.Link, now);
        }
    }

    private bool IsDelayed(Member member) => !_probes.Decides && member.State is (LinkState.Failing or LinkState.Returning);
}
