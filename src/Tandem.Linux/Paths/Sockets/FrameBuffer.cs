using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// Native memory for one frame with its virtio-net header, and room in front for a VLAN tag that is put back in.
/// </summary>
internal sealed unsafe class FrameBuffer : IDisposable
{
    /// <summary>Room for a tag before the header.</summary>
    public const int Headroom = 8;

    /// <summary>The largest segment is 64 KiB with its headers; what is longer is dropped and counted.</summary>
    public const int Capacity = VirtioNetHdr.Size + 64 * 1024 + 64;

    private readonly byte* _memory = (byte*)NativeMemory.AlignedAlloc(Headroom + Capacity, 64);

    /// <summary>Where the header of a frame begins.</summary>
    public byte* Start => _memory + Headroom;

    public void Dispose() => NativeMemory.AlignedFree(_memory);
}
