using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>
/// How a port leaves without losing a frame (drain): nothing more is sent on it, and the partner hears that; after a moment the partner is told that the link
/// leaves the group, twice, and what it sent before is still delivered.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct DrainState
{
    private const long DrainTime = 100 * Clock.Millisecond;
    private const long RepeatTime = 50 * Clock.Millisecond;

    private int _farewells;
    private long _farewellDue;

    public DrainState() => (LeaveAt, _farewellDue) = (Clock.Never, Clock.Never);

    /// <summary>A user wants the port to leave, or to stay away.</summary>
    public bool IsRequested { get; private set; }

    /// <summary>When it leaves the group; until then it only collects.</summary>
    public long LeaveAt { get; private set; }

    /// <summary>Whoever asked for it has not heard yet that it is done.</summary>
    public bool IsToBeTold { get; set; }

    /// <summary>True once it may leave the group.</summary>
    public readonly bool IsLeaving => IsRequested && LeaveAt == Clock.Never;

    /// <summary>When there is something to do.</summary>
    public readonly long NextDeadline => Math.Min(LeaveAt, _farewellDue);

    /// <summary>Begins; a port that carries nothing leaves at once.</summary>
    public void Begin(bool isDistributing, long now)
    {
        IsRequested = IsToBeTold = true;
        LeaveAt = isDistributing ? now + DrainTime : Clock.Never;
    }

    /// <summary>Ends it: the port may come back.</summary>
    public void End() => (IsRequested, IsToBeTold, LeaveAt, _farewells, _farewellDue) = (false, false, Clock.Never, 0, Clock.Never);

    /// <summary>Moves on if the time has come; says whether it did.</summary>
    public bool Step(long timerTime, long now)
    {
        if (LeaveAt > timerTime)
            return false;
        LeaveAt = Clock.Never;
        (_farewells, _farewellDue) = (2, now);
        return true;
    }

    /// <summary>Nobody can be told any more.</summary>
    public void ForgetFarewells() => (_farewells, _farewellDue) = (0, Clock.Never);

    /// <summary>Whether a farewell is to be sent now.</summary>
    public bool TakeFarewell(long now)
    {
        if (_farewellDue > now)
            return false;
        _farewells--;
        _farewellDue = _farewells > 0 ? now + RepeatTime : Clock.Never;
        return true;
    }
}
