using System.Runtime.InteropServices;

namespace Tandem.Core.Pacing;

/// <summary>Allows N events per sliding second.</summary>
[StructLayout(LayoutKind.Auto)]
internal struct RateLimit
{
    private readonly long[] _times;
    private int _oldest;

    public RateLimit(int most)
    {
        _times = new long[most];
        Array.Fill(_times, long.MinValue);
    }

    /// <summary>When the next event is within the limit; in the past if it is now.</summary>
    public readonly long OpensAt => _times[_oldest] + Clock.Second;

    /// <summary>Whether an event is within the limit now.</summary>
    public readonly bool HasRoom(long now) => now >= OpensAt;

    /// <summary>Counts an event, within the limit or not.</summary>
    public void Count(long now)
    {
        _times[_oldest] = now;
        _oldest = (_oldest + 1) % _times.Length;
    }

    /// <summary>Counts an event if it is within the limit; true if it is.</summary>
    public bool Take(long now)
    {
        if (!HasRoom(now))
            return false;
        Count(now);
        return true;
    }
}
