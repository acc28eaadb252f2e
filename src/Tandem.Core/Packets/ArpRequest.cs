namespace Tandem.Core.Packets;

/// <summary>An ARP request (RFC 826) to all stations: who has an address?</summary>
public static class ArpRequest
{
    /// <summary>Longest frame.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpWriter.Length;

    private const ushort Request = 1;

    /// <summary>Writes a frame and says how long it is; 42 bytes without tags.</summary>
    /// <param name="frame">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">Who asks.</param>
    /// <param name="source">Its IPv4 address; 0.0.0.0 if it has none.</param>
    /// <param name="target">The address that is asked for.</param>
    /// <param name="tags">The VLAN tags, the outermost first.</param>
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
