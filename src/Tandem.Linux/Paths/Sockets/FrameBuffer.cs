using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// Native memory for one frame with its virtio-net header, and headroom for a VLAN tag that is put back.
/// </summary>
internal sealed unsafe class FrameBuffer : IDisposable
{
    /// <summary>Bytes before the header, for a tag.</summary>
    public const int Headroom = 8;

    /// <summary>The largest segment is 64 KiB with its headers; longer ones are dropped and counted.</summary>
    public const int Capacity = VirtioNetHdr.Size + 64 * 1024 + 64;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(Headroom + Capacity, 64);

    /// <summary>Where the virtio-net header begins.</summary>
    public byte* Start => _memory + Headroom;

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
