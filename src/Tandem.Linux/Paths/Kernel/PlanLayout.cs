using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;

namespace Tandem.Linux.Paths.Kernel;

// The structures of bpf/plan.h, field by field. A test compares both.

/// <summary>struct target: a member that may transmit.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PlanTarget
{
    public uint Ifindex;
    public uint Slot;
}

/// <summary>transmit of struct plan.</summary>
[InlineArray(ForwardingPlan.MaxMembers)]
internal struct PlanTargets
{
    private PlanTarget _first;
}

/// <summary>struct queue_target: the member that transmits the frames of one of the bond's transmit queues.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct QueueTarget
{
    public uint Ifindex;
    public ushort Slot;
    public ushort Queue;
}

/// <summary>queues of struct plan.</summary>
[InlineArray(ForwardingPlan.MaxMembers)]
internal struct QueueTargets
{
    private QueueTarget _first;
}

/// <summary>A table of struct bucket_rule.</summary>
[InlineArray(BucketRule.Size)]
internal struct BucketTable
{
    private byte _first;
}

/// <summary>Addresses in struct bucket_rule.</summary>
[InlineArray(ForwardingPlan.MaxMembers)]
internal struct AddressTable
{
    private ulong _first;
}

/// <summary>struct bucket_rule: what balance-tlb and balance-alb need in addition to the slots.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelBucketRule
{
    public ulong Address;
    public ulong DeliverToStation;
    public ushort Active;
    public ushort HasBuckets;
    public ushort HasPeers;
    public ushort StationCount;
    public BucketTable Buckets;
    public BucketTable Peers;
    public AddressTable Sources;
    public AddressTable Stations;
}

/// <summary>struct plan: one forwarding plan, aligned to cache lines.</summary>
[StructLayout(LayoutKind.Sequential, Size = 2624)]
internal struct KernelPlan
{
    public ulong Generation;
    public ulong Deliver;
    public byte Rule;
    public byte Policy;
    public ushort BroadcastsNeighbors;
    public uint PacketsPerMember;
    public uint Count;
    public ushort Hears;
    public ushort QueueCount;
    public PlanTarget Group;
    public PlanTargets Transmit;
    public QueueTargets Queues;
    public KernelBucketRule Balancing;
}

/// <summary>ring of struct control.</summary>
[InlineArray(Length)]
internal struct PlanRing
{
    public const int Length = 8;

    private KernelPlan _first;
}

/// <summary>enum forwarder: what forwards the frames received on members.</summary>
internal enum Forwarder : uint
{
    /// <summary>The packet sockets.</summary>
    Service = 0,

    /// <summary>The filter of the member's socket decides for each frame.</summary>
    Switching = 1,

    /// <summary>The program on the member's ingress.</summary>
    Kernel = 2,
}

/// <summary>struct control: everything the service tells the programs.</summary>
[StructLayout(LayoutKind.Explicit)]
internal struct Control
{
    /// <summary>LAYOUT: raised with each change of structures that one service takes over from another.</summary>
    public const uint KnownLayout = 5;

    [FieldOffset(0)]
    public uint Layout;

    [FieldOffset(4)]
    public uint Current;

    [FieldOffset(8)]
    public ulong Host;

    [FieldOffset(16)]
    public Forwarder Forwarder;

    [FieldOffset(20)]
    public uint SocketsTake;

    [FieldOffset(24)]
    public uint IsShort;

    [FieldOffset(28)]
    public uint HasService;

    [FieldOffset(64)]
    public PlanRing Ring;
}

/// <summary>struct counters: frames and bytes that one processor counted on a slot.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct KernelCounters
{
    public ulong TxFrames;
    public ulong TxBytes;
    public ulong RxFrames;
    public ulong RxBytes;
    public ulong RxSuppressed;
    public ulong Refused;
    public ulong DeviceNoted;
    public ulong QueueNoted;
}

/// <summary>bytes of struct load.</summary>
[InlineArray(BucketRule.Size + 1)]
internal struct BucketBytes
{
    private ulong _first;
}

/// <summary>struct load: bytes of balanced frames that one processor counted per bucket.</summary>
[StructLayout(LayoutKind.Sequential, Size = (BucketRule.Size + 8) * sizeof(ulong))]
internal struct KernelLoad
{
    public BucketBytes Bytes;
    public ulong ToldAll;
}

/// <summary>struct processor: state and counters of one processor beside the slots.</summary>
[StructLayout(LayoutKind.Sequential, Size = 64)]
internal struct Processor
{
    public ulong Turn;
    public ulong NoMember;
    public ulong Left;
    public ulong SocketTook;
    public ulong PastTxFrames;
    public ulong PastTxBytes;
    public ulong PastRxFrames;
    public ulong PastRxBytes;
}

/// <summary>frame of struct stored_lacpdu.</summary>
[InlineArray(SlowProtocols.FrameLength)]
internal struct LacpduFrame
{
    private byte _first;
}

/// <summary>struct stored_lacpdu: the last LACPDU of a slot, which the programs repeat while the service is late.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct KernelLacpdu
{
    public ulong Due;
    public ulong Answered;
    public LacpduFrame Frame;
    public uint Unused;
}
