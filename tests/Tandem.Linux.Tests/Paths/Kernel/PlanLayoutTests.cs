using System.Globalization;
using System.Runtime.InteropServices;
using Tandem.EndToEnd.Tests;
using Tandem.Linux.Paths.Kernel;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Paths.Kernel;

/// <summary>The structures that C# writes have the layout that the programs read.</summary>
public class PlanLayoutTests
{
    private static readonly (string Struct, string Field, int Offset)[] Fields =
    [
        ("target", "ifindex", Offset<PlanTarget>(nameof(PlanTarget.Ifindex))),
        ("target", "slot", Offset<PlanTarget>(nameof(PlanTarget.Slot))),
        ("queue_target", "ifindex", Offset<QueueTarget>(nameof(QueueTarget.Ifindex))),
        ("queue_target", "slot", Offset<QueueTarget>(nameof(QueueTarget.Slot))),
        ("queue_target", "queue", Offset<QueueTarget>(nameof(QueueTarget.Queue))),
        ("plan", "generation", Offset<KernelPlan>(nameof(KernelPlan.Generation))),
        ("plan", "deliver", Offset<KernelPlan>(nameof(KernelPlan.Deliver))),
        ("plan", "rule", Offset<KernelPlan>(nameof(KernelPlan.Rule))),
        ("plan", "policy", Offset<KernelPlan>(nameof(KernelPlan.Policy))),
        ("plan", "broadcasts_neighbors", Offset<KernelPlan>(nameof(KernelPlan.BroadcastsNeighbors))),
        ("plan", "packets_per_member", Offset<KernelPlan>(nameof(KernelPlan.PacketsPerMember))),
        ("plan", "count", Offset<KernelPlan>(nameof(KernelPlan.Count))),
        ("plan", "hears", Offset<KernelPlan>(nameof(KernelPlan.Hears))),
        ("plan", "queue_count", Offset<KernelPlan>(nameof(KernelPlan.QueueCount))),
        ("plan", "group", Offset<KernelPlan>(nameof(KernelPlan.Group))),
        ("plan", "transmit", Offset<KernelPlan>(nameof(KernelPlan.Transmit))),
        ("plan", "queues", Offset<KernelPlan>(nameof(KernelPlan.Queues))),
        ("plan", "balancing", Offset<KernelPlan>(nameof(KernelPlan.Balancing))),
        ("bucket_rule", "address", Offset<KernelBucketRule>(nameof(KernelBucketRule.Address))),
        ("bucket_rule", "deliver_to_station", Offset<KernelBucketRule>(nameof(KernelBucketRule.DeliverToStation))),
        ("bucket_rule", "active", Offset<KernelBucketRule>(nameof(KernelBucketRule.Active))),
        ("bucket_rule", "has_buckets", Offset<KernelBucketRule>(nameof(KernelBucketRule.HasBuckets))),
        ("bucket_rule", "has_peers", Offset<KernelBucketRule>(nameof(KernelBucketRule.HasPeers))),
        ("bucket_rule", "station_count", Offset<KernelBucketRule>(nameof(KernelBucketRule.StationCount))),
        ("bucket_rule", "buckets", Offset<KernelBucketRule>(nameof(KernelBucketRule.Buckets))),
        ("bucket_rule", "peers", Offset<KernelBucketRule>(nameof(KernelBucketRule.Peers))),
        ("bucket_rule", "sources", Offset<KernelBucketRule>(nameof(KernelBucketRule.Sources))),
        ("bucket_rule", "stations", Offset<KernelBucketRule>(nameof(KernelBucketRule.Stations))),
        ("load", "bytes", Offset<KernelLoad>(nameof(KernelLoad.Bytes))),
        ("load", "told_all", Offset<KernelLoad>(nameof(KernelLoad.ToldAll))),
        ("control", "layout", Offset<Control>(nameof(Control.Layout))),
        ("control", "current", Offset<Control>(nameof(Control.Current))),
        ("control", "host", Offset<Control>(nameof(Control.Host))),
        ("control", "forwarder", Offset<Control>(nameof(Control.Forwarder))),
        ("control", "sockets_take", Offset<Control>(nameof(Control.SocketsTake))),
        ("control", "is_short", Offset<Control>(nameof(Control.IsShort))),
        ("control", "has_service", Offset<Control>(nameof(Control.HasService))),
        ("control", "ring", Offset<Control>(nameof(Control.Ring))),
        ("counters", "tx_frames", Offset<KernelCounters>(nameof(KernelCounters.TxFrames))),
        ("counters", "tx_bytes", Offset<KernelCounters>(nameof(KernelCounters.TxBytes))),
        ("counters", "rx_frames", Offset<KernelCounters>(nameof(KernelCounters.RxFrames))),
        ("counters", "rx_bytes", Offset<KernelCounters>(nameof(KernelCounters.RxBytes))),
        ("counters", "rx_suppressed", Offset<KernelCounters>(nameof(KernelCounters.RxSuppressed))),
        ("counters", "refused", Offset<KernelCounters>(nameof(KernelCounters.Refused))),
        ("counters", "device_noted", Offset<KernelCounters>(nameof(KernelCounters.DeviceNoted))),
        ("counters", "queue_noted", Offset<KernelCounters>(nameof(KernelCounters.QueueNoted))),
        ("stored_lacpdu", "due", Offset<KernelLacpdu>(nameof(KernelLacpdu.Due))),
        ("stored_lacpdu", "answered", Offset<KernelLacpdu>(nameof(KernelLacpdu.Answered))),
        ("stored_lacpdu", "frame", Offset<KernelLacpdu>(nameof(KernelLacpdu.Frame))),
        ("processor", "turn", Offset<Processor>(nameof(Processor.Turn))),
        ("processor", "no_member", Offset<Processor>(nameof(Processor.NoMember))),
        ("processor", "left", Offset<Processor>(nameof(Processor.Left))),
        ("processor", "socket_took", Offset<Processor>(nameof(Processor.SocketTook))),
        ("processor", "past_tx_frames", Offset<Processor>(nameof(Processor.PastTxFrames))),
        ("processor", "past_tx_bytes", Offset<Processor>(nameof(Processor.PastTxBytes))),
        ("processor", "past_rx_frames", Offset<Processor>(nameof(Processor.PastRxFrames))),
        ("processor", "past_rx_bytes", Offset<Processor>(nameof(Processor.PastRxBytes))),
    ];

