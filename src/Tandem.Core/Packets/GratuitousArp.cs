namespace Tandem.Core.Packets;

/// <summary>
/// A gratuitous ARP request (RFC 5227, section 3): a station asks for its own address, and switches and neighbours learn where
/// it is now.
/// </summary>
public static class GratuitousArp
{
    /// <summary>Longest frame.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpWriter.Length;

    private const ushort Request = 1;

    /// <summary>Writes a frame and says how long it is.</summary>
    /// <param name="frame">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="source">The station.</param>
    /// <param name="address">Its IPv4 address.</param>
    /// <param name="tags">The VLAN tags, the outermost first.</param>
    public static int Write(Span<byte> frame, MacAddress source, ReadOnlySpan<byte> address, ReadOnlySpan<FrameTag> tags)
    {
        var offset = EthernetWriter.Write(frame, MacAddress.Broadcast, source, tags, EtherType.Arp);
        ArpWriter.Write(frame.Slice(offset, ArpWriter.Length), Request, source, address, default, address);
        return offset + ArpWriter.Length;
    }
}
