namespace Tandem.Core.Packets;

/// <summary>
/// A frame from a station to itself (EtherType 0x9000, configuration test of Ethernet 2.0, 8.3, without content): no host takes it in, and
/// the next switch learns behind which port the station is.
/// </summary>
public static class LearningFrame
{
    /// <summary>Longest frame.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + Payload;

    // The shortest that an Ethernet has, without its checksum.
    private const int Payload = 46;

    /// <summary>Writes a frame and says how long it is.</summary>
    /// <param name="frame">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">The station.</param>
    /// <param name="tags">The VLAN tags, the outermost first.</param>
    public static int Write(Span<byte> frame, MacAddress station, ReadOnlySpan<FrameTag> tags)
    {
        var offset = EthernetWriter.Write(frame, station, station, tags, EtherType.ConfigurationTest);
        frame.Slice(offset, Payload).Clear();
        return offset + Payload;
    }
}
