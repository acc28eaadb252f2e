using System.Runtime.InteropServices;

namespace Tandem.Core.Pacing;

/// <summary>How often something may be reported: a few times at once, then once in ten seconds.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct EventBudget
{
    private const int Most = 12;
    private const long Refill = 10 * Clock.Second;

    private long _refilled;
    private int _spent;

    /// <summary>When one more event may be reported; in the past if it may be now.</summary>
    public readonly long OpensAt => _spent < Most ? long.MinValue : _refilled + Refill;

    /// <summary>Whether one more event may be reported.</summary>
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
