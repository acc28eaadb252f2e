using System.Collections.Immutable;
using Tandem.Core;
using Tandem.Core.Forwarding;

namespace Tandem.Linux.Paths.Kernel;

/// <summary>
/// Writes plans where the programs read them. A plan is written into the oldest place of a ring, and then one store makes it the plan
/// that holds. A program that was still at the old place finds its generation changed, and leaves its frame to the C# data path.
/// One thread at a time.
/// </summary>
/// <remarks>
/// Also where processors reorder loads and stores (arm64). Here: the barriers keep the generation 0 before, and the new one behind, all of
/// the plan; Volatile.Write is a store-release, so the place is named after all of that. There: the address of the plan depends on the
/// place that was loaded, the addresses of its fields on the first load of the generation, and that of the second load on the fields
/// (after() in tandem.bpf.c), and processors load in the order of such dependencies.
/// </remarks>
internal sealed class PlanMemory(SharedMap<Control> map)
{
    private readonly uint[] _ifindexes = new uint[ForwardingPlan.MaxMembers];
    private ulong _generation = LastGeneration(ref map[0]);

    private ref Control Control => ref map[0];

    /// <summary>hears of the plan that holds.</summary>
    public ControlFrameKinds Hears => (ControlFrameKinds)Control.Ring[(int)(Control.Current % PlanRing.Length)].Hears;

    /// <summary>Names the interface of a slot; plans that are published from now on may name the slot.</summary>
    public void SetMember(int slot, int ifindex) => _ifindexes[slot] = (uint)ifindex;

    /// <summary>Makes a plan the one that holds. Slots without an interface are left out. No system call, nothing allocated.</summary>
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

    // A process before this one may have written plans here.
    private static ulong LastGeneration(ref Control control)
    {
        ulong last = 0;
        foreach (ref readonly var plan in (ReadOnlySpan<KernelPlan>)control.Ring)
            last = Math.Max(last, plan.Generation);
        return last;
    }
}
