using System.Collections.Immutable;
using Tandem.Core;
using Tandem.Core.Forwarding;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// Writes plans into the memory that the programs read. A plan is written into the oldest entry of a ring; then one store makes it the
/// plan in force. A program still reading the old entry finds its generation changed, and passes its frame to the socket data path. Used
/// by one thread at a time.
/// </summary>
/// <remarks>
/// Correct also where processors reorder loads and stores (arm64). The writer: barriers order the writes (generation 0, then the plan,
/// then the new generation); Volatile.Write is a store-release, so the index of the entry is stored after all of that. The reader: the
/// address of the plan depends on the loaded index, the addresses of its fields on the first load of the generation, and the address of
/// the second load on the fields (after() in tandem.bpf.c). Processors keep the order of such dependent loads.
/// </remarks>
internal sealed class PlanMemory(SharedMap<Control> map)
{
    private readonly uint[] _ifindexes = new uint[ForwardingPlan.MaxMembers];
    private ulong _generation = LastGeneration(ref map[0]);

    private ref Control Control => ref map[0];

    /// <summary>The field hears of the plan in force.</summary>
    public ControlFrameKinds Hears => (ControlFrameKinds)Control.Ring[(int)(Control.Current % PlanRing.Length)].Hears;

    /// <summary>Sets the interface of a slot; plans published from now on may use the slot.</summary>
    public void SetMember(int slot, int ifindex) => _ifindexes[slot] = (uint)ifindex;

    /// <summary>Puts a plan in force. Slots without an interface are left out. No system call, no allocation.</summary>
    public void Publish(ForwardingPlan plan)
    {
        var place = (Control.Current + 1) % PlanRing.Length;
        ref var next = ref Control.Ring[(int)place];
        Volatile.Write(ref next.Generation, 0);
        Interlocked.MemoryBarrier();
        Fill(ref next, plan);
        Interlocked.MemoryBarrier();
        Volatile.Write(ref next.Generation, ++_generation);
        Volatile.Write(ref Control.Current, place);
    }

    private void Fill(ref KernelPlan next, ForwardingPlan plan)
    {
        next.Deliver = plan.Deliver;
        next.Rule = (byte)plan.Rule;
        next.Policy = (byte)plan.Policy;
        next.BroadcastsNeighbors = plan.BroadcastsNeighbors ? (ushort)1 : (ushort)0;
        next.PacketsPerMember = plan.PacketsPerMember;
        next.Hears = (ushort)plan.Hears;
        next.Group = plan.GroupSlot >= 0 ? TargetOf(plan.GroupSlot) : default;
        var count = 0;
        foreach (var slot in plan.Transmit.AsSpan())
        {
            var target = TargetOf(slot);
            if (target.Ifindex != 0)
                next.Transmit[count++] = target;
        }
        next.Count = (uint)count;
        next.QueueCount = FillQueues(ref next, plan);
        if (plan.Balancing is { } balancing)
            Fill(ref next.Balancing, balancing);
    }

    private static void Fill(ref KernelBucketRule next, BucketRule rule)
    {
        next.Address = rule.Address.Value;
        next.DeliverToStation = rule.DeliverToStation;
        next.Active = (ushort)rule.Active;
        next.HasBuckets = (ushort)(rule.Buckets.IsEmpty ? 0 : 1);
        next.HasPeers = (ushort)(rule.Peers.IsEmpty ? 0 : 1);
        next.StationCount = (ushort)rule.Stations.Length;
        rule.Buckets.AsSpan().CopyTo(next.Buckets);
        rule.Peers.AsSpan().CopyTo(next.Peers);
        Fill(next.Sources, rule.Sources);
        Fill(next.Stations, rule.Stations);
    }

    private static void Fill(Span<ulong> table, ImmutableArray<MacAddress> addresses)
    {
        for (var i = 0; i < addresses.Length; i++)
            table[i] = addresses[i].Value;
    }

    private ushort FillQueues(ref KernelPlan next, ForwardingPlan plan)
    {
        ushort count = 0;
        foreach (var (queue, slot) in plan.Queues.AsSpan())
        {
            if (_ifindexes[slot] is var ifindex and not 0)
            {
                next.Queues[count++] = new QueueTarget
                {
                    Ifindex = ifindex,
                    Slot = slot,
                    Queue = queue,
                };
            }
        }
        return count;
    }

    private PlanTarget TargetOf(int slot) => new() { Ifindex = _ifindexes[slot], Slot = (uint)slot };

    // An earlier process may have written plans to this map.
    private static ulong LastGeneration(ref Control control)
    {
        ulong last = 0;
        foreach (ref readonly var plan in (ReadOnlySpan<KernelPlan>)control.Ring)
            last = Math.Max(last, plan.Generation);
        return last;
    }
}
