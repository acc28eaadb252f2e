using Tandem.Linux.Native;
using Tandem.Linux.Paths.Sockets.Tunnels;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>Writes frames with their virtio-net headers to the bond's device; segments large segments in tunnels first.</summary>
internal sealed unsafe class FrameWriter(int tap)
{
    private readonly TunnelHeaders _headers = new();
    private readonly byte[] _room = new byte[TunnelSegments.RoomLength];

    /// <summary>Writes a frame; false if the device refused it, or if a virtio-net header cannot describe it and it cannot be
    /// segmented.</summary>
    public bool Write(byte* frame, int length)
    {
        ref readonly var description = ref *(VirtioNetHdr*)frame;
        if (description.GsoType == VirtioNetHdr.GSO_NONE)
            return Files.Write(tap, frame, (nuint)length) >= 0;
        var bytes = new ReadOnlySpan<byte>(frame + VirtioNetHdr.Size, length - VirtioNetHdr.Size);
        if (PlainSegment.IsCertain(bytes, description))
            return Files.Write(tap, frame, (nuint)length) >= 0;
        if (!_headers.TryRead(bytes, description))
            return false;
        return _headers.IsPlain ? Files.Write(tap, frame, (nuint)length) >= 0 : WriteCut(new(_headers, bytes, description, _room));
    }

    private bool WriteCut(TunnelSegments segments)
    {
        var parts = stackalloc IoVec[2];
        while (segments.MoveNext())
        {
            fixed (byte* headers = segments.Headers)
            fixed (byte* payload = segments.Payload)
            {
                parts[0] = new IoVec { Base = headers, Length = (nuint)segments.Headers.Length };
                parts[1] = new IoVec { Base = payload, Length = (nuint)segments.Payload.Length };
                if (Files.WriteParts(tap, parts, 2) < 0)
                    return false;
            }
        }
        return true;
    }
}
