using System.Runtime.InteropServices;

namespace Tandem.Linux.Netlink;

/// <summary>Frames that an interface dropped instead of sending.</summary>
/// <param name="Device">Drops counted by the driver, or by the stack before it (tx_dropped), since the interface was created.</param>
/// <param name="Queue">Drops counted by its queueing discipline and all children, since that was created.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct RefusedFrames(ulong Device, ulong Queue);
