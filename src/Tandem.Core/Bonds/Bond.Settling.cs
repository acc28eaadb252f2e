using Tandem.Core.Monitoring;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

// From link states to what the host is told. Every input ends in Settle, which recomputes everything and publishes only what changed, so
// that no order of inputs leaves a decision half done.
public sealed partial class Bond
{
    private string? _reselectReason;
    private bool _forcePrimary;

    // Applies a link status and records its consequences for Settle.
    private void Observe(Member member, LinkStatus status, long now)
    {
        var since = member.Monitored.StateSince;
        var before = member.State;
        if (status.IsRunning != member.Link.IsRunning)
            Watch(now);
        member.Monitored.Status = status;
        if (!_probes.Decides && LinkPolicy.Judge(member.Monitored, Options, now))
            LinkMoved(member, before, (now - since) / Clock.Millisecond, now);
    }

    private void LinkMoved(Member member, LinkState before, long milliseconds, long now)
    {
        switch (member.State)
        {
            case LinkState.Failing:
                Report(now, EventKind.LinkFailing, member, $"{LossOf(member)}; down in {Options.DownDelay} ms unless it returns");
                break;
            case LinkState.Returning:
                Report(
                    now,
                    EventKind.LinkReturning,
                    member,
                    $"the link is back; used in {WaitOf(member, now)} ms if it stays up{DampingOf(member, now)}"
                );
                break;
            case LinkState.Down:
                member.LinkFailures++;
                Report(
                    now,
                    EventKind.LinkDown,
                    member,
                    before == LinkState.Returning ? $"{LossOf(member)} again after {milliseconds} ms" : LossOf(member)
                );
                if (member == Active)
                    RequestReselection($"{member.Name}: {LossOf(member)}");
                break;
            default:
                Report(
                    now,
                    EventKind.LinkUp,
                    member,
                    before == LinkState.Failing
                        ? $"the link is back after {milliseconds} ms, within the down delay"
                        : $"the link is up, {Describe(member.Link)}"
                );
                ConsiderRisen(member);
                break;
        }
    }

    // The driver's rule: a link that came up triggers a reselection only if the member could win it.
    private void ConsiderRisen(Member member)
    {
        if (Active is null)
            RequestReselection($"{member.Name} is the first with a link");
        else if (member == Primary)
            RequestReselection(
                $"{member.Name} is the primary, primary_reselect is {Options[BondOptions.Known.PrimaryReselect].Format(BondOptions.Known.PrimaryReselect)}"
            );
        else if (member.Priority > Active.Priority)
            RequestReselection($"{member.Name} has a link, and a higher prio than {Active.Name}");
    }

    private void RequestReselection(string reason) => _reselectReason ??= reason;

    private void Settle(long now)
    {
        if (IsRestoring)
        {
            PassOnReports();
            return;
        }
        EndWaitIfIdle(now);
        Mode.Settle(now);
        if (Mode.NamesSpeaker)
        {
            _reselectReason = null;
            TakeSpeaker(Mode.Speaker, now);
            SettlePlan();
        }
        else if (_reselectReason is { } reason)
        {
            var forced = _forcePrimary;
            _reselectReason = null;
            _forcePrimary = false;
            SwitchTo(ActiveMemberSelection.Choose(_members, Active, Primary, forced, Options.PrimaryReselect), reason, now);
        }
        else
        {
            SettlePlan();
        }
        // The plan is published: what partners are told from here on is true.
        Mode.PlanIsOut(now);
        SettleSpeed();
        SettleCarrier(now);
        if (CanAnnounce)
            _announcements.Advance(Host, Active!.Slot, Options, now);
        PassOnReports();
    }

    // A delay of a returning link only prolongs the outage if no other member has a link.
    private void EndWaitIfIdle(long now)
    {
        if (
            !EndsWaits
            || _members.Exists(member => member.State == LinkState.Up)
            || (Mode.ElectsActive && Active is { State: LinkState.Failing })
        )
            return;
        if (ActiveMemberSelection.FirstReturning(_members) is not { } first)
            return;
        var early = WaitOf(first, now);
        LinkPolicy.EndWait(first.Monitored, now);
        Report(now, EventKind.LinkUp, first, $"used {early} ms before its delay ends: no other member has a link");
        ConsiderRisen(first);
    }

    private void TakeSpeaker(Member? speaker, long now)
    {
        if (speaker == Active)
            return;
        Active = speaker;
        if (Active is not null && IsUp)
            _announcements.Begin(Options, PeerAnnouncement.None, now, isDamped: true);
    }

    // Announces the bond's addresses to its neighbours again, for the first time at the end of this Settle.
    internal void TellNeighbors(long now)
    {
        if (IsUp)
            _announcements.TellPeers(Options, now);
    }

    private void SwitchTo(Member? next, string reason, long now)
    {
        var previous = Active;
        Active = next;
        Mode.ActiveChanges(next);
        SettlePlan();
        if (next == previous)
            return;
        if (next is not null)
            _probes.Activated(next, now);
        if (Mode.ElectsActive)
        {
            Report(
                now,
                EventKind.ActiveChanged,
                next,
                next is null ? $"no active member any more ({reason})" : $"the active member now ({reason})"
            );
            MoveAddress(previous, next, now);
            Mode.ActiveChanged(previous, next, now);
        }
        if (next is not null && IsUp)
            _announcements.Begin(Options, Mode.Announces, now);
    }

    // Publishes the plan before anything else is done about a failover: from that moment frames flow again.
    private void SettlePlan()
    {
        foreach (var member in _members)
        {
            var carried = member.IsActiveState;
            member.IsActiveState = Mode.MayTransmit(member);
            if (carried != member.IsActiveState)
                Mode.TrafficChanged(member, member.IsActiveState);
        }
        var plan = Mode.Plan();
        // A member that is being tried must also receive.
        var tried = _probes.Candidate is { } candidate ? 1UL << candidate.Slot : 0;
        plan = plan with { Hears = plan.Hears | _probes.Hears, Deliver = plan.Deliver | tried };
        if (plan.SameAs(Plan))
            return;
        Plan = plan with { Generation = Plan.Generation + 1 };
        Host.Publish(Plan);
    }

    private void SettleSpeed()
    {
        var carrying = _members.Where(member => member.CanTransmit).Select(member => member.Link).ToList();
        var speed = Mode.Speed(carrying.Where(link => link.SpeedMbps != 0).Select(link => link.SpeedMbps));
        var duplex = carrying.Where(link => link.Duplex != Duplex.Unknown).Select(link => link.Duplex).FirstOrDefault(Duplex.Unknown);
        if (speed == SpeedMbps && duplex == Duplex)
            return;
        (SpeedMbps, Duplex) = (speed, duplex);
        Host.SetSpeed(speed, duplex);
    }

    private static long WaitOf(Member member, long now) => (member.DelayEnds - now) / Clock.Millisecond;

    private string DampingOf(Member member, long now) =>
        member.Damping.Hold(Options, now) > 0
            ? $": lost {member.Damping.Losses} times in a row (flap_limit {Options.FlapLimit} within {Options.FlapWindow} ms)"
            : "";

    private static string LossOf(Member member) => member.Link.IsUp ? "the link lost its carrier" : "the interface was set down";

    private static string Describe(LinkStatus link) =>
        link.SpeedMbps == 0 ? "speed unknown" : $"{link.SpeedMbps} Mbit/s, {link.Duplex.ToString().ToLowerInvariant()} duplex";
}
