using System.Runtime.InteropServices;

namespace Tandem.Core.Pacing;

/// <summary>
/// Detects flapping: three changes within a second, until a second passes without a change. The first two changes are not delayed, so a
/// single repair costs nothing.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct FlapDamping
{
    private const long Window = 1 * Clock.Second;
    private const long CalmTime = 1 * Clock.Second;

    private long _last = -Clock.Never;
    private long _lastButOne = -Clock.Never;

    public FlapDamping() { }

    /// <summary>When flapping ends if nothing changes; in the past if nothing flaps.</summary>
    public long CalmAt { get; private set; } = long.MinValue;

    /// <summary>Counts a change; true if flapping starts with it.</summary>
    public bool Note(long now)
    {
        var wasCalm = now >= CalmAt;
        if (!wasCalm || now - Window <= _lastButOne)
            CalmAt = now + CalmTime;
        (_lastButOne, _last) = (_last, now);
        return wasCalm && now < CalmAt;
    }
}
