using Tandem.Core.Modes;
using Tandem.Core.Monitoring;
using Tandem.Core.Options;

namespace Tandem.Core;

// From the state of the links to what the host is told. Every input ends in Settle, which works out everything anew and passes on
// only what changed, so that no order of inputs can leave half of a decision behind.
public sealed partial class Bond
{
    private string? _reselectReason;
    private bool _forcePrimary;

    // Judges a link and notes what follows from it; Settle draws the conclusions.
    private void Observe(Member member, LinkStatus status, long now)
    {
        var since = member.StateSince;
        var before = member.State;
        if (status.IsRunning != member.Link.IsRunning)
            Watch(now);
        member.Link = status;
        if (!_probes.Decides && LinkPolicy.Judge(member, Options, now))
            LinkMoved(member, before, (now - since) / Clock.Millisecond, now);
    }

    private void LinkMoved(Member member, LinkState before, long milliseconds, long now)
    {
        switch (member.State)
        {
            case LinkState.Failing:
                Report(now, EventKind.LinkFailing, member, $"{LossOf(member)}; given up in {Options.DownDelay} ms unless it returns");
                break;
            case LinkState.Returning:
                Report(
                    now,
                    EventKind.LinkReturning,
                    member,
                    $"the link is back; used in {WaitOf(member, now)} ms if it holds{DampingOf(member, now)}"
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

    // A link that came up is a reason to choose anew only if it could win: the driver's rule.
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
        // What is told to a partner is true by now.
        Mode.PlanIsOut(now);
        SettleSpeed();
        SettleCarrier(now);
        if (CanAnnounce)
            _announcements.Advance(Host, Active!.Slot, Options, now);
        PassOnReports();
    }

    // With nothing else to carry traffic, waiting for a link to prove itself only prolongs the outage.
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
        LinkPolicy.EndWait(first, now);
        Report(now, EventKind.LinkUp, first, $"used {early} ms before its wait ends: no other member has a link");
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

    // Neighbours are told anew where the bond's addresses are, at the end of this Settle for the first time.
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

    // The plan goes out before anything else is done about a failover: from that moment frames flow again.
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
        // A member that is tried is one that receives.
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
