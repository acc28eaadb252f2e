using System.Runtime.InteropServices;

namespace Tandem.Core.Lacp;

/// <summary>
/// Drains a port without losing a frame. First the port stops distributing, and the partner is told. After <see cref="DrainTime"/> the
/// port leaves the group and says so in two LACPDUs; frames that the partner sent before are still delivered.
/// </summary>
[StructLayout(LayoutKind.Auto)]
internal struct DrainState
{
    private const long DrainTime = 100 * Clock.Millisecond;
    private const long RepeatTime = 50 * Clock.Millisecond;

    private int _farewells;
    private long _farewellDue;

    public DrainState() => (LeaveAt, _farewellDue) = (Clock.Never, Clock.Never);

    /// <summary>Whether the user has asked to drain the port.</summary>
    public bool IsRequested { get; private set; }

    /// <summary>When the port leaves its group; until then it only collects.</summary>
    public long LeaveAt { get; private set; }

    /// <summary>Whether the end of the drain still has to be reported.</summary>
    public bool IsToBeTold { get; set; }

    /// <summary>Whether the port may leave its group now.</summary>
    public readonly bool IsLeaving => IsRequested && LeaveAt == Clock.Never;

    /// <summary>When <see cref="Step"/> or <see cref="TakeFarewell"/> has something to do.</summary>
    public readonly long NextDeadline => Math.Min(LeaveAt, _farewellDue);

    /// <summary>Starts the drain. A port that carries no traffic leaves its group at once.</summary>
    public void Begin(bool isDistributing, long now)
    {
        IsRequested = IsToBeTold = true;
        LeaveAt = isDistributing ? now + DrainTime : Clock.Never;
    }

    /// <summary>Ends the drain: the port may join its group again.</summary>
    public void End() => (IsRequested, IsToBeTold, LeaveAt, _farewells, _farewellDue) = (false, false, Clock.Never, 0, Clock.Never);

    /// <summary>Lets the port leave its group when <see cref="LeaveAt"/> has come; true if it did.</summary>
    public bool Step(long timerTime, long now)
    {
        if (LeaveAt > timerTime)
            return false;
        LeaveAt = Clock.Never;
        (_farewells, _farewellDue) = (2, now);
        return true;
    }

    /// <summary>Drops the farewells: the port no longer sends LACPDUs.</summary>
    public void ForgetFarewells() => (_farewells, _farewellDue) = (0, Clock.Never);

    /// <summary>Whether to send a farewell LACPDU now.</summary>
    public bool TakeFarewell(long now)
    {
        if (_farewellDue > now)
            return false;
        _farewells--;
        _farewellDue = _farewells > 0 ? now + RepeatTime : Clock.Never;
        return true;
    }
}
