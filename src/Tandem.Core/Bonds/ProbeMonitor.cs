using Tandem.Core.Forwarding;
using Tandem.Core.Monitoring;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Core.Bonds;

/// <summary>
/// The ARP and neighbour-solicitation monitor of a bond: sends probes to targets on its members and collects <see cref="ProbeEvidence"/>.
/// <see cref="ProbePolicy"/> judges, and the bond acts. It works in passes, arp_interval apart.
/// </summary>
/// <param name="bond">The bond.</param>
internal sealed partial class ProbeMonitor(Bond bond)
{
    // Number of tries within an interval to send a probe that the device refused.
    private const int Retries = 8;

    private readonly ProbeSender _sender = new(bond.Host);
    private readonly ProbeValidation _validation = new(bond);
    private ProbeTargets _targets = new([], []);
    private ProbeClock _clock;
    private long _nextPass = Clock.Never;
    private long _nextRetry = Clock.Never;
    private bool _asks;

    /// <summary>Whether probes decide about links. Otherwise the carrier decides, also while no target can be probed.</summary>
    public bool Decides { get; private set; }

    /// <summary>The member that is being tried while no member is active; null if none is.</summary>
    public Member? Candidate { get; private set; }

    /// <summary>The targets; null if the monitor is off.</summary>
    public ProbeTargets? Targets => IsOn ? _targets : null;

    /// <summary>Control frames that the monitor receives.</summary>
    public ControlFrameKinds Hears =>
        IsOn
            ? ControlFrameKinds.Arp
                | (HasIp6Targets || bond.Options.ArpValidate.Filters() ? ControlFrameKinds.NeighborDiscovery : ControlFrameKinds.None)
            : ControlFrameKinds.None;

    /// <summary>When a pass or the repetition of a refused probe is due, in monotonic ns.</summary>
    public long NextDeadline => IsRunning ? Math.Min(_nextPass, _nextRetry) : Clock.Never;

    private bool IsOn => bond.Options.ArpInterval > 0;

    private bool IsRunning => _asks && bond.IsUp && bond.Members.Count > 0;

    private bool HasIp6Targets => !bond.Options[BondOptions.Known.NeighborTargets].AddressList.IsEmpty;

    private long Interval => bond.Options.ArpInterval * Clock.Millisecond;

    /// <summary>Whether a pass is due.</summary>
    public bool IsDue(long now) => IsRunning && now >= _nextPass;

    /// <summary>Options changed.</summary>
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
            _targets.TakeWays(bond.Stack.Ways);
            Trust(now);
        }
        if (before.ArpInterval != options.ArpInterval || before.ArpValidate != options.ArpValidate)
            Trust(now);
        Warn(before, now);
        Reconsider(now);
    }

    /// <summary>The state of the host's IP stack on the bond changed.</summary>
    public void StackChanged(long now)
    {
        _targets.TakeWays(bond.Stack.Ways);
        Reconsider(now);
    }

    /// <summary>The bond was set up or down. The probe clock stood still while it was down.</summary>
    public void SetUp(long now)
    {
        _clock.Resume(now);
        _nextPass = now;
        Candidate = null;
    }

    /// <summary>A member joined. A link with carrier is trusted until probes had time, as with the driver.</summary>
    public void Joined(Member member, long now)
    {
        var justTooOld = _clock.Read(now, Interval) - Interval - Clock.Millisecond;
        member.Evidence.Begin(member.State == LinkState.Up ? justTooOld : ProbeEvidence.Never);
        Recount(member);
        if (member.State == LinkState.Up)
            member.Evidence.TrustedSince = _clock.Read(now, Interval);
    }

    /// <summary>A member was restored. Its state is trusted until probes had time.</summary>
    public void Restored(Member member, long now)
    {
        member.Evidence.Begin(member.State == LinkState.Up ? _clock.Read(now, Interval) : ProbeEvidence.Never);
        Recount(member);
    }

    /// <summary>A member left.</summary>
    public void Left(Member member)
    {
        if (Candidate == member)
            Candidate = null;
    }

    /// <summary>A member became the active one.</summary>
    public void Activated(Member member, long now) => member.Evidence.TrustedSince = _clock.Read(now, Interval);

    /// <summary>A member received a control frame. It only becomes evidence; the next pass judges.</summary>
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

    /// <summary>Repeats probes that devices refused.</summary>
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

    // An active member, or one being tried, is proved by a reply of a target. A standby member is proved by the host's own broadcast
    // request, which the switch sends back to it: that proves the link up to the switch. In balancing modes all members send probes, so
    // both count.
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

    // The evidence that counts for a member. arp_all_targets applies only where answers are validated.
    private long HeardOf(Member member)
    {
        var evidence = member.Evidence;
        if (!bond.Options.ArpValidate.Validates(IsActive(member)))
            return Math.Max(evidence.Heard, evidence.Answered);
        return bond.Options.ArpAllTargets && bond.Mode.ElectsActive
            ? _targets.OldestAnswer(evidence) ?? evidence.Answered
            : evidence.Answered;
    }

    // Starts or stops sending probes, and judging by them. Links stay as they are until the paths to the targets are known.
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

    // Starts anew: links that are up stay up until probes had time.
    private void Trust(long now)
    {
        _clock.Resume(now);
        _nextPass = now;
        foreach (var member in bond.Members)
            Restored(member, now);
    }

    private void Recount(Member member) => member.Evidence.FramesCounted = bond.Host.FramesReceived(member.Slot);
}
