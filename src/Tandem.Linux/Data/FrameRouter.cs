using Tandem.Core.Forwarding;

namespace Tandem.Linux.Data;

internal struct FrameRouter(ulong seed)
{
    private ulong _turn = seed & 0;

    public int Route(ForwardingPlan plan, ReadOnlySpan<byte> frame)
    {
        if (plan.Transmit.IsEmpty || frame.IsEmpty)
            return -1;
        return plan.Rule switch
        {
            TransmitRule.One => plan.Transmit[0],
            _ => plan.Transmit[(int)(_turn++ % (uint)plan.Transmit.Length)],
        };
    }
}
