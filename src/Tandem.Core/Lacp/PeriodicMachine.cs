namespace Tandem.Core.Lacp;

/// <summary>
/// The periodic transmission machine (802.1AX-2014, 6.4.13): an LACPDU each second or every 30 s, as the partner wants. PERIODIC_TX
/// takes no time and has no state of its own here.
/// </summary>
internal static class PeriodicMachine
{
    public const long FastPeriodicTime = 1 * Clock.Second;
    public const long SlowPeriodicTime = 30 * Clock.Second;

    /// <summary>
    /// How much earlier than after the whole period an LACPDU leaves, in thousandths. A partner gives up after three periods to the nanosecond:
    /// when it missed two, the third must not be late, however late we are woken up.
    /// </summary>
    public const int UsualLead = 20;

    /// <summary>Makes one transition; false if there is none.</summary>
    public static bool Step(LacpSystem system, LacpPort port)
    {
        if (!TransmitMachine.MayTransmit(system, port))
        {
            var wasOn = port.Periodic != PeriodicState.None;
            (port.Periodic, port.PeriodicTimer) = (PeriodicState.None, Clock.Never);
            return wasOn;
        }
        var isOver = port.PeriodicTimer <= system.TimerTime;
        var wantsShort = port.Partner.State.Has(LacpState.ShortTimeout);
        switch (port.Periodic)
        {
            case PeriodicState.None:
                return Start(system, port, PeriodicState.Fast, system.Now);
            case PeriodicState.Fast when isOver:
            case PeriodicState.Slow when isOver || wantsShort:
                port.NeedToTransmit = true;
                return Start(system, port, wantsShort ? PeriodicState.Fast : PeriodicState.Slow, Basis(system, port, isOver));
            case PeriodicState.Fast when !wantsShort:
                return Start(system, port, PeriodicState.Slow, system.Now);
            default:
                return false;
        }
    }

    // From when the timer should have ended, so that late wake-ups do not add up; but not if it was much later.
    private static long Basis(LacpSystem system, LacpPort port, bool isOver) =>
        isOver && system.Now - port.PeriodicTimer < FastPeriodicTime / 2 ? port.PeriodicTimer : system.Now;

    private static bool Start(LacpSystem system, LacpPort port, PeriodicState state, long from)
    {
        var period = state == PeriodicState.Fast ? FastPeriodicTime : SlowPeriodicTime;
        port.Periodic = state;
        port.PeriodicTimer = from + period - (period / 1000 * system.PeriodicLead);
        return true;
    }
}
