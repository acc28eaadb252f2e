using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// The kernel data path of one bond: carries out the bond's plans with eBPF programs. Used by one thread at a time, in the network
/// namespace of the bond. Attached programs continue by the last published plan when this process ends.
/// </summary>
internal sealed partial class KernelPath : IDataPath
{
    private const string ControlMap = ".data.control";
    private const string CountersMap = "counters";
    private const string ProcessorsMap = "processors";
    private const string LoadsMap = "loads";
    private const string LacpdusMap = "stored_lacpdus";
    private const string MembersMap = ".data.members";

    private readonly Programs _programs;
    private readonly SharedMap<Control> _control;
    private readonly SharedMap<KernelCounters> _counters;
    private readonly SharedMap<Processor> _processors;
    private readonly SharedMap<KernelLoad> _loads;
    private readonly SharedMap<KernelLacpdu> _lacpdus;
    private readonly SharedMap<ulong> _places;
    private readonly PlanMemory _plans;
    private readonly KeptPrograms _kept;
    private readonly Dictionary<int, int> _members = [];
    private readonly BondMemory _memory;
    private readonly HashSet<string> _strangers = new(StringComparer.Ordinal);
    private Wiring _wiring;

    private KernelPath(
        Wiring wiring,
        Programs programs,
        SharedMap<Control> control,
        SharedMap<KernelCounters> counters,
        SharedMap<Processor> processors,
        SharedMap<KernelLoad> loads,
        SharedMap<KernelLacpdu> lacpdus,
        SharedMap<ulong> places,
        KeptPrograms kept,
        BondMemory memory
    )
    {
        (_wiring, _programs, _control, _counters, _processors) = (wiring, programs, control, counters, processors);
        (_loads, _lacpdus, _places, _kept, _memory) = (loads, lacpdus, places, kept, memory);
        _plans = new PlanMemory(control);
        Wire();
    }

    private MemberTable Members => new(_places.Entries);

    /// <summary>The filter program for the members' sockets.</summary>
    public int SocketFilter => _programs.Filter;

    /// <summary>The program that selects the member for frames of the host.</summary>
    internal int TransmitProgram => _programs.Transmit;

    /// <summary>The program for the egress of a bond's device that is one end of a pair.</summary>
    internal int OutProgram => _programs.Out;

    /// <summary>The program for a member's ingress.</summary>
    internal int ReceiveProgram => _programs.Receive;

    /// <inheritdoc/>
    public ulong NoMember => Sum(static (in processor) => processor.NoMember);

    /// <summary>
    /// Frames of the host whose plan was overwritten while they were handled: passed to the socket data path, or lost where there is
    /// none.
    /// </summary>
    public ulong Left => Sum(static (in processor) => processor.Left);

    /// <inheritdoc/>
    public ulong ToldAll
    {
        get
        {
            ulong sum = 0;
            for (var i = 0; i < _loads.Length; i++)
                sum += Volatile.Read(ref _loads[i].ToldAll);
            return sum;
        }
    }

    /// <inheritdoc/>
    public void AddBucketBytes(Span<ulong> bytes)
    {
        for (var i = 0; i < _loads.Length; i++)
        {
            Span<ulong> counted = _loads[i].Bytes;
            for (var bucket = 0; bucket < counted.Length; bucket++)
                bytes[bucket] += Volatile.Read(ref counted[bucket]);
        }
    }

    /// <summary>Frames carried past the bond's device, which the device does not count.</summary>
    public SlotCounters PastDevice =>
        new(
            Sum(static (in processor) => processor.PastTxFrames),
            Sum(static (in processor) => processor.PastTxBytes),
            0,
            Sum(static (in processor) => processor.PastRxFrames),
            Sum(static (in processor) => processor.PastRxBytes),
            0,
            0
        );

    /// <summary>Stores the state that the next service needs in a map beside the programs.</summary>
    public LinuxResult Remember(ReadOnlySpan<byte> text) => _memory.Write(text);

    /// <summary>The control frames passed to the service, by the plan in force in the kernel.</summary>
    public ControlFrameKinds Hears => _plans.Hears;

    /// <inheritdoc/>
    /// <remarks>A store to memory.</remarks>
    public void Publish(ForwardingPlan plan) => _plans.Publish(plan);

