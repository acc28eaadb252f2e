namespace Tandem.Core.Packets;

/// <summary>A broadcast ARP request (RFC 826).</summary>
public static class ArpRequest
{
    /// <summary>Maximum frame length in bytes.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpWriter.Length;

    private const ushort Request = 1;

    /// <summary>Writes a frame and returns its length in bytes, 42 without tags.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">MAC address of the sender.</param>
    /// <param name="source">IPv4 address of the sender; 0.0.0.0 if it has none.</param>
    /// <param name="target">The requested IPv4 address.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
    public static int Write(
        Span<byte> frame,
        MacAddress station,
        ReadOnlySpan<byte> source,
        ReadOnlySpan<byte> target,
        ReadOnlySpan<FrameTag> tags
    )
    {
        var offset = EthernetWriter.Write(frame, MacAddress.Broadcast, station, tags, EtherType.Arp);
        ArpWriter.Write(frame.Slice(offset, ArpWriter.Length), Request, station, source, default, target);
        return offset + ArpWriter.Length;
    }
}
