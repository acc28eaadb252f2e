using System.Runtime.InteropServices;

namespace Tandem.Core.Pacing;

/// <summary>
/// Tells what changes now and then from what flaps: three times within a second is flapping, until a second has passed without another.
/// The first two are never held back, so that a single mend costs nothing.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct FlapDamping
{
    private const long Window = 1 * Clock.Second;
    private const long CalmTime = 1 * Clock.Second;

    private long _last = -Clock.Never;
    private long _lastButOne = -Clock.Never;

    public FlapDamping() { }

    /// <summary>When it is calm again; in the past if it is.</summary>
    public long CalmAt { get; private set; } = long.MinValue;

    /// <summary>Counts one more; says whether flapping began with it.</summary>
    public bool Note(long now)
    {
        var wasCalm = now >= CalmAt;
        if (!wasCalm || now - Window <= _lastButOne)
            CalmAt = now + CalmTime;
        (_lastButOne, _last) = (_last, now);
        return wasCalm && now < CalmAt;
    }
}
