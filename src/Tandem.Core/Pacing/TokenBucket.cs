namespace Tandem.Core.Pacing;

/// <summary>Allows a burst, and beyond it one with each interval that passes. A new bucket allows a whole burst.</summary>
public struct TokenBucket
{
    // When the whole burst is allowed again: each that is taken makes it an interval later.
    private long _fullAt;

    /// <summary>Takes one if it is allowed; says whether it is.</summary>
    /// <param name="now">Monotonic ns, 0 or more.</param>
    /// <param name="burst">The most at once; the same with each call.</param>
    /// <param name="interval">In ns; the same with each call.</param>
    public bool Take(long now, int burst, long interval)
    {
        var full = Math.Max(_fullAt, now) + interval;
        if (full - (burst * interval) > now)
            return false;
        _fullAt = full;
        return true;
    }
}
