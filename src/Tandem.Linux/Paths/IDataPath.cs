using Tandem.Core.Forwarding;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths;

/// <summary>
/// The contract of both data paths of a bond: they forward frames by its plans, on the slots that are open.
/// <see cref="Switching.PathSwitch"/> decides which path gets the frames. Used by one thread at a time, in the bond's network namespace.
/// </summary>
internal interface IDataPath : IDisposable
{
    /// <summary>Frames of the host that no member could carry.</summary>
    ulong NoMember { get; }

    /// <summary>Number of the host's broadcast ARP packets that were sent with a member's address.</summary>
    ulong ToldAll { get; }

    /// <summary>Uses a plan from the next frame on. It must name open slots only.</summary>
    void Publish(ForwardingPlan plan);

    /// <summary>Opens a slot for an interface. Plans may name it from now on.</summary>
    LinuxResult OpenSlot(int slot, int ifindex);

    /// <summary>Closes a slot, and drops its counters. No error if it is not open.</summary>
    void CloseSlot(int slot);

    /// <summary>
    /// Stores the LACPDU that was just sent on a slot. If the brain's thread is late, the path repeats it from <paramref name="due"/> on,
    /// until it is replaced.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="lacpdu">A whole frame; empty to repeat nothing.</param>
    /// <param name="due">Monotonic ns.</param>
    void StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due);

    /// <summary>Counters of this path for a slot, since it was opened.</summary>
    SlotCounters ReadCounters(int slot);

    /// <summary>Adds the bytes sent by bucket, and behind them the bytes in no bucket.</summary>
    /// <param name="bytes">Buffer of <see cref="BucketRule.Size"/> + 1 numbers.</param>
    void AddBucketBytes(Span<ulong> bytes);
}
