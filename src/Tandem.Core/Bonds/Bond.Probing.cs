using Tandem.Core.Monitoring;

namespace Tandem.Core.Bonds;

// Reactions to the results of link probes (ARP, IPv6 neighbour discovery).
public sealed partial class Bond
{
    private readonly ProbeMonitor _probes;

    /// <summary>Whether a delay of a returning link ends early if no other member has a link: only where carriers decide, not
    /// probes.</summary>
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

    /// <summary>Probes found a link up or down.</summary>
    internal void ProbesFound(Member member, LinkState state, string why, long now)
    {
        LinkPolicy.Take(member.Monitored, state, Options, now);
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

    /// <summary>Probes see a flapping link again; it has to answer for a while before it is used.</summary>
    internal void ProbesHold(Member member, long hold, long now) =>
        Report(
            now,
            EventKind.LinkReturning,
            member,
            $"targets answer again; the link is used in {hold / Clock.Millisecond} ms if they keep answering{DampingOf(member, now)}"
        );

    /// <summary>A member is tried, or was tried in vain. A transient state that is not reported.</summary>
    internal void ProbesTry(Member member, LinkState state, long now) => LinkPolicy.Take(member.Monitored, state, Options, now);

    /// <summary>From now on probes decide about links, or carriers do.</summary>
    internal void ProbesDecide(bool probes, long now)
    {
        foreach (var member in _members)
        {
            // Delays and trials end here.
            if (member.State is LinkState.Failing or LinkState.Returning)
                LinkPolicy.Take(member.Monitored, LinkState.Down, Options, now, isLoss: false);
            if (!probes)
                Observe(member, member.Link, now);
        }
    }

    private bool IsDelayed(Member member) => !_probes.Decides && member.State is (LinkState.Failing or LinkState.Returning);
}
