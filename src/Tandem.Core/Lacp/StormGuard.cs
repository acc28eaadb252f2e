using System.Runtime.InteropServices;
using Tandem.Core.Pacing;

namespace Tandem.Core.Lacp;

/// <summary>Limits a flood of LACPDUs: beyond 50 in a second, only the latest of each 20 ms is accepted.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct StormGuard
{
    private const int Most = 50;
    private const long Interval = 20 * Clock.Millisecond;

    private RateLimit _limit = new(Most);
    private long _processed;
    private Lacpdu _pending;

    public StormGuard() => PendingDue = Clock.Never;

    /// <summary>When the pending LACPDU is to be accepted.</summary>
    public long PendingDue { get; private set; }

    /// <summary>Whether to accept an LACPDU now. If not, it becomes the pending one and replaces an earlier one.</summary>
    public bool Take(in Lacpdu pdu, long now)
    {
        if (_limit.HasRoom(now) || now - _processed >= Interval)
        {
            Admit(now);
            return true;
        }
        _pending = pdu;
        PendingDue = _processed + Interval;
        return false;
    }

    /// <summary>Returns the pending LACPDU if it is due.</summary>
    public bool TakePending(long now, out Lacpdu pdu)
    {
        pdu = _pending;
        if (now < PendingDue)
            return false;
        Admit(now);
        return true;
    }

    private void Admit(long now)
    {
        _limit.Count(now);
        _processed = now;
        PendingDue = Clock.Never;
    }
}
