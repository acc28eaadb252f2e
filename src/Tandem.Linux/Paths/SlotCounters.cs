using System.Runtime.InteropServices;

namespace Tandem.Linux.Paths;

/// <summary>What a data path counted on a slot since it was opened.</summary>
/// <param name="TxFrames">
/// Frames sent for the host (a large segment counts once). Of the kernel's path: frames handed to the member's device, those that it did not take too.
/// </param>
/// <param name="TxBytes">Bytes of those frames.</param>
/// <param name="TxDropped">
/// Frames that the member's device did not take. Of the kernel's path: what its queueing discipline and the device itself dropped since the slot was
/// opened, whoever sent it.
/// </param>
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
