using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Core.Monitoring;

/// <summary>
/// The ARP monitor and the neighbour-solicitation monitor of one bond: asks targets on its members and takes in what comes back
/// (<see cref="ProbeEvidence"/>); a policy judges (<see cref="ProbePolicy"/>), and the bond acts. It works in passes, arp_interval apart.
/// </summary>
/// <param name="bond">The bond.</param>
internal sealed partial class ProbeMonitor(Bond bond)
{
    // What a device did not take is offered again so many times in an interval.
    private const int Retries = 8;

    private readonly ProbeSender _sender = new(bond.Host);
    private readonly ProbeValidation _validation = new(bond);
    private ProbeTargets _targets = new([], []);
    private ProbeClock _clock;
    private long _nextPass = Clock.Never;
    private long _nextRetry = Clock.Never;
    private bool _asks;

    /// <summary>Whether probes decide about links; else their carrier does: also while there is nothing that could be probed.</summary>
    public bool Decides { get; private set; }

    /// <summary>The member that is being tried, because none is active; null if none is.</summary>
    public Member? Candidate { get; private set; }

    /// <summary>The targets, if the monitor is on; null if it is off.</summary>
    public ProbeTargets? Targets => IsOn ? _targets : null;

    /// <summary>The frames that it wants to hear.</summary>
    public ControlFrameKinds Hears =>
        IsOn
            ? ControlFrameKinds.Arp
                | (HasIp6Targets || bond.Options.ArpValidate.Filters() ? ControlFrameKinds.NeighborDiscovery : ControlFrameKinds.None)
            : ControlFrameKinds.None;

    /// <summary>When a pass is due, or what was not taken is offered again.</summary>
    public long NextDeadline => IsRunning ? Math.Min(_nextPass, _nextRetry) : Clock.Never;

    private bool IsOn => bond.Options.ArpInterval > 0;

    private bool IsRunning => _asks && bond.IsUp && bond.Members.Count > 0;

    private bool HasIp6Targets => !bond.Options[BondOptions.Known.NeighborTargets].AddressList.IsEmpty;

    private long Interval => bond.Options.ArpInterval * Clock.Millisecond;

    /// <summary>Whether a pass is due.</summary>
    public bool IsDue(long now) => IsRunning && now >= _nextPass;

    /// <summary>Takes in that options changed.</summary>
    public void Configure(BondOptions before, long now)
    {
        var options = bond.Options;
        if (
            before[BondOptions.Known.ArpTargets] != options[BondOptions.Known.ArpTargets]
            || before[BondOptions.Known.NeighborTargets] != options[BondOptions.Known.NeighborTargets]
        )
        {
            _targets = new ProbeTargets(
                options[BondOptions.Known.ArpTargets].AddressList,
                options[BondOptions.Known.NeighborTargets].AddressList
            );
            _targets.TakeWays(bond.Stack);
            Trust(now);
        }
        if (before.ArpInterval != options.ArpInterval || before.ArpValidate != options.ArpValidate)
            Trust(now);
        Warn(before, now);
        Reconsider(now);
    }

    /// <summary>Takes in what the host's stack has on the bond.</summary>
    public void StackChanged(long now)
    {
        _targets.TakeWays(bond.Stack);
        Reconsider(now);
    }

    /// <summary>Takes in that the bond was set up or down. While it was down nobody asked anything.</summary>
    public void SetUp(long now)
    {
        _clock.Resume(now);
        _nextPass = now;
        Candidate = null;
    }

    /// <summary>Takes in a new member: a link with carrier is trusted, as the driver does, until probes had time.</summary>
    public void Joined(Member member, long now)
    {
        var justTooOld = _clock.Read(now, Interval) - Interval - Clock.Millisecond;
        member.Evidence.Begin(member.State == LinkState.Up ? justTooOld : ProbeEvidence.Never);
        Recount(member);
        if (member.State == LinkState.Up)
            member.Evidence.TrustedSince = _clock.Read(now, Interval);
    }

