namespace Tandem.Core.Pacing;

/// <summary>
/// Limits how often a setting that another program changes is put back: three times, each within a minute of the last, then once after each pause.
/// The pause is a minute, and doubles, up to an hour, while the change returns within a minute.
/// </summary>
internal sealed class PutBackBudget
{
    private const int Most = 3;
    private const long Window = 60 * Clock.Second;
    private const long ShortestRest = 60 * Clock.Second;
    private const long LongestRest = 3600 * Clock.Second;

    private long _calmAt = long.MinValue;
    private long _rest = ShortestRest;
    private int _spent;

    /// <summary>When the pause ends, in monotonic ns; <see cref="Clock.Never"/> without a pause.</summary>
    public long TryAt { get; private set; } = Clock.Never;

    /// <summary>Whether there is a pause.</summary>
    public bool IsResting => TryAt != Clock.Never;

    /// <summary>Counts one more change; returns whether it may be put back.</summary>
    public bool Take(long now)
    {
        if (now >= _calmAt)
            (_spent, _rest) = (0, ShortestRest);
        if (_spent >= Most)
            return false;
        _spent++;
        _calmAt = now + Window;
        return true;
    }

    /// <summary>Begins a pause; returns its length in ns.</summary>
    public long Rest(long now)
    {
        var rest = _rest;
        TryAt = now + rest;
        (_spent, _rest) = (Most, Math.Min(2 * rest, LongestRest));
        return rest;
    }

    /// <summary>Ends the pause. A change within a minute from now leads to the next one.</summary>
    public void EndRest(long now)
    {
        if (!IsResting)
            return;
        TryAt = Clock.Never;
        _calmAt = now + Window;
    }

    /// <summary>Lets a pause end now, and the next one be a minute again.</summary>
    public void Shorten(long now)
    {
        _rest = ShortestRest;
        if (IsResting)
            TryAt = now;
    }

    /// <summary>Forgets earlier changes.</summary>
    public void Reset() => (TryAt, _calmAt, _rest, _spent) = (Clock.Never, long.MinValue, ShortestRest, 0);
}
