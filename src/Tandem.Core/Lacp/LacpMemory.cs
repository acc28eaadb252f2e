using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>
/// What is kept of a port over the end of a process, so that the next one goes on with the same partner and the link never leaves its group.
/// </summary>
/// <param name="Number">The port's number.</param>
/// <param name="Partner">What the partner last said of itself.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct LacpMemory(ushort Number, PortInfo Partner);