    /// <inheritdoc/>
    /// <remarks>
    /// The program answers each LACPDU of the partner with the stored one by itself, even while the whole process is stopped. The
    /// barriers order the writes: due time 0, then the frame, then the new due time. copy_due() in lacp.h reads in that order.
    /// </remarks>
    public void StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due)
    {
        ref var stored = ref _lacpdus[slot];
        Volatile.Write(ref stored.Due, 0);
        if (lacpdu.Length != SlowProtocols.FrameLength)
            return;
        Interlocked.MemoryBarrier();
        lacpdu.CopyTo(stored.Frame);
        Interlocked.MemoryBarrier();
        Volatile.Write(ref stored.Due, (ulong)due);
    }

    /// <inheritdoc/>
    /// <remarks>Attaches to the member. Its frames still go to the sockets until <see cref="TakeFrames"/>.</remarks>
    public LinuxResult OpenSlot(int slot, int ifindex)
    {
        _members[slot] = ifindex;
        _plans.SetMember(slot, ifindex);
        Members.Set(ifindex, slot);
        var result = _kept.Attach(IngressOf(ifindex), ReceiveProgram);
        if (!result.IsOk)
            CloseSlot(slot);
        return result;
    }

    /// <inheritdoc/>
    public void CloseSlot(int slot)
    {
        _plans.SetMember(slot, 0);
        StoreLacpdu(slot, [], 0);
        if (_members.Remove(slot, out var ifindex))
        {
            _kept.Leave(IngressOf(ifindex));
            Members.Remove(ifindex);
        }
        Forget(slot);
    }

    /// <inheritdoc/>
    public SlotCounters ReadCounters(int slot)
    {
        var sum = default(KernelCounters);
        for (var entry = slot; entry < _counters.Length; entry += ForwardingPlan.MaxMembers)
        {
            ref var counters = ref _counters[entry];
            sum.TxFrames += Volatile.Read(ref counters.TxFrames);
            sum.TxBytes += Volatile.Read(ref counters.TxBytes);
            sum.RxFrames += Volatile.Read(ref counters.RxFrames);
            sum.RxBytes += Volatile.Read(ref counters.RxBytes);
            sum.RxSuppressed += Volatile.Read(ref counters.RxSuppressed);
        }
        return new SlotCounters(sum.TxFrames, sum.TxBytes, _counters[slot].Refused, sum.RxFrames, sum.RxBytes, sum.RxSuppressed, 0);
    }

    /// <summary>
    /// Adds the frames that a slot's device refused since the last call. The first call sets the start, so that counting begins when the
    /// slot was opened, also if an earlier process opened it.
    /// </summary>
    public void NoteRefused(int slot, RefusedFrames now)
    {
        ref var counters = ref _counters[slot];
        counters.Refused += Since(ref counters.DeviceNoted, now.Device) + Since(ref counters.QueueNoted, now.Queue);

        static ulong Since(ref ulong noted, ulong now)
        {
            // A smaller number is the counter of another device or another queueing discipline.
            var more =
                noted == 0 ? 0
                : now >= noted - 1 ? now - (noted - 1)
                : now;
            noted = now + 1;
            return more;
        }
    }

    /// <summary>Closes the programs and maps; attached programs continue.</summary>
    public void Dispose()
    {
        // First, since the watched places use the programs' descriptors.
        _kept.Dispose();
        _control.Dispose();
        _counters.Dispose();
        _processors.Dispose();
        _loads.Dispose();
        _lacpdus.Dispose();
        _places.Dispose();
        _memory.Dispose();
        _programs.Dispose();
    }

    /// <summary>Clears the entries of an earlier process for slots without a member.</summary>
    public void ForgetFreeSlots()
    {
        for (var slot = 0; slot < ForwardingPlan.MaxMembers; slot++)
        {
            if (_members.ContainsKey(slot))
                continue;
            Forget(slot);
            StoreLacpdu(slot, [], 0);
        }
    }

    private static Place IngressOf(int ifindex) => new(Hook.Here, ifindex, HookPoint.Ingress);

    // The counters of a slot start at zero for its next member.
    private void Forget(int slot)
    {
        for (var entry = slot; entry < _counters.Length; entry += ForwardingPlan.MaxMembers)
            _counters[entry] = default;
    }

    private delegate ulong Reader(in Processor processor);

    private ulong Sum(Reader read)
    {
        ulong sum = 0;
        for (var i = 0; i < _processors.Length; i++)
            sum += read(in _processors[i]);
        return sum;
    }
}
