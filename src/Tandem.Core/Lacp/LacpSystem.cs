using Tandem.Core.Bonds;
using Tandem.Core.Pacing;

namespace Tandem.Core.Lacp;

/// <summary>
/// LACP of one bond (802.1AX-2020, clause 6): its ports, and the order in which their machines step. No I/O. Link changes come first,
/// then received frames, then timers: a frame that waited in the socket counts before a timer that ended meanwhile.
/// </summary>
/// <remarks>
/// The caller delivers frames that have arrived (<see cref="Bond.FrameReceived"/>) before it lets time pass (<see cref="Bond.Advance"/>).
/// Only the latter lets timers end.
/// </remarks>
public sealed partial class LacpSystem
{
    // After a wake-up this much later than the deadline, received frames may still wait unread; timers get a grace period.
    private const long PauseThreshold = 250 * Clock.Millisecond;
    private const long PauseGrace = 50 * Clock.Millisecond;
    private const long SpeedSettleTime = 1 * Clock.Second;
    private const int MaxRounds = 64;

    private readonly List<LacpPort> _ports = [];
    private readonly IBondHost _host;
    private readonly Action<EventKind, Member?, string> _report;
    private readonly Fallback _fallback = new();
    private EventBudget _events;
    private int _nextAggregator = 1;

    internal LacpSystem(IBondHost host, Action<EventKind, Member?, string> report, LacpSettings settings)
    {
        (_host, _report, Settings) = (host, report, settings);
        Watch = new LacpWatch(this);
    }

    /// <summary>Our system identifier.</summary>
    public SystemId Id => Settings.System;

    /// <summary>The ports, in the order of the members.</summary>
    public IReadOnlyList<LacpPort> Ports => _ports;

    /// <summary>The group that carries traffic, or would if its links were up; null if no partner is known.</summary>
    public Aggregator? Active { get; private set; }

    /// <summary>The port that lacp_fallback uses while no partner answers; null if none.</summary>
    public LacpPort? FallbackPort => _fallback.Port;

    /// <summary><see cref="Ports"/> as a list, which can be enumerated without allocating.</summary>
    internal List<LacpPort> PortList => _ports;

    internal LacpSettings Settings { get; private set; }

    internal LacpWatch Watch { get; }

    internal LagId? ActiveLag { get; private set; }

    internal long HoldEnds { get; set; } = Clock.Never;

    /// <summary>The time of the current step, in monotonic ns.</summary>
    internal long Now { get; private set; }

    /// <summary>Timers whose end is at this time or earlier have ended.</summary>
    internal long TimerTime { get; private set; } = long.MinValue;

    /// <summary>How early periodic LACPDUs are sent, in thousandths of the period. Conformance tests set it to 0, since they count whole
    /// periods.</summary>
    internal int PeriodicLead { get; set; } = PeriodicMachine.UsualLead;

    internal bool SelectionIsDue { get; set; }

    /// <summary>The forwarding plan must be computed again.</summary>
    internal bool PlanIsDue { get; set; }

    internal long NextDeadline
    {
        get
        {
            var next = Math.Min(Math.Min(HoldEnds, _fallback.Due), Watch.NextDeadline);
            for (var i = 0; i < _ports.Count; i++)
                next = Math.Min(next, _ports[i].NextDeadline);
            return next;
        }
    }

    internal LacpPort AddPort(Member member, long now)
    {
        Now = now;
        if (_ports.Count == 0)
            _nextAggregator = 1;
        var port = new LacpPort(this, member, NextNumber(), _nextAggregator++);
        _ports.Add(port);
        SelectionIsDue = PlanIsDue = true;
        return port;
    }

    /// <summary>
    /// Continues a port of the previous service, as if the partner's last LACPDU came now and with all machines in their previous states.
    /// The first LACPDU sent then equals the last one before, and a port on standby or in wait-to-restore stays there.
    /// </summary>
    internal void TakeOver(LacpPort port, LacpMemory memory, long now)
    {
        Now = now;
        if (memory.Number != 0 && !_ports.Exists(other => other != port && other.Number == memory.Number))
            port.Number = memory.Number;
        ObserveLink(port, isUp: true);
        if (!port.IsEnabled && memory.Key != 0)
            port.Key = memory.Key;
        port.Begin = false;
        ReceiveMachine.TakeOver(this, port, memory);
        port.NeedToTransmit = true;
        if (memory.Selected == Selection.Unselected)
            return;
        port.SelectedLag = port.Lag;
        // State files without a key come from a version that stored every port with a partner as selected.
        if (memory.Key != 0)
            ActiveLag ??= port.Lag;
        port.Select(memory.Selected, "taken over from the previous service");
        // The wait for other ports is over by now.
        port.WaitWhile = long.MinValue;
        port.Enter(memory.Mux, "taken over from the previous service");
    }

