namespace Tandem.Core.Packets;

/// <summary>
/// A reverse ARP request (RFC 903) in which a station asks for its own address. Nobody has to answer; the frame is a broadcast, so
/// that each switch of the network learns behind which port the station is. Hypervisors send the same after they moved a machine.
/// </summary>
public static class StationAnnouncement
{
    /// <summary>Longest frame.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpWriter.Length;

    private const ushort ReverseRequest = 3;

    private static ReadOnlySpan<byte> NoAddress => [0, 0, 0, 0];

    /// <summary>Writes a frame and says how long it is.</summary>
    /// <param name="frame">Room for <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">The station.</param>
    /// <param name="tags">The VLAN tags, the outermost first.</param>
    public static int Write(Span<byte> frame, MacAddress station, ReadOnlySpan<FrameTag> tags)
    {
        var offset = EthernetWriter.Write(frame, MacAddress.Broadcast, station, tags, EtherType.ReverseArp);
        ArpWriter.Write(frame.Slice(offset, ArpWriter.Length), ReverseRequest, station, NoAddress, station, NoAddress);
        return offset + ArpWriter.Length;
    }
}
