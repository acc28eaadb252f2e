using Tandem.Core.Packets;

namespace Tandem.Core.Lacp;

/// <summary>The marker responder (802.1AX-2020, 6.5.4): answers markers, at most ten per sliding second, and ignores marker
/// responses.</summary>
internal static class MarkerResponder
{
    public const int Most = 10;

    /// <summary>Handles a slow-protocols frame of subtype 2.</summary>
    public static void Accept(LacpSystem system, LacpPort port, ReadOnlySpan<byte> body)
    {
        switch (MarkerPdu.TypeOf(body))
        {
            case MarkerPdu.Information:
                port.Counters.Add(LacpCounter.MarkerReceived);
                Answer(system, port, body);
                break;
            case MarkerPdu.Response:
                port.Counters.Add(LacpCounter.MarkerResponseReceived);
                break;
            default:
                port.Counters.Add(LacpCounter.MarkerIllegal);
                break;
        }
    }

    private static void Answer(LacpSystem system, LacpPort port, ReadOnlySpan<byte> marker)
    {
        if (!port.MarkerLimit.Take(system.Now))
        {
            port.Counters.Add(LacpCounter.MarkerSuppressed);
            return;
        }
        Span<byte> frame = stackalloc byte[SlowProtocols.FrameLength];
        MarkerPdu.WriteResponse(frame, port.Member.PermanentAddress, marker);
        port.Counters.Add(system.Send(port, frame) ? LacpCounter.MarkerResponseSent : LacpCounter.SendFailed);
    }
}
