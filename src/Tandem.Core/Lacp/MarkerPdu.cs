namespace Tandem.Core.Lacp;

/// <summary>Marker and marker response (802.1AX, 6.5.3): a system asks whether all frames sent before have arrived.</summary>
public static class MarkerPdu
{
    internal const byte Information = 1;
    internal const byte Response = 2;

    // Subtype and version, then the part up to the transaction's number and its two octets of padding.
    private const int Needed = 36;
    private const int PartLength = 16;
    private const int EchoOffset = 4;
    private const int EchoLength = 12;

    /// <summary>Says whether it is a marker (1) or a response (2); 0 if it is neither or cannot be read.</summary>
    public static byte TypeOf(ReadOnlySpan<byte> body)
    {
        if (body.Length < Needed || body[3] != PartLength)
            return 0;
        return body[2] is Information or Response ? body[2] : (byte)0;
    }

    /// <summary>Writes the answer to a marker: a whole frame that repeats requester and transaction.</summary>
    /// <param name="frame">Room for <see cref="SlowProtocols.FrameLength"/> bytes.</param>
    /// <param name="source">The port that answers.</param>
    /// <param name="marker">The marker behind the Ethernet header, one of which <see cref="TypeOf"/> says 1.</param>
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
