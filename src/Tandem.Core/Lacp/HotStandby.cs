namespace Tandem.Core.Lacp;

/// <summary>
/// Chooses the ports of a group that stay on hot standby when not all may carry traffic (802.1AX-2020, 6.4.14.2). The system with the
/// lower identifier ranks the ports by its own port identifiers, so both ends choose the same ports.
/// </summary>
internal static class HotStandby
{
    /// <summary>Whether the group has enough better ports, so that this port stays on standby.</summary>
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
        // The deciding system may keep ports that are selected. The other system follows the partner's sync bits: they show the partner's
        // choice, also if the partner ranks ports by another rule.
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