    /// <summary>Takes in a member that an earlier process left: what it is, it is until probes had time.</summary>
    public void Restored(Member member, long now)
    {
        member.Evidence.Begin(member.State == LinkState.Up ? _clock.Read(now, Interval) : ProbeEvidence.Never);
        Recount(member);
    }

    /// <summary>Takes in that an interface is no member any more.</summary>
    public void Left(Member member)
    {
        if (Candidate == member)
            Candidate = null;
    }

    /// <summary>Takes in that a member is the active one now.</summary>
    public void Activated(Member member, long now) => member.Evidence.TrustedSince = _clock.Read(now, Interval);

    /// <summary>Takes in a frame. Evidence is all that becomes of it: the next pass judges.</summary>
    public void Receive(Member member, ReadOnlySpan<byte> frame, long now)
    {
        if (!IsOn || !NeighborFrame.TryRead(frame, out var read))
            return;
        var at = _clock.Read(now, Interval);
        if (bond.Options.ArpValidate.Filters())
            member.Evidence.Heard = at;
        if (Proves(member, read, at) is var target and >= 0)
        {
            member.Evidence.Answer(target, at);
            if (bond.Options.ArpAllTargets)
                TellOfTwins(_targets.All[target], read.Source, now);
        }
    }

    /// <summary>Sends again what devices did not take.</summary>
    public void Retry(long now)
    {
        if (!IsRunning || now < _nextRetry)
            return;
        _nextRetry = Clock.Never;
        foreach (var member in bond.Members)
        {
            if (member.Evidence.IsUnsent)
                SendOn(member, _clock.Read(now, Interval), now);
        }
    }

    // A reply, on a member that is active or tried; on one that stands by the host's own request, which a switch sends back to it: that
    // proves the link as far as the switch. Where all members carry traffic all are asked, so all may be answered.
    private int Proves(Member member, in NeighborFrame frame, long at)
    {
        if (IsActive(member))
            return _validation.SpeaksToHost(frame, _targets, member);
        if (!bond.Mode.ElectsActive)
            return Math.Max(_validation.SpeaksToHost(frame, _targets, member), _validation.AsksForTarget(frame, _targets));
        if (bond.Active is { } active && HeardOf(active) > active.Evidence.TrustedSince)
            return _validation.AsksForTarget(frame, _targets);
        var policy = new ProbePolicy(at, Interval, 1);
        return Candidate is { } candidate && (!frame.IsArp || frame.IsArpReply) && policy.IsWithin(candidate.Evidence.Sent, 1)
            ? _validation.SpeaksToHost(frame, _targets, member)
            : -1;
    }

    private bool IsActive(Member member) =>
        bond.Mode.ElectsActive ? member == bond.Active || member == Candidate : member.State == LinkState.Up;

    // What counts for a member. Where not all answers are validated, that all targets answer cannot be asked of it.
    private long HeardOf(Member member)
    {
        var evidence = member.Evidence;
        if (!bond.Options.ArpValidate.Validates(IsActive(member)))
            return Math.Max(evidence.Heard, evidence.Answered);
        return bond.Options.ArpAllTargets && bond.Mode.ElectsActive
            ? _targets.OldestAnswer(evidence) ?? evidence.Answered
            : evidence.Answered;
    }

    // Begins or ends to ask, and to decide. Until it is known where the targets are, links stay as they are.
    private void Reconsider(long now)
    {
        var asks = IsOn && _targets.AnyProbed;
        if (asks && !_asks)
            Trust(now);
        _asks = asks;
        var decides = asks || (IsOn && !_targets.AreKnown);
        if (decides == Decides)
            return;
        Decides = decides;
        Candidate = null;
        TellOfBlindness(now);
        bond.ProbesDecide(decides, now);
    }

    // A new beginning: what is up is so until probes had time.
    private void Trust(long now)
    {
        _clock.Resume(now);
        _nextPass = now;
        foreach (var member in bond.Members)
            Restored(member, now);
    }

    private void Recount(Member member) => member.Evidence.FramesCounted = bond.Host.FramesReceived(member.Slot);
}
