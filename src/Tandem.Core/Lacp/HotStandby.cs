namespace Tandem.Core.Lacp;

/// <summary>
/// Which links of a group stand by when not all may carry traffic (802.1AX, 6.4.14.2): the system with the lower identifier ranks by its own port
/// identifiers, so that both ends come to the same links.
/// </summary>
internal static class HotStandby
{
    /// <summary>Whether enough better links are there.</summary>
    public static bool IsSurplus(LacpSystem system, LacpPort port, Aggregator group)
    {
        var most = system.Settings.MaxActive;
        if (most == 0)
            return false;
        var isOurs = system.Id <= group.Lag.Partner;
        var better = 0;
        foreach (var other in system.PortList)
        {
            if (other != port && other.Aggregator == group && Precedes(system, other, port, isOurs))
                better++;
        }
        return better >= most;
    }

    private static bool Precedes(LacpSystem system, LacpPort one, LacpPort other, bool isOurs)
    {
        if (CanCarry(one) != CanCarry(other))
            return CanCarry(one);
        // Who decides may leave in what is in; who follows takes what the partner has in sync, which it has on standby too if it ranks otherwise.
        var isIn = IsIn(one, isOurs);
        if ((!isOurs || !system.Settings.IsRevertive) && isIn != IsIn(other, isOurs))
            return isIn;
        var difference = RankOf(one, isOurs).CompareTo(RankOf(other, isOurs));
        return difference == 0 ? one.Number < other.Number : difference < 0;
    }

    private static bool CanCarry(LacpPort port) => port.IsUsable && port.Mux != MuxState.Restoring;

    private static bool IsIn(LacpPort port, bool isOurs) =>
        isOurs ? port.Selected == Selection.Selected : port.Partner.State.Has(LacpState.Synchronization);

    private static uint RankOf(LacpPort port, bool isOurs) => isOurs ? port.Actor.PortId : port.Partner.PortId;
}
