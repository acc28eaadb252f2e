using Tandem.Core;
using Tandem.Core.Forwarding;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>What the owner of a data path and its two threads share: the plan, and the socket of each slot.</summary>
internal sealed class SharedState(Func<int, bool> memberFault)
{
    private readonly MemberSockets?[] _slots = new MemberSockets?[ForwardingPlan.MaxMembers];

    private ulong _ownStation;

    // Until there is a plan nobody knows who wants control frames: they are kept.
    private ForwardingPlan _plan = ForwardingPlan.Empty with { Hears = ControlFrameKinds.SlowProtocols };

    /// <summary>The plan that was published last.</summary>
    public ForwardingPlan Plan
    {
        get => Volatile.Read(ref _plan);
        set => Volatile.Write(ref _plan, value);
    }

    /// <summary>The station from which frames of Tandem's own were last sent: what comes back of them is told from what others send.</summary>
    public MacAddress OwnStation
    {
        get => new(Volatile.Read(ref _ownStation));
        set => Volatile.Write(ref _ownStation, value.Value);
    }

    /// <summary>Called when a control frame waits in the socket of a slot; null if nobody wants them. Set before the threads start.</summary>
    public Action? ControlArrived { get; init; }

    public MemberSockets? this[int slot]
    {
        get => Volatile.Read(ref _slots[slot]);
        set => Volatile.Write(ref _slots[slot], value);
    }

    /// <summary>Tells the owner that a slot's device is down or gone, once per plan and direction, and again if the news was not taken.</summary>
    public void ReportTransmitFault(MemberSockets member, long generation)
    {
        if (member.TransmitFaultGeneration == generation)
            return;
        if (memberFault(member.Slot))
            member.TransmitFaultGeneration = generation;
    }

    /// <inheritdoc cref="ReportTransmitFault"/>
    public void ReportReceiveFault(MemberSockets member, long generation)
    {
        if (member.ReceiveFaultGeneration == generation)
            return;
        if (memberFault(member.Slot))
            member.ReceiveFaultGeneration = generation;
    }
}
