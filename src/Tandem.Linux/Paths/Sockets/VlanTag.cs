using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// Puts a VLAN tag back into a received frame: the kernel removes the outermost tag before packet sockets see the frame, and passes it
/// beside the frame.
/// </summary>
internal static class VlanTag
{
    public const int Size = 4;

    /// <summary>The bits of the VLAN ID in a tag.</summary>
    public const int Number = 0xfff;

    private const int AddressBytes = 12;

    /// <summary>
    /// Inserts a tag into a frame with its virtio-net header. The span begins <see cref="Size"/> bytes before the header; afterwards the
    /// header is at its start. Header offsets behind the tag are adjusted.
    /// </summary>
    public static void Insert(Span<byte> room, ushort tpid, ushort tci)
    {
        const int Moved = VirtioNetHdr.Size + AddressBytes;
        room.Slice(Size, Moved).CopyTo(room);
        BinaryPrimitives.WriteUInt16BigEndian(room[Moved..], tpid);
        BinaryPrimitives.WriteUInt16BigEndian(room[(Moved + 2)..], tci);
        ref var header = ref MemoryMarshal.AsRef<VirtioNetHdr>(room);
        if ((header.Flags & VirtioNetHdr.F_NEEDS_CSUM) != 0)
            header.ChecksumStart += Size;
        if (header.GsoType != VirtioNetHdr.GSO_NONE)
            header.HeaderLength += Size;
    }
}
