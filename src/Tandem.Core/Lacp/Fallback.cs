namespace Tandem.Core.Lacp;

/// <summary>
/// One link carries traffic alone while no partner answers on any (lacp_fallback), for a switch that is not set up yet, or a neighbour without
/// LACP. What is told in LACPDUs stays true: not in sync, not collecting, not distributing.
/// </summary>
internal sealed class Fallback
{
    private long _silentSince = Clock.Never;

    /// <summary>The link; null if there is no need for one.</summary>
    public LacpPort? Port { get; private set; }

    /// <summary>When silence has lasted long enough.</summary>
    public long Due { get; private set; } = Clock.Never;

    /// <summary>Looks again whether one is needed.</summary>
    public void Step(LacpSystem system)
    {
        var after = system.Settings.FallbackAfter;
        if (after == 0 || IsHeard(system, out var isUp) || !isUp)
        {
            (_silentSince, Due) = (Clock.Never, Clock.Never);
            Set(system, null);
            return;
        }
        if (_silentSince == Clock.Never)
            _silentSince = system.Now;
        Due = _silentSince + after;
        if (Due > system.TimerTime)
            return;
        Due = Clock.Never;
        if (Port is not { IsEnabled: true, Drain.IsRequested: false } || !system.Contains(Port))
            Set(system, Best(system));
    }

    private static bool IsHeard(LacpSystem system, out bool isUp)
    {
        isUp = false;
        foreach (var port in system.PortList)
        {
            isUp |= port.IsEnabled;
            if (port.IsEnabled && !port.IsDefaulted)
                return true;
        }
        return false;
    }

    private static LacpPort? Best(LacpSystem system)
    {
        LacpPort? best = null;
        foreach (var port in system.PortList)
        {
            if (port is { IsEnabled: true, Drain.IsRequested: false } && (best is null || port.Actor.PortId < best.Actor.PortId))
                best = port;
        }
        return best;
    }

    private void Set(LacpSystem system, LacpPort? port)
    {
        if (port == Port)
            return;
        var before = Port;
        Port = port;
        system.PlanIsDue = true;
        if (port is not null)
            system.Report(EventKind.LacpFallback, port, "carries traffic alone: no partner answers on any member (lacp_fallback)");
        else
            system.Report(EventKind.LacpFallback, before, "no longer carries traffic alone");
    }
}
