using System.Runtime.InteropServices;

namespace Tandem.Core.Monitoring;

/// <summary>
/// The time by which probes are judged. It runs only while probes are sent. It stands still while the process is stopped, the host sleeps
/// or the bond is down, and at a jump of the clock. So no link is declared down for probes that were not sent.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct ProbeClock
{
    private long _lastPass;
    private long _lost;

    /// <summary>The time between two passes.</summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="interval">Interval between passes, in ns.</param>
    public readonly long Read(long now, long interval) => Math.Clamp(now, _lastPass, _lastPass + interval) - _lost;

    /// <summary>Starts a pass. The time advances by one interval at most, apart from small lateness.</summary>
    public long Pass(long now, long interval)
    {
        var gap = Math.Max(0, now - _lastPass);
        if (gap > interval + interval / 2)
            _lost += gap - interval;
        _lastPass += gap;
        return _lastPass - _lost;
    }

    /// <summary>Continues after a pause of any length as if there had been none.</summary>
    public void Resume(long now)
    {
        var gap = Math.Max(0, now - _lastPass);
        _lost += gap;
        _lastPass += gap;
    }
}
