using Tandem.Core.Bonds;
using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

/// <summary>
/// A member's aggregation port (802.1AX-2020, 6.3.4) with the variables of its state machines (6.4.7, 6.4.8). Each machine has a file of
/// its own.
/// </summary>
public sealed partial class LacpPort
{
    private readonly LacpSystem _system;

    internal LacpPort(LacpSystem system, Member member, ushort number, int aggregatorId)
    {
        _system = system;
        Member = member;
        Number = number;
        OwnAggregator = new Aggregator(aggregatorId);
        MuxSince = ReceiveSince = system.Now;
    }

    /// <summary>The member.</summary>
    public Member Member { get; }

    /// <summary>The port's number, 1 to 65535.</summary>
    public ushort Number { get; internal set; }

    /// <summary>The port's priority (actor_port_prio), 0 to 65535, lower is better.</summary>
    public ushort Priority => (ushort)Member[LacpOptions.PortPriority].Number;

    /// <summary>The port's key.</summary>
    public ushort Key { get; internal set; } = PortKey.Compose(0, 0, Duplex.Unknown);

    /// <summary>port_enabled: the link is up and may be used.</summary>
    public bool IsEnabled { get; internal set; }

    /// <summary>LACP_Enabled: the link is not half duplex.</summary>
    public bool IsLacpEnabled { get; internal set; } = true;

    /// <summary>Our description of the port, as sent in LACPDUs.</summary>
    public PortInfo Actor => new(_system.Id, Key, Priority, Number, ActorState);

    /// <summary>The partner's description of itself, or the defaults while <see cref="IsDefaulted"/>.</summary>
    public PortInfo Partner { get; internal set; }

    /// <summary>Whether <see cref="Partner"/> holds defaults instead of received information.</summary>
    public bool IsDefaulted { get; internal set; } = true;

    /// <summary>Version of the partner's last LACPDU; 0 if there was none.</summary>
    public byte PartnerVersion { get; internal set; }

    /// <summary>The partner's CollectorMaxDelay: how long it may hold back a received frame, in units of 10 µs.</summary>
    public ushort PartnerCollectorDelay { get; internal set; }

    /// <summary>When the partner's last LACPDU was accepted, in monotonic ns; null if never.</summary>
    public long? LastHeard { get; internal set; }

    /// <summary>State of the receive machine.</summary>
    public ReceiveState Receive { get; private set; }

    /// <summary>State of the mux machine.</summary>
    public MuxState Mux { get; private set; }

    /// <summary>When the mux machine entered its state, in monotonic ns.</summary>
    public long MuxSince { get; private set; }

    /// <summary>When the receive machine entered its state, in monotonic ns.</summary>
    public long ReceiveSince { get; private set; }

    /// <summary>Selected: result of the selection logic.</summary>
    public Selection Selected { get; private set; }

    /// <summary>State of the periodic machine.</summary>
    public PeriodicState Periodic { get; internal set; }

    /// <summary>State of the actor churn machine.</summary>
    public ChurnState ActorChurn { get; internal set; }

    /// <summary>State of the partner churn machine.</summary>
    public ChurnState PartnerChurn { get; internal set; }

    /// <summary>The port's group; null while no partner is known.</summary>
    public Aggregator? Aggregator { get; internal set; }

    /// <summary>The group's aggregator ID; while no partner is known, that of the port's own aggregator, as with the driver.</summary>
    public int AggregatorId => (Aggregator ?? OwnAggregator).Id;

    /// <summary>How far the port is drained.</summary>
    public DrainPhase DrainPhase =>
        !Drain.IsRequested ? DrainPhase.Off
        : Drain.IsLeaving && LingerEnds == Clock.Never && Mux == MuxState.Detached ? DrainPhase.Drained
        : DrainPhase.Draining;

    /// <summary>Whether the port sends frames of the host.</summary>
    public bool IsDistributing => IsEnabled && (Mux == MuxState.Distributing || _system.FallbackPort == this);

    /// <summary>Whether frames that arrive on the port are delivered.</summary>
    public bool IsCollecting => IsEnabled && (Mux.Collects() || LingerEnds != Clock.Never || _system.FallbackPort == this);

    /// <summary>The port's counters.</summary>
    public LacpCounters Counters { get; } = new();

    /// <summary>The last transitions of the port's machines.</summary>
    public TransitionLog Transitions { get; } = new();

    /// <summary>State for the next service; null while no partner is known, since the next service then starts the port anew.</summary>
    public LacpMemory? Memory =>
        IsDefaulted
            ? null
            : new LacpMemory(Number, Partner)
            {
                Key = Key,
                IsHeard = Receive == ReceiveState.Current,
                Selected = Selected,
                Mux = Mux,
                RetryCount = RetryCount,
            };

    /// <summary>The last LACPDU that was sent, as a whole frame; empty if there was none.</summary>
    public ReadOnlySpan<byte> LastSent => _lastSent.AsSpan(0, _lastSentLength);

    /// <summary>Writes the LACPDU that would be sent now, <see cref="SlowProtocols.FrameLength"/> bytes.</summary>
    public void WriteLacpdu(Span<byte> frame) => Lacpdu.Write(frame, Member.PermanentAddress, Actor, Partner);

    private LacpState ActorState =>
        LacpState
            .None.With(LacpState.Activity, _system.Settings.IsActive)
            .With(LacpState.ShortTimeout, _system.Settings.ShortTimeout)
            .With(LacpState.Aggregation, IsLacpEnabled)
            .With(LacpState.Synchronization, Mux.IsInSync())
            .With(LacpState.Collecting, Mux.Collects())
            .With(LacpState.Distributing, Mux == MuxState.Distributing)
            .With(LacpState.Defaulted, IsDefaulted)
            .With(LacpState.Expired, Receive == ReceiveState.Expired);
}
