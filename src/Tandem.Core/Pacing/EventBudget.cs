using System.Runtime.InteropServices;

namespace Tandem.Core.Pacing;

/// <summary>Limits the events about one subject: a burst of twelve, then one every ten seconds.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct EventBudget
{
    private const int Most = 12;
    private const long Refill = 10 * Clock.Second;

    private long _refilled;
    private int _spent;

    /// <summary>When the next event may be reported; in the past if it may be now.</summary>
    public readonly long OpensAt => _spent < Most ? long.MinValue : _refilled + Refill;

    /// <summary>Whether an event may be reported now; if so, counts it.</summary>
    public bool Take(long now)
    {
        var earned = (now - _refilled) / Refill;
        if (earned > 0)
        {
            _spent = (int)Math.Max(0, _spent - earned);
            _refilled = now;
        }
        if (_spent >= Most)
            return false;
        _spent++;
        return true;
    }
}
