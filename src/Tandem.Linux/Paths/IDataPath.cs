using Tandem.Core.Forwarding;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths;

/// <summary>
/// What both data paths of a bond do: they carry out its plans, frame by frame, on the slots that are open. Which of them gets the frames is
/// no concern of theirs; see <see cref="Switching.PathSwitch"/>. One thread at a time, in the bond's network namespace.
/// </summary>
internal interface IDataPath : IDisposable
{
    /// <summary>Frames of the host that no member could carry.</summary>
    ulong NoMember { get; }

    /// <summary>ARP requests of the host that told all others an address.</summary>
    ulong ToldAll { get; }

    /// <summary>Makes a plan the one that is carried out from the next frame on. It names open slots only.</summary>
    void Publish(ForwardingPlan plan);

    /// <summary>Opens a slot on an interface. Plans may name it from now on.</summary>
    LinuxResult OpenSlot(int slot, int ifindex);

    /// <summary>Closes a slot, and forgets what was counted on it. No error if it is not open.</summary>
    void CloseSlot(int slot);

    /// <summary>
    /// Keeps the LACPDU that was just sent on a slot, for the partner to hear again from a time on should the brain's thread be late, until
    /// another is sent or kept.
    /// </summary>
    /// <param name="slot">The slot.</param>
    /// <param name="lacpdu">A whole frame; empty for none.</param>
    /// <param name="due">Monotonic ns.</param>
    void KeepAnswer(int slot, ReadOnlySpan<byte> lacpdu, long due);

    /// <summary>What this path counted on a slot since it was opened.</summary>
    SlotCounters ReadCounters(int slot);

    /// <summary>Adds the bytes that were sent of each bucket of the plan, and behind those what was in none.</summary>
    /// <param name="bytes">Room for <see cref="BucketRule.Size"/> numbers and one more.</param>
    void AddBucketBytes(Span<ulong> bytes);
}
