namespace Tandem.Core.Packets;

/// <summary>
/// A frame from a station to itself (EtherType 0x9000, configuration testing protocol of Ethernet 2.0, 8.3, without content). Hosts
/// ignore it, and switches learn the station's port.
/// </summary>
public static class LearningFrame
{
    /// <summary>Maximum frame length in bytes.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + Payload;

    // The minimum Ethernet payload.
    private const int Payload = 46;

    /// <summary>Writes a frame and returns its length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">The station.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
    public static int Write(Span<byte> frame, MacAddress station, ReadOnlySpan<FrameTag> tags)
    {
        var offset = EthernetWriter.Write(frame, station, station, tags, EtherType.ConfigurationTest);
        frame.Slice(offset, Payload).Clear();
        return offset + Payload;
    }
}
