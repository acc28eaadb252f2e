namespace Tandem.Core.Pacing;

/// <summary>
/// How often something that somebody else changes is put back: three times, each less than a minute after the last, then once after a rest. The
/// rest is a minute, and twice as long each time, up to an hour, that the change comes back within a minute.
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

    /// <summary>When it is to be tried again; <see cref="Clock.Never"/> if it does not rest.</summary>
    public long TryAt { get; private set; } = Clock.Never;

    /// <summary>Whether it is left as it is for the time being.</summary>
    public bool IsResting => TryAt != Clock.Never;

    /// <summary>Takes one more if there is one; says whether there is.</summary>
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

    /// <summary>Lets it rest; says for how long, in ns.</summary>
    public long Rest(long now)
    {
        var rest = _rest;
        TryAt = now + rest;
        (_spent, _rest) = (Most, Math.Min(2 * rest, LongestRest));
        return rest;
    }

    /// <summary>Ends the rest: what comes back within a minute from now on leads to the next one.</summary>
    public void EndRest(long now)
    {
        if (!IsResting)
            return;
        TryAt = Clock.Never;
        _calmAt = now + Window;
    }

    /// <summary>Begins anew.</summary>
    public void Reset() => (TryAt, _calmAt, _rest, _spent) = (Clock.Never, long.MinValue, ShortestRest, 0);
}
