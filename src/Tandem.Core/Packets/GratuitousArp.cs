namespace Tandem.Core.Packets;

/// <summary>
/// A gratuitous ARP request (RFC 5227, section 3): a station asks for its own address, and switches and neighbours learn its present
/// place.
/// </summary>
public static class GratuitousArp
{
    /// <summary>Maximum frame length in bytes.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpWriter.Length;

    private const ushort Request = 1;

    /// <summary>Writes a frame and returns its length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="source">MAC address of the station.</param>
    /// <param name="address">IPv4 address of the station.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
    public static int Write(Span<byte> frame, MacAddress source, ReadOnlySpan<byte> address, ReadOnlySpan<FrameTag> tags)
    {
        var offset = EthernetWriter.Write(frame, MacAddress.Broadcast, source, tags, EtherType.Arp);
        ArpWriter.Write(frame.Slice(offset, ArpWriter.Length), Request, source, address, default, address);
        return offset + ArpWriter.Length;
    }
}
