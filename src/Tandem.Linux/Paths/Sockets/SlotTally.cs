using System.Runtime.InteropServices;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// The counters of a slot. Each half has one writer, its thread of the data path, so counting needs no lock. The halves have cache lines
/// of their own.
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

    /// <summary>Written by the members-to-host thread; <see cref="QueueFull"/> by the reader of the socket's statistics.</summary>
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
