namespace Tandem.Core.Lacp;

/// <summary>
/// The periodic transmission machine (802.1AX-2014, 6.4.13): an LACPDU each second or every 30 s, as the partner asks. PERIODIC_TX takes
/// no time and is not a state here.
/// </summary>
internal static class PeriodicMachine
{
    public const long FastPeriodicTime = 1 * Clock.Second;
    public const long SlowPeriodicTime = 30 * Clock.Second;

    /// <summary>
    /// How early an LACPDU is sent, in thousandths of the period. A partner expires us exactly three periods after the last LACPDU it
    /// got. If it missed two, the third must arrive in time even if the service wakes up late.
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

    // The next period starts when the timer should have ended, so that late wake-ups do not add up; after a long delay it starts now.
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
