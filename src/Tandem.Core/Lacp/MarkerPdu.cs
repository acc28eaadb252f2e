using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

/// <summary>Marker and marker response PDUs (802.1AX-2020, 6.5.3), by which a system finds out whether all frames sent earlier have
/// arrived.</summary>
public static class MarkerPdu
{
    internal const byte Information = 1;
    internal const byte Response = 2;

    // Subtype, version, and the marker TLV with requester, transaction ID and two octets of padding.
    private const int Needed = 36;
    private const int PartLength = 16;
    private const int EchoOffset = 4;
    private const int EchoLength = 12;

    /// <summary>The PDU's type: marker (1) or marker response (2); 0 if it is neither or malformed.</summary>
    public static byte TypeOf(ReadOnlySpan<byte> body)
    {
        if (body.Length < Needed || body[3] != PartLength)
            return 0;
        return body[2] is Information or Response ? body[2] : (byte)0;
    }

    /// <summary>Writes the response to a marker as a whole frame, with the marker's requester and transaction ID.</summary>
    /// <param name="frame">Buffer of <see cref="SlowProtocols.FrameLength"/> bytes.</param>
    /// <param name="source">Address of the port that responds.</param>
    /// <param name="marker">The marker behind its Ethernet header; <see cref="TypeOf"/> must return 1 for it.</param>
    public static void WriteResponse(Span<byte> frame, MacAddress source, ReadOnlySpan<byte> marker)
    {
        var body = SlowProtocols.Begin(frame, source);
        body[0] = SlowProtocols.Marker;
        body[1] = 1;
        body[2] = Response;
        body[3] = PartLength;
        marker.Slice(EchoOffset, EchoLength).CopyTo(body[EchoOffset..]);
    }
}