    /// <summary>Removes a port. <see cref="SayFarewell"/> tells its partner once the plan no longer contains the port.</summary>
    internal void RemovePort(LacpPort port)
    {
        _ports.Remove(port);
        SelectionIsDue = PlanIsDue = true;
    }

    internal void SayFarewell(LacpPort port, long now)
    {
        Now = now;
        TransmitMachine.SendFarewell(this, port);
    }

    internal void Configure(LacpSettings settings, long now)
    {
        if (settings == Settings)
            return;
        var before = Settings;
        (Settings, Now) = (settings, now);
        foreach (var port in _ports)
        {
            port.NeedToTransmit = true;
            if (settings.System != before.System)
                port.Select(Selection.Unselected, "our system identifier changed");
            if (settings.UserKey != before.UserKey)
                TakeKey(port, "our key changed");
            if (!settings.Pinned.IsZero && !port.IsDefaulted && port.Partner.System.Address != settings.Pinned)
                port.Begin = true;
        }
        SelectionIsDue = PlanIsDue = true;
    }

    internal bool Contains(LacpPort port) => _ports.Contains(port);

    internal int CountDistributing()
    {
        var count = 0;
        foreach (var port in _ports)
            count += port.IsDistributing ? 1 : 0;
        return count;
    }

    /// <summary>Starts or ends the drain of a port.</summary>
    internal void Drain(LacpPort port, bool on, long now, bool isRestored)
    {
        Now = now;
        if (on && !port.Drain.IsRequested)
        {
            port.Drain.Begin(port.Mux == MuxState.Distributing, now);
            // The previous service has reported a drain that was complete.
            port.Drain.IsToBeTold = !isRestored || port.Mux != MuxState.Detached;
        }
        else if (!on)
            port.Drain.End();
        SelectionIsDue = PlanIsDue = true;
    }

    /// <summary>Applies a changed port priority: the partner is told, and ports are ranked again.</summary>
    internal void PortPriorityChanged(LacpPort port)
    {
        port.NeedToTransmit = true;
        SelectionIsDue = true;
    }

    /// <summary>Sets the time, and lets timers end that are due.</summary>
    internal void LetTimePass(long now)
    {
        var lateness = now - NextDeadline;
        (Now, TimerTime) = (now, now);
        if (lateness <= PauseThreshold)
            return;
        foreach (var port in _ports)
        {
            if (port.CurrentWhile <= now)
                port.CurrentWhile = now + PauseGrace;
        }
    }

    /// <summary>Steps all machines until none moves. Sends nothing: the new plan must be published first.</summary>
    internal void Evaluate(long now, bool isUp)
    {
        Now = now;
        foreach (var port in _ports)
            ObserveLink(port, isUp);
        for (var round = 0; round < MaxRounds; round++)
        {
            var moved = false;
            foreach (var port in _ports)
                moved |= StepPort(port);
            if (SelectionIsDue || HoldEnds <= TimerTime)
            {
                SelectionIsDue = false;
                SelectionLogic.Run(this);
                moved |= SelectionIsDue;
            }
            foreach (var port in _ports)
            {
                while (MuxMachine.Step(this, port))
                    moved = true;
            }
            if (!moved)
                break;
        }
        _fallback.Step(this);
        foreach (var port in _ports)
        {
            ChurnMachine.Step(this, port);
            while (PeriodicMachine.Step(this, port)) { }
            TellIfDrained(port);
        }
        Watch.Grouped();
    }

    /// <summary>Sends the LACPDUs that are due.</summary>
    internal void Transmit(long now)
    {
        Now = now;
        foreach (var port in _ports)
            TransmitMachine.Step(this, port);
    }

    internal void StoreLacpdu(LacpPort port, ReadOnlySpan<byte> frame, long due) => _host.StoreLacpdu(port.Member.Slot, frame, due);

    internal bool Send(LacpPort port, ReadOnlySpan<byte> frame) => _host.SendControl(port.Member.Slot, frame);

