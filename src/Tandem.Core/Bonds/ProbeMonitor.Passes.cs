using Tandem.Core.Monitoring;
using Tandem.Core.Options;

namespace Tandem.Core.Bonds;

// A pass: count frames, judge links, act, then send probes.
internal sealed partial class ProbeMonitor
{
    /// <summary>Judges all links by the evidence so far. Afterwards the bond settles and calls <see cref="Probe"/>.</summary>
    public void Judge(long now)
    {
        var before = _clock.Read(now, 0);
        var at = _clock.Pass(now, Interval);
        // Keeps the rhythm, unless the next pass would be due at once.
        _nextPass = now - _nextPass < Interval / 2 ? _nextPass + Interval : now + Interval;
        Span<ProbeVerdict> verdicts = stackalloc ProbeVerdict[bond.Members.Count];
        var policy = new ProbePolicy(at, Interval, bond.Options.ArpMissedMax);
        for (var i = 0; i < verdicts.Length; i++)
        {
            var member = bond.Members[i];
            CountFrames(member, Math.Max(before, at - Interval));
            verdicts[i] = VerdictOn(member, policy, now);
        }
        for (var i = 0; i < verdicts.Length; i++)
            CarryOut(bond.Members[i], verdicts[i], policy, now);
        TellOfStrangers(policy, now);
        TellOfRoutes(at, now);
    }

    /// <summary>Sends probes: on the active member, on one candidate after another if there is none, or on all members that carry
    /// traffic.</summary>
    public void Probe(long now)
    {
        var at = _clock.Read(now, Interval);
        _nextRetry = Clock.Never;
        if (!bond.Mode.ElectsActive)
        {
            foreach (var member in bond.Members)
            {
                member.Evidence.IsUnsent = false;
                if (member.Link.IsRunning)
                    SendOn(member, at, now);
            }
            return;
        }
        foreach (var member in bond.Members)
            member.Evidence.IsUnsent = false;
        if (bond.Active is { } active)
        {
            Candidate = null;
            SendOn(active, at, now);
        }
        else
        {
            TryNext(at, now);
        }
    }

    private ProbeVerdict VerdictOn(Member member, in ProbePolicy policy, long now)
    {
        var evidence = member.Evidence;
        var facts = new ProbeFacts(member.State, IsActive(member), evidence.TrustedSince, evidence.Sent, HeardOf(member));
        var verdict = bond.Mode.ElectsActive ? policy.InActiveBackup(facts, Candidate is not null) : policy.InBalancing(facts);
        return verdict == ProbeVerdict.Up ? Damped(member, policy.Now, now) : verdict;
    }

    // A flapping link must answer for its hold time, unless no other member is up.
    private ProbeVerdict Damped(Member member, long at, long now)
    {
        var evidence = member.Evidence;
        var hold = bond.HasOtherUp(member) ? member.Damping.Hold(bond.Options, now) : 0;
        if (evidence.ProvenSince == ProbeEvidence.Never)
        {
            evidence.ProvenSince = at;
            if (hold > 0)
                bond.ProbesHold(member, hold, now);
        }
        return at - evidence.ProvenSince >= hold ? ProbeVerdict.Up : ProbeVerdict.Stay;
    }

    private void CarryOut(Member member, ProbeVerdict verdict, in ProbePolicy policy, long now)
    {
        if (verdict != ProbeVerdict.Up && member.State != LinkState.Up && !policy.IsWithin(HeardOf(member), 1))
            member.Evidence.ProvenSince = ProbeEvidence.Never;
        switch (verdict)
        {
            case ProbeVerdict.Up:
                member.Evidence.ProvenSince = ProbeEvidence.Never;
                bond.ProbesFound(member, LinkState.Up, HeardWords(member), now);
                Candidate = null;
                break;
            case ProbeVerdict.Down:
                bond.ProbesFound(member, LinkState.Down, MissedWords(member, policy), now);
                break;
            case ProbeVerdict.Failed:
                bond.ProbesTry(member, LinkState.Failing, now);
                break;
            default:
                break;
        }
    }

    // The next member that has carrier. A member without carrier that still counts as up is set down on the way.
    private void TryNext(long at, long now)
    {
        var members = bond.Members;
        var isFirst = Candidate is null;
        var start = Candidate is { } last ? IndexOf(last) + 1 : 0;
        Candidate = null;
        for (var step = 0; step < members.Count && Candidate is null; step++)
        {
            var member = members[(start + step) % members.Count];
            if (member.Link.IsRunning)
                Candidate = member;
            else if (member.State == LinkState.Up)
                bond.ProbesFound(member, LinkState.Down, "it has no carrier", now);
        }
        if (Candidate is not { } candidate)
            return;
        if (isFirst)
            TellOfSearch(now);
        bond.ProbesTry(candidate, LinkState.Returning, now);
        candidate.Evidence.TrustedSince = at;
        SendOn(candidate, at, now);
    }

    private int IndexOf(Member member)
    {
        for (var i = 0; i < bond.Members.Count; i++)
        {
            if (bond.Members[i] == member)
                return i;
        }
        return -1;
    }

    private void SendOn(Member member, long at, long now)
    {
        member.Evidence.IsUnsent = !_sender.Send(member, _targets);
        if (member.Evidence.IsUnsent)
            _nextRetry = now + Interval / Retries;
        else
            member.Evidence.Sent = at;
    }

    // Where answers are not validated, any frame counts. A frame since the last pass is dated to the start of the interval.
    private void CountFrames(Member member, long since)
    {
        var count = bond.Host.FramesReceived(member.Slot);
        if (count > member.Evidence.FramesCounted && !bond.Options.ArpValidate.Filters())
            member.Evidence.Heard = Math.Max(member.Evidence.Heard, since);
        member.Evidence.FramesCounted = count;
    }
}
