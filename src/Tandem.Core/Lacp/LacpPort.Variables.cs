using Tandem.Core.Pacing;

namespace Tandem.Core.Lacp;

// What the machines keep and nobody else needs. Timers are the times at which they end; Clock.Never for one that does not run.
public sealed partial class LacpPort
{
    private readonly byte[] _lastSent = new byte[SlowProtocols.FrameLength];
    private int _lastSentLength;

    /// <summary>BEGIN: the port starts anew.</summary>
    internal bool Begin { get; set; } = true;

    /// <summary>The partner of this port, whose link is down, was heard on another port (port_moved).</summary>
    internal bool HasMoved { get; set; }

    /// <summary>Something is to be told (NTT).</summary>
    internal bool NeedToTransmit { get; set; }

    /// <summary>The partner is given up (current_while_timer).</summary>
    internal long CurrentWhile { get; set; } = Clock.Never;

    /// <summary>The next LACPDU is due (periodic_timer).</summary>
    internal long PeriodicTimer { get; set; } = Clock.Never;

    /// <summary>The wait for others is over (wait_while_timer).</summary>
    internal long WaitWhile { get; set; } = Clock.Never;

    /// <summary>The link has proved itself (WTR_timer).</summary>
    internal long RestoreTimer { get; set; } = Clock.Never;

    /// <summary>Ports that carried traffic when the link came back; if they become fewer, it is needed.</summary>
    internal int RestorePeers { get; set; }

    internal long ActorChurnTimer { get; set; } = Clock.Never;

    internal long PartnerChurnTimer { get; set; } = Clock.Never;

    /// <summary>A silent partner is no longer asked for LACPDUs each second.</summary>
    internal long ProbeEnds { get; set; } = Clock.Never;

    /// <summary>A new speed is taken for true.</summary>
    internal long SpeedSettles { get; set; } = Clock.Never;

    /// <summary>Frames that the partner sent before it knew that we leave are no longer expected.</summary>
    internal long LingerEnds { get; set; } = Clock.Never;

    /// <summary>The partner that is to hear that this port takes no part in LACP any more; null if there is none.</summary>
    internal PortInfo? OwedFarewell { get; set; }

    /// <summary>The times of the last three LACPDUs, of which the oldest comes next.</summary>
    internal TransmitWindow Window = new();

    internal DrainState Drain = new();

    internal StormGuard Storm = new();

    internal EventBudget Events;

    internal LacpAlarms Alarms;

    /// <summary>Markers answered in the last second.</summary>
    internal RateLimit MarkerLimit = new(MarkerResponder.Most);

    /// <summary>LACPDUs that may be missed, as the partner asks.</summary>
    internal byte RetryCount { get; set; } = Lacpdu.DefaultRetryCount;

    /// <summary>Since when the partner's view of us is wrong.</summary>
    internal long UnseenSince { get; set; } = Clock.Never;

    /// <summary>When the carrier may be read anew because an LACPDU came without one.</summary>
    internal long NextRecheck { get; set; }

    internal bool ToldMismatch { get; set; }

    /// <summary>When the partner was last heard since the link came up.</summary>
    internal long HeardOnThisLink { get; set; } = Clock.Never;

    /// <summary>LACPDUs in a row that came far later than asked for.</summary>
    internal int LateInARow { get; set; }

    /// <summary>Why the last LACPDU that was refused was so, and when it came.</summary>
    internal (LacpRefusal Why, long Time) LastRefusal { get; private set; }

    /// <summary>The group as which it was selected.</summary>
    internal LagId SelectedLag { get; set; }

    internal Aggregator OwnAggregator { get; }

    /// <summary>It hears a partner now.</summary>
    internal bool IsUsable => IsEnabled && Receive == ReceiveState.Current && !Drain.IsRequested;

    internal LagId Lag => new(Partner.System, Partner.Key, Key, Partner.IsAggregatable ? (ushort)0 : Number);

    internal long NextDeadline
    {
        get
        {
            var next = Math.Min(Math.Min(CurrentWhile, PeriodicTimer), Math.Min(RestoreTimer, ProbeEnds));
            next = Math.Min(next, Math.Min(ActorChurnTimer, PartnerChurnTimer));
            next = Math.Min(next, Math.Min(SpeedSettles, LingerEnds));
            next = Math.Min(next, Math.Min(Drain.NextDeadline, Storm.PendingDue));
            // A wait that is over may go on for the sake of others.
            if (Mux == MuxState.Waiting && WaitWhile > _system.TimerTime)
                next = Math.Min(next, WaitWhile);
            return NeedToTransmit && TransmitMachine.MayTransmit(_system, this) ? Math.Min(next, Window.OpensAt) : next;
        }
    }

    internal void Enter(ReceiveState state, string reason)
    {
        Moved(LacpMachine.Receive, (byte)Receive, (byte)state, reason);
        (Receive, ReceiveSince) = (state, _system.Now);
    }

    internal void Enter(MuxState state, string reason)
    {
        Moved(LacpMachine.Mux, (byte)Mux, (byte)state, reason);
        _system.PlanIsDue |= Mux.Collects() || state.Collects();
        // Nobody may go on saying that the link carries traffic.
        if (Mux.Collects() && !state.Collects())
            _system.KeepAnswer(this, [], Clock.Never);
        (Mux, MuxSince) = (state, _system.Now);
    }

    internal void Select(Selection selection, string reason)
    {
        if (Selected == selection)
            return;
        Moved(LacpMachine.Selection, (byte)Selected, (byte)selection, reason);
        Selected = selection;
    }

    internal void Refuse(LacpRefusal why) => LastRefusal = (why, _system.Now);

    internal void KeepSent(ReadOnlySpan<byte> frame)
    {
        frame.CopyTo(_lastSent);
        _lastSentLength = frame.Length;
    }

    // Whatever moves may have a say in which links are selected.
    private void Moved(LacpMachine machine, byte from, byte to, string reason)
    {
        if (from != to)
            Transitions.Add(new LacpTransition(_system.Now, machine, from, to, reason));
        _system.SelectionIsDue = true;
    }
}
