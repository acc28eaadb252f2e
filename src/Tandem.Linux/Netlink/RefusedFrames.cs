using System.Runtime.InteropServices;

namespace Tandem.Linux.Netlink;

/// <summary>Frames that an interface was handed to send and that it dropped, since it is there.</summary>
/// <param name="Device">What its driver, or the stack before it, counted: tx_dropped.</param>
/// <param name="Queue">What its queueing discipline counted, with all below it: since that one is there.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RefusedFrames(ulong Device, ulong Queue);
