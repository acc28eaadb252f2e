using System.Runtime.InteropServices;

namespace Tandem.Core.Pacing;

/// <summary>Allows so many events per sliding second.</summary>
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

    /// <summary>When one more is within the limit; in the past if it is now.</summary>
    public readonly long OpensAt => _times[_oldest] + Clock.Second;

    /// <summary>Whether one more is within the limit.</summary>
    public readonly bool HasRoom(long now) => now >= OpensAt;

    /// <summary>Counts one more, within the limit or not.</summary>
    public void Count(long now)
    {
        _times[_oldest] = now;
        _oldest = (_oldest + 1) % _times.Length;
    }

    /// <summary>Counts one more if it is within the limit; says whether it is.</summary>
    public bool Take(long now)
    {
        if (!HasRoom(now))
            return false;
        Count(now);
        return true;
    }
}
