using System.Runtime.InteropServices;

namespace Tandem.Linux.Paths;

/// <summary>Counters of a data path for one slot, since the slot was opened.</summary>
/// <param name="TxFrames">
/// Frames sent for the host (a large segment counts once). Kernel data path: frames handed to the member's device, including refused
/// ones.
/// </param>
/// <param name="TxBytes">Bytes of those frames.</param>
/// <param name="TxDropped">
/// Frames that the member's device refused. Kernel data path: frames that the device or its queueing discipline dropped since the slot
/// was opened, from any sender.
/// </param>
/// <param name="RxFrames">Frames delivered to the host.</param>
/// <param name="RxBytes">Bytes of those frames.</param>
/// <param name="RxSuppressed">Frames received while the plan delivers nothing from this slot.</param>
/// <param name="RxDropped">Frames that the bond's device refused, that could not be segmented for it, or that did not fit into the
/// socket's queue.</param>
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
    /// <summary>The sum of two counters.</summary>
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
