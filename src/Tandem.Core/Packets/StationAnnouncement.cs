namespace Tandem.Core.Packets;

/// <summary>
/// A reverse ARP request (RFC 903) in which a station asks for its own address. No answer is expected: it is a broadcast from which every
/// switch of the network learns the station's port. Hypervisors send it after they moved a guest.
/// </summary>
public static class StationAnnouncement
{
    /// <summary>Maximum frame length in bytes.</summary>
    public const int MaxLength = EthernetWriter.MaxLength + ArpWriter.Length;

    private const ushort ReverseRequest = 3;

    private static ReadOnlySpan<byte> NoAddress => [0, 0, 0, 0];

    /// <summary>Writes a frame and returns its length in bytes.</summary>
    /// <param name="frame">Buffer of <see cref="MaxLength"/> bytes.</param>
    /// <param name="station">The station.</param>
    /// <param name="tags">VLAN tags, outermost first.</param>
    public static int Write(Span<byte> frame, MacAddress station, ReadOnlySpan<FrameTag> tags)
    {
        var offset = EthernetWriter.Write(frame, MacAddress.Broadcast, station, tags, EtherType.ReverseArp);
        ArpWriter.Write(frame.Slice(offset, ArpWriter.Length), ReverseRequest, station, NoAddress, station, NoAddress);
        return offset + ArpWriter.Length;
    }
}