    internal void Activate(Aggregator? group)
    {
        Active = group;
        if (group is null || ActiveLag == group.Lag)
            return;
        ActiveLag = group.Lag;
        PlanIsDue = true;
        if (!_events.Take(Now))
            return;
        ReportAlways(
            EventKind.LacpAggregator,
            null,
            $"group {group.Id} carries the traffic: partner {group.Lag.Partner}, key {group.Lag.PartnerKey}, {group.UsablePorts} {(group.UsablePorts == 1 ? "link" : "links")}"
        );
    }

    internal void EndLinger(LacpPort port)
    {
        port.LingerEnds = Clock.Never;
        PlanIsDue = true;
    }

    /// <summary>Reports an event of a port, unless its event rate limit is exceeded.</summary>
    internal void Report(EventKind kind, LacpPort? port, string reason)
    {
        if (port is not null && !port.Events.Take(Now))
            port.Counters.Add(LacpCounter.EventsSuppressed);
        else
            ReportAlways(kind, port, reason);
    }

    internal void ReportAlways(EventKind kind, LacpPort? port, string reason) => _report(kind, port?.Member, reason);

    private bool StepPort(LacpPort port)
    {
        var moved = false;
        if (port.Storm.TakePending(TimerTime, out var pdu))
            Accept(port, pdu);
        while (ReceiveMachine.Step(this, port))
            moved = true;
        if (port.ProbeEnds <= TimerTime)
        {
            port.ProbeEnds = Clock.Never;
            port.Partner = port.Partner with { State = LacpState.None };
        }
        if (port.Drain.Step(TimerTime, Now))
            SelectionIsDue = moved = true;
        if (
            port.LingerEnds != Clock.Never
            && (port.LingerEnds <= TimerTime || port is not { IsEnabled: true, Receive: ReceiveState.Current })
        )
            EndLinger(port);
        return moved;
    }

    private void TellIfDrained(LacpPort port)
    {
        if (!port.Drain.IsToBeTold || port.DrainPhase != DrainPhase.Drained)
            return;
        port.Drain.IsToBeTold = false;
        // Not rate-limited: the user who asked for the drain waits for this event.
        ReportAlways(EventKind.LacpDrained, port, "drained: it carries no traffic any more");
    }

    private void ObserveLink(LacpPort port, bool isUp)
    {
        var member = port.Member;
        var enabled = isUp && member.Link.IsRunning && member.State == LinkState.Up;
        if (enabled != port.IsEnabled)
        {
            port.IsEnabled = enabled;
            SelectionIsDue = PlanIsDue = true;
            if (enabled)
                TakeSpeed(port);
        }
        else if (enabled && (port.Key != KeyOf(member.Link) || port.IsLacpEnabled != (member.Link.Duplex != Duplex.Half)))
        {
            // A device that renegotiates may report several speeds within a moment.
            if (port.SpeedSettles == Clock.Never)
                port.SpeedSettles = Now + SpeedSettleTime;
            if (port.SpeedSettles <= TimerTime)
                TakeSpeed(port);
        }
        else
        {
            port.SpeedSettles = Clock.Never;
        }
    }

    private void TakeSpeed(LacpPort port)
    {
        port.SpeedSettles = Clock.Never;
        var mayLacp = port.Member.Link.Duplex != Duplex.Half;
        if (port.IsLacpEnabled && !mayLacp)
        {
            // Without a farewell the partner would send into this unused link until its timer expires.
            if (port.Receive != ReceiveState.PortDisabled && TransmitMachine.MayTransmit(this, port))
                port.OwedFarewell = port.Partner;
            Report(EventKind.LacpMismatch, port, "the link is half duplex: it cannot be aggregated");
        }
        port.IsLacpEnabled = mayLacp;
        TakeKey(port, "its speed or duplex changed");
    }

    private void TakeKey(LacpPort port, string reason)
    {
        var key = KeyOf(port.Member.Link);
        if (key == port.Key)
            return;
        port.Key = key;
        port.NeedToTransmit = true;
        port.Select(Selection.Unselected, reason);
        SelectionIsDue = true;
    }

    private ushort KeyOf(LinkStatus link) => PortKey.Compose(Settings.UserKey, link.SpeedMbps, link.Duplex);

    // One more than the last port's number, as the driver counts; after 65535 the lowest free number.
    private ushort NextNumber()
    {
        if (_ports.Count == 0)
            return 1;
        if (_ports[^1].Number < ushort.MaxValue)
            return (ushort)(_ports[^1].Number + 1);
        ushort number = 1;
        while (_ports.Exists(port => port.Number == number))
            number++;
        return number;
    }
}
