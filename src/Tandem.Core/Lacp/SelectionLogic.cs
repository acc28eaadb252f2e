namespace Tandem.Core.Lacp;

/// <summary>
/// The selection logic (802.1AX-2020, 6.4.14): forms groups of ports, chooses the group that carries traffic, and selects its ports.
/// Ports of other groups stay unselected, so their partners do not send on them.
/// </summary>
internal static class SelectionLogic
{
    /// <summary>How long another group must be better before it replaces one that carries traffic.</summary>
    public const long HoldTime = 10 * Clock.Second;

    /// <summary>Forms groups and selects ports anew.</summary>
    public static void Run(LacpSystem system)
    {
        Group(system);
        Choose(system);
        foreach (var port in system.PortList)
            Assign(system, port);
    }

    private static void Group(LacpSystem system)
    {
        var ports = system.PortList;
        for (var i = 0; i < ports.Count; i++)
        {
            var port = ports[i];
            port.Aggregator = null;
            if (port.IsDefaulted || !port.IsLacpEnabled)
                continue;
            var lag = port.Lag;
            for (var j = 0; j < i && port.Aggregator is null; j++)
            {
                if (ports[j].Aggregator is { } found && found.Lag == lag)
                    port.Aggregator = found;
            }
            if (port.Aggregator is null)
            {
                port.Aggregator = port.OwnAggregator;
                port.Aggregator.Clear(lag);
            }
            port.Aggregator.Add(port);
        }
    }

    private static void Choose(LacpSystem system)
    {
        Aggregator? present = null;
        Aggregator? best = null;
        foreach (var port in system.PortList)
        {
            if (port.Aggregator is not { } group || group != port.OwnAggregator)
                continue;
            if (group.Lag == system.ActiveLag)
                present = group;
            if (group.UsablePorts > 0 && (best is null || IsBetter(system, group, best)))
                best = group;
        }
        // A group whose links are all down stays active while no other works: its links may come back at once.
        best ??= present;
        if (best is not null && present is { UsablePorts: > 0 } && best != present && MustHold(system, best, present))
            best = present;
        else
            system.HoldEnds = Clock.Never;
        foreach (var port in system.PortList)
            port.OwnAggregator.IsActive = port.OwnAggregator == best;
        system.Activate(best);
    }

    // Order of preference: the first rule that tells two groups apart decides.
    private static bool IsBetter(LacpSystem system, Aggregator group, Aggregator other)
    {
        var settings = system.Settings;
        var isPresent = group.Lag == system.ActiveLag;
        var isOtherPresent = other.Lag == system.ActiveLag;
        var difference = (other.Lag.IsIndividual ? 1 : 0) - (group.Lag.IsIndividual ? 1 : 0);
        if (difference == 0)
            difference = (group.UsablePorts >= settings.MinLinks ? 1 : 0) - (other.UsablePorts >= settings.MinLinks ? 1 : 0);
        if (difference == 0 && settings.Policy == AggregatorPolicy.Stable)
            difference = (isPresent ? 1 : 0) - (isOtherPresent ? 1 : 0);
        if (difference == 0 && settings.Policy == AggregatorPolicy.PortPriority)
            difference = group.PrioritySum.CompareTo(other.PrioritySum);
        if (difference == 0 && settings.Policy is AggregatorPolicy.Count or AggregatorPolicy.PortPriority)
            difference = group.UsablePorts.CompareTo(other.UsablePorts);
        if (difference == 0)
            difference = group.BandwidthMbps.CompareTo(other.BandwidthMbps);
        if (difference == 0)
            difference = group.UsablePorts.CompareTo(other.UsablePorts);
        if (difference == 0)
            difference = (isPresent ? 1 : 0) - (isOtherPresent ? 1 : 0);
        if (difference == 0)
            difference = other.Lag.Partner.CompareTo(group.Lag.Partner);
        if (difference == 0)
            difference = other.BestPortId.CompareTo(group.BestPortId);
        return difference > 0;
    }

    // A working group is replaced only by one that has been better for a while, unless it has too few links to give the bond carrier.
    private static bool MustHold(LacpSystem system, Aggregator best, Aggregator present)
    {
        var minLinks = system.Settings.MinLinks;
        if (present.DistributingPorts == 0 || (present.UsablePorts < minLinks && best.UsablePorts >= minLinks))
            return false;
        if (system.HoldEnds == Clock.Never)
            system.HoldEnds = system.Now + HoldTime;
        return system.HoldEnds > system.TimerTime;
    }

    private static void Assign(LacpSystem system, LacpPort port)
    {
        if (port.Drain.IsLeaving)
            port.Select(Selection.Unselected, "it is drained");
        else if (port.Aggregator is not { IsActive: true } group)
            port.Select(Selection.Unselected, port.Aggregator is null ? "no partner is known" : "another group carries the traffic");
        else if (port.Selected != Selection.Unselected && port.SelectedLag != group.Lag)
            port.Select(Selection.Unselected, "its group changed");
        else if (!port.Drain.IsRequested && (port.Selected != Selection.Unselected || port.Mux == MuxState.Detached))
            Select(system, port, group);
    }

    private static void Select(LacpSystem system, LacpPort port, Aggregator group)
    {
        port.SelectedLag = group.Lag;
        if (HotStandby.IsSurplus(system, port, group))
            port.Select(Selection.Standby, "enough better links carry traffic");
        else if (port.Selected != Selection.Unselected || port.IsUsable)
            port.Select(Selection.Selected, "it belongs to the active group");
    }
}
