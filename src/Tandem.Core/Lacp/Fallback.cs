using Tandem.Core.Bonds;

namespace Tandem.Core.Lacp;

/// <summary>
/// lacp_fallback: one port carries the traffic alone while no port has a partner, for a switch that is not configured yet or a neighbour
/// without LACP. Its LACPDUs stay true: neither in sync, collecting nor distributing.
/// </summary>
internal sealed class Fallback
{
    private long _silentSince = Clock.Never;

    /// <summary>The port that carries traffic alone; null if the fallback is not in use.</summary>
    public LacpPort? Port { get; private set; }

    /// <summary>When the ports have been without a partner for long enough.</summary>
    public long Due { get; private set; } = Clock.Never;

    /// <summary>Starts or ends the fallback as the ports require.</summary>
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
