using Tandem.Core;
using Tandem.Core.Forwarding;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>State shared by the owner of a data path and its two threads: the plan, and the sockets of each slot.</summary>
internal sealed class SharedState(Func<int, bool> memberFault)
{
    private readonly MemberSockets?[] _slots = new MemberSockets?[ForwardingPlan.MaxMembers];

    private ulong _ownStation;

    // Before the first plan it is unknown whether LACP runs: slow-protocols frames are queued.
    private ForwardingPlan _plan = ForwardingPlan.Empty with { Hears = ControlFrameKinds.SlowProtocols };

    /// <summary>The plan that was published last.</summary>
    public ForwardingPlan Plan
    {
        get => Volatile.Read(ref _plan);
        set => Volatile.Write(ref _plan, value);
    }

    /// <summary>The address from which Tandem last sent frames of its own: received frames from it are its own, looped back.</summary>
    public MacAddress OwnStation
    {
        get => new(Volatile.Read(ref _ownStation));
        set => Volatile.Write(ref _ownStation, value.Value);
    }

    /// <summary>Called when a control frame waits in a slot; null if nobody needs them. Set before the threads start.</summary>
    public Action? ControlArrived { get; init; }

    public MemberSockets? this[int slot]
    {
        get => Volatile.Read(ref _slots[slot]);
        set => Volatile.Write(ref _slots[slot], value);
    }

    /// <summary>Reports that a slot's device is down or gone, once per plan and direction, and again if the owner did not accept the
    /// report.</summary>
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
