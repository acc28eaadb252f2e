namespace Tandem.Core.Pacing;

/// <summary>Allows a burst of events, and beyond it one event per interval. A new bucket is full.</summary>
public struct TokenBucket
{
    // When the bucket is full again. Each event adds an interval.
    private long _fullAt;

    /// <summary>Counts an event if it is allowed; true if it is.</summary>
    /// <param name="now">Monotonic ns, 0 or more.</param>
    /// <param name="burst">Maximum number of events at once; constant for a bucket.</param>
    /// <param name="interval">Interval in ns; constant for a bucket.</param>
    public bool Take(long now, int burst, long interval)
    {
        var full = Math.Max(_fullAt, now) + interval;
        if (full - (burst * interval) > now)
            return false;
        _fullAt = full;
        return true;
    }
}
