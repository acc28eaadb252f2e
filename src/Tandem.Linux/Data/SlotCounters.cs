using System.Runtime.InteropServices;

namespace Tandem.Linux;

/// <summary>What the data path counted on a slot since it was opened.</summary>
/// <param name="TxFrames">Frames sent for the host (a large segment counts once).</param>
/// <param name="TxBytes">Bytes of those frames.</param>
/// <param name="TxDropped">Frames that the member's device did not take.</param>
/// <param name="RxFrames">Frames delivered to the host.</param>
/// <param name="RxBytes">Bytes of those frames.</param>
/// <param name="RxSuppressed">Frames that arrived while the plan delivers nothing from this slot.</param>
/// <param name="RxDropped">Frames that the bond's device did not take, that could not be cut for it, or that the socket's queue had no room for.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct SlotCounters(
    ulong TxFrames,
    ulong TxBytes,
    ulong TxDropped,
    ulong RxFrames,
    ulong RxBytes,
    ulong RxSuppressed,
    ulong RxDropped
)
{
    /// <summary>What was counted in two places.</summary>
    public static SlotCounters operator +(SlotCounters a, SlotCounters b) =>
        new(
            a.TxFrames + b.TxFrames,
            a.TxBytes + b.TxBytes,
            a.TxDropped + b.TxDropped,
            a.RxFrames + b.RxFrames,
            a.RxBytes + b.RxBytes,
            a.RxSuppressed + b.RxSuppressed,
            a.RxDropped + b.RxDropped
        );
}

/// <summary>
/// The counters themselves. Each half has one writer, its thread of the data path, so counting needs no lock; the halves
/// stand on cache lines of their own.
/// </summary>
internal sealed class SlotTally
{
    public readonly Transmit Tx = new();
    public readonly Receive Rx = new();

    public SlotCounters Read() =>
        new(
            Volatile.Read(ref Tx.Frames),
            Volatile.Read(ref Tx.Bytes),
            Volatile.Read(ref Tx.Dropped),
            Volatile.Read(ref Rx.Frames),
            Volatile.Read(ref Rx.Bytes),
            Volatile.Read(ref Rx.Suppressed),
            Volatile.Read(ref Rx.Dropped) + Volatile.Read(ref Rx.QueueFull)
        );

    /// <summary>Written by the host-to-members thread.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    public sealed class Transmit
    {
        public ulong Frames;
        public ulong Bytes;
        public ulong Dropped;
    }

    /// <summary>Written by the members-to-host thread; <see cref="QueueFull"/> by whoever reads the socket's statistics.</summary>
    [StructLayout(LayoutKind.Sequential, Size = 64)]
    public sealed class Receive
    {
        public ulong Frames;
        public ulong Bytes;
        public ulong Suppressed;
        public ulong Dropped;
        public ulong QueueFull;
    }
}