    private static readonly (string Struct, int Size)[] Sizes =
    [
        ("target", Marshal.SizeOf<PlanTarget>()),
        ("queue_target", Marshal.SizeOf<QueueTarget>()),
        ("bucket_rule", Marshal.SizeOf<KernelBucketRule>()),
        ("load", Marshal.SizeOf<KernelLoad>()),
        ("plan", Marshal.SizeOf<KernelPlan>()),
        ("control", Marshal.SizeOf<Control>()),
        ("counters", Marshal.SizeOf<KernelCounters>()),
        ("processor", Marshal.SizeOf<Processor>()),
        ("stored_lacpdu", Marshal.SizeOf<KernelLacpdu>()),
    ];

    [Fact]
    public void Fields_stand_where_the_header_of_the_programs_has_them()
    {
        Provided.Require(Tool.Exists("gcc"), "gcc is not installed");
        var prints = Fields
            .Select(f => $"P(offsetof(struct {f.Struct}, {f.Field}));")
            .Concat(Sizes.Select(s => $"P(sizeof(struct {s.Struct}));"))
            .Append("P(LAYOUT); P(PLAN_RING); P(MAX_MEMBERS); P(MEMBER_PLACES);");
        var source = $$"""
            #include <stddef.h>
            #include <stdio.h>
            #include "plan.h"
            #define P(x) printf("%zu\n", (size_t)(x))
            int main(void) { {{string.Concat(prints)}} return 0; }
            """;
        var directory = Directory.CreateTempSubdirectory("tdm-layout-");
        try
        {
            var (file, program) = (Path.Combine(directory.FullName, "layout.c"), Path.Combine(directory.FullName, "layout"));
            File.WriteAllText(file, source);
            Tool.Run("gcc", $"-I {Path.Combine(AppContext.BaseDirectory, "Data")} -o {program} {file}");
            var printed = Tool.Run(program, "").Split('\n', StringSplitOptions.RemoveEmptyEntries);
            var expected = Fields
                .Select(f => f.Offset)
                .Concat(Sizes.Select(s => s.Size))
                .Concat([(int)Control.KnownLayout, PlanRing.Length, Core.Forwarding.ForwardingPlan.MaxMembers, MemberTable.Places]);
            Assert.Equal(expected, printed.Select(line => int.Parse(line, CultureInfo.InvariantCulture)));
        }
        finally
        {
            directory.Delete(recursive: true);
        }
    }

    private static int Offset<T>(string field) => (int)Marshal.OffsetOf<T>(field);
}
