using System.Runtime.InteropServices;

namespace Tandem.Core.Monitoring;

/// <summary>
/// The time by which probes are judged. It goes on only while probes are sent: for a process that was stopped, a host that slept, a bond
/// that was down, or a clock that jumped, it stands, and no link is given up for what nobody asked meanwhile.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct ProbeClock
{
    private long _lastPass;
    private long _lost;

    /// <summary>The time between passes.</summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="interval">Between passes, ns.</param>
    public readonly long Read(long now, long interval) => Math.Clamp(now, _lastPass, _lastPass + interval) - _lost;

    /// <summary>A pass begins: the time is at most one interval later than at the one before, but for what is late by chance.</summary>
    public long Pass(long now, long interval)
    {
        var gap = Math.Max(0, now - _lastPass);
        if (gap > interval + interval / 2)
            _lost += gap - interval;
        _lastPass += gap;
        return _lastPass - _lost;
    }

    /// <summary>Goes on after a rest of any length as if there had been none.</summary>
    public void Resume(long now)
    {
        var gap = Math.Max(0, now - _lastPass);
        _lost += gap;
        _lastPass += gap;
    }
}
