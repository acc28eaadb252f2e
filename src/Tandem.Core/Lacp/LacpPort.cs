namespace Tandem.Core.Lacp;

/// <summary>
/// A member as LACP sees it: an aggregation port (802.1AX, 6.3.4) with the variables of its state machines (6.4.7, 6.4.8). The machines stand in files of their own;
/// here is what they read and write.
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

    /// <summary>The link is up and may be used (port_enabled).</summary>
    public bool IsEnabled { get; internal set; }

    /// <summary>The link is not half duplex (LACP_Enabled).</summary>
    public bool IsLacpEnabled { get; internal set; } = true;

    /// <summary>What we say of ourselves.</summary>
    public PortInfo Actor => new(_system.Id, Key, Priority, Number, ActorState);

    /// <summary>What the partner said of itself, or what is assumed of it.</summary>
    public PortInfo Partner { get; internal set; }

    /// <summary>What is said of the partner is an assumption.</summary>
    public bool IsDefaulted { get; internal set; } = true;

    /// <summary>The version of the last LACPDU of the partner; 0 if there was none.</summary>
    public byte PartnerVersion { get; internal set; }

    /// <summary>How long the partner's collector may hold a frame, in tens of µs, as it said last.</summary>
    public ushort PartnerCollectorDelay { get; internal set; }

    /// <summary>The last LACPDU of the partner came at this time, in monotonic ns; null if there was none.</summary>
    public long? LastHeard { get; internal set; }

    /// <summary>The receive machine.</summary>
    public ReceiveState Receive { get; private set; }

    /// <summary>The mux machine.</summary>
    public MuxState Mux { get; private set; }

    /// <summary>Since when the mux machine is in its state, in monotonic ns.</summary>
    public long MuxSince { get; private set; }

    /// <summary>Since when the receive machine is in its state, in monotonic ns.</summary>
    public long ReceiveSince { get; private set; }

    /// <summary>The selection.</summary>
    public Selection Selected { get; private set; }

    /// <summary>The periodic machine.</summary>
    public PeriodicState Periodic { get; internal set; }

    /// <summary>Whether our side churns.</summary>
    public ChurnState ActorChurn { get; internal set; }

    /// <summary>Whether the partner's side churns.</summary>
    public ChurnState PartnerChurn { get; internal set; }

    /// <summary>The group to which the link belongs; null while no partner is known.</summary>
    public Aggregator? Aggregator { get; internal set; }

    /// <summary>The number of the group to which the link belongs; while no partner is known, of one of its own, as with the driver.</summary>
    public int AggregatorId => (Aggregator ?? OwnAggregator).Id;

    /// <summary>How far the port is on its way out of service.</summary>
    public DrainPhase DrainPhase =>
        !Drain.IsRequested ? DrainPhase.Off
        : Drain.IsLeaving && LingerEnds == Clock.Never && Mux == MuxState.Detached ? DrainPhase.Drained
        : DrainPhase.Draining;

    /// <summary>Frames of the host leave on it.</summary>
    public bool IsDistributing => IsEnabled && (Mux == MuxState.Distributing || _system.FallbackPort == this);

    /// <summary>Frames that arrive are delivered.</summary>
    public bool IsCollecting => IsEnabled && (Mux.Collects() || LingerEnds != Clock.Never || _system.FallbackPort == this);

    /// <summary>What was counted.</summary>
    public LacpCounters Counters { get; } = new();

    /// <summary>The last transitions of the machines.</summary>
    public TransitionLog Transitions { get; } = new();

    /// <summary>What the next process has to know; null while the port knows no partner, and so would begin anew.</summary>
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

    /// <summary>The last LACPDU that was sent: a whole frame, empty if there was none.</summary>
    public ReadOnlySpan<byte> LastSent => _lastSent.AsSpan(0, _lastSentLength);

    /// <summary>Writes the LACPDU that would be sent now: <see cref="SlowProtocols.FrameLength"/> bytes.</summary>
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
