using Tandem.Core.Pacing;
using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

// Variables of the state machines that nobody else reads. A timer is the time at which it ends, Clock.Never if it is not running.
public sealed partial class LacpPort
{
    private readonly byte[] _lastSent = new byte[SlowProtocols.FrameLength];
    private int _lastSentLength;

    /// <summary>BEGIN: the port's machines initialize.</summary>
    internal bool Begin { get; set; } = true;

    /// <summary>port_moved: the link is down, and the port's partner was heard on another port.</summary>
    internal bool HasMoved { get; set; }

    /// <summary>NTT: an LACPDU has to be sent.</summary>
    internal bool NeedToTransmit { get; set; }

    /// <summary>current_while_timer: at its end the partner counts as lost.</summary>
    internal long CurrentWhile { get; set; } = Clock.Never;

    /// <summary>periodic_timer: at its end the next LACPDU is due.</summary>
    internal long PeriodicTimer { get; set; } = Clock.Never;

    /// <summary>wait_while_timer: at its end the port no longer waits for other ports of the group.</summary>
    internal long WaitWhile { get; set; } = Clock.Never;

    /// <summary>WTR_timer (wait to restore): at its end a link that was lost may be used again.</summary>
    internal long RestoreTimer { get; set; } = Clock.Never;

    /// <summary>Number of ports that carried traffic when the link came back. If it falls, this port is used without waiting
    /// longer.</summary>
    internal int RestorePeers { get; set; }

    internal long ActorChurnTimer { get; set; } = Clock.Never;

    internal long PartnerChurnTimer { get; set; } = Clock.Never;

    /// <summary>Until when a silent partner is asked for an LACPDU each second (lacp_probe).</summary>
    internal long ProbeEnds { get; set; } = Clock.Never;

    /// <summary>When a changed speed or duplex counts as settled.</summary>
    internal long SpeedSettles { get; set; } = Clock.Never;

    /// <summary>Until when frames are delivered that the partner sent before it knew that the port leaves its group.</summary>
    internal long LingerEnds { get; set; } = Clock.Never;

    /// <summary>The partner that must be told that this port has stopped LACP; null if none.</summary>
    internal PortInfo? OwedFarewell { get; set; }

    /// <summary>Limits the port to three LACPDUs a second.</summary>
    internal TransmitWindow Window = new();

    internal DrainState Drain = new();

    internal StormGuard Storm = new();

    internal EventBudget Events;

    internal LacpAlarms Alarms;

    /// <summary>Limits the answers to markers.</summary>
    internal RateLimit MarkerLimit = new(MarkerResponder.Most);

    /// <summary>LACPDUs that may be missed in a row, as the partner asked.</summary>
    internal byte RetryCount { get; set; } = Lacpdu.DefaultRetryCount;

    /// <summary>Since when the partner has described our port wrongly.</summary>
    internal long UnseenSince { get; set; } = Clock.Never;

    /// <summary>Earliest time at which an LACPDU on a link without carrier makes the bond read the carrier again.</summary>
    internal long NextRecheck { get; set; }

    internal bool ToldMismatch { get; set; }

    /// <summary>When the last LACPDU was accepted since the link came up.</summary>
    internal long HeardOnThisLink { get; set; } = Clock.Never;

    /// <summary>Number of successive LACPDUs that came much later than the rate we asked for.</summary>
    internal int LateInARow { get; set; }

    /// <summary>Why and when an LACPDU was last refused.</summary>
    internal (LacpRefusal Why, long Time) LastRefusal { get; private set; }

    /// <summary>The group for which the port was selected.</summary>
    internal LagId SelectedLag { get; set; }

    internal Aggregator OwnAggregator { get; }

    /// <summary>Whether the port hears its partner and may be used.</summary>
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
            // A wait_while_timer that has ended is no deadline: the port may go on waiting for other ports.
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
        // The data path must not repeat an LACPDU that says the port collects.
        if (Mux.Collects() && !state.Collects())
            _system.StoreLacpdu(this, [], Clock.Never);
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

    // A transition of any machine can change which ports are selected.
    private void Moved(LacpMachine machine, byte from, byte to, string reason)
    {
        if (from != to)
            Transitions.Add(new LacpTransition(_system.Now, machine, from, to, reason));
        _system.SelectionIsDue = true;
    }
}
