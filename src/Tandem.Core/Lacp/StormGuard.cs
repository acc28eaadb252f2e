using System.Runtime.InteropServices;
using Tandem.Core.Pacing;

namespace Tandem.Core.Lacp;

/// <summary>Against floods: beyond 50 LACPDUs in a second only one in 20 ms is taken in, the latest.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct StormGuard
{
    private const int Most = 50;
    private const long Interval = 20 * Clock.Millisecond;

    private RateLimit _limit = new(Most);
    private long _processed;
    private Lacpdu _pending;

    public StormGuard() => PendingDue = Clock.Never;

    /// <summary>When the LACPDU that waits is to be taken in.</summary>
    public long PendingDue { get; private set; }

    /// <summary>Whether an LACPDU is taken in now; if not, it waits in the place of an earlier one.</summary>
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

    /// <summary>The LACPDU that waits, if it is due.</summary>
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
