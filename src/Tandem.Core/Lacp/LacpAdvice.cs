using System.Globalization;

namespace Tandem.Core.Lacp;

/// <summary>Explains why a port carries no traffic and what it waits for.</summary>
public static class LacpAdvice
{
    /// <summary>Why a port carries no traffic, and what would change that; null if it carries traffic.</summary>
    public static string? WhyIdle(LacpSystem system, LacpPort port)
    {
        ArgumentNullException.ThrowIfNull(system);
        ArgumentNullException.ThrowIfNull(port);
        if (port.IsDistributing)
            return null;
        if (!port.IsEnabled && port.Member.Link.IsRunning)
            return port.Member.State == LinkState.Up ? "the bond is down; to use it, set the bond up" : "its up delay has not ended";
        if (!port.IsEnabled)
            return port.IsDefaulted ? "the link is down" : $"the link is down; {port.Partner.System} is remembered as its partner";
        if (!port.IsLacpEnabled)
            return "the link is half duplex, on which there is no LACP";
        if (port.Drain.IsRequested)
            return "it is drained; to use it again: drain off";
        return port.Receive switch
        {
            ReceiveState.Defaulted or ReceiveState.Expired when port.IsDefaulted && WhyRefused(system, port) is { } refused => refused,
            ReceiveState.Defaulted => "no LACPDU arrives: the other end is not set to LACP, or the frames are lost on the way",
            ReceiveState.Expired when port.IsDefaulted => "no LACPDU has arrived since the link came up",
            ReceiveState.Expired => "the partner fell silent; the link is used again with its next LACPDU",
            _ => port.Selected == Selection.Unselected ? WhyUnselected(system, port) : WhyWaiting(system, port),
        };
    }

    internal static string Difference(LacpPort port, Aggregator active)
    {
        if (port.Key != active.Lag.Key)
            return string.Create(
                CultureInfo.InvariantCulture,
                $"its speed or duplex ({SpeedOf(port.Member.Link)}, key {port.Key}) is not that of the active group (key {active.Lag.Key}): links of a group must be alike"
            );
        if (!port.Partner.IsAggregatable)
            return "the partner says that this link may not be aggregated";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"the partner has it in another of its groups (key {port.Partner.Key}) than the links of the active group (key {active.Lag.PartnerKey})"
        );
    }

    // A partner at the slow rate sends every 30 s: its last refused LACPDU must count until the next one.
    private static string? WhyRefused(LacpSystem system, LacpPort port)
    {
        const long Recently = 100 * Clock.Second;
        // An LACPDU that was refused before the partner fell silent does not explain the silence.
        if (system.Now - port.LastRefusal.Time > Recently || port.LastRefusal.Time < port.ReceiveSince)
            return null;
        return port.LastRefusal.Why switch
        {
            LacpRefusal.OwnSystem =>
                $"the LACPDUs that arrive are of our own system {system.Id}: a loop, or another host uses it (ad_actor_system)",
            LacpRefusal.Foreign when !system.Settings.Pinned.IsZero =>
                $"the LACPDUs that arrive are not of the partner that is set, {system.Settings.Pinned} (lacp_partner)",
            LacpRefusal.Unreadable => "LACPDUs arrive, but none that can be read",
            _ => null,
        };
    }

    private static string WhyUnselected(LacpSystem system, LacpPort port)
    {
        if (system.Active is not { } active || port.Aggregator is null || port.Aggregator == active)
            return "it is being put into a group";
        return port.Partner.System == active.Lag.Partner
            ? Difference(port, active)
            : $"it leads to {port.Partner.System}, the active group to {active.Lag.Partner}";
    }

    private static string WhyWaiting(LacpSystem system, LacpPort port)
    {
        if (port.Selected == Selection.Standby)
            return $"hot standby: {system.Settings.MaxActive} better links carry traffic (lacp_max_active)";
        return port.Mux switch
        {
            MuxState.Waiting => "waits for other links of the group (lacp_aggregate_wait)",
            MuxState.Restoring => "the link was lost and has to stay up for a while before it is used again (lacp_wait_to_restore)",
            MuxState.Attached when port.UnseenSince != Clock.Never =>
                "the partner does not recognise us: its LACPDUs describe our port wrongly",
            MuxState.Attached => "waits for the partner to put the link into its group",
            MuxState.Collecting => "receives; waits for the partner to collect",
            _ => "is about to be attached",
        };
    }

    private static string SpeedOf(LinkStatus link) =>
        link.SpeedMbps == 0
            ? "speed unknown"
            : string.Create(CultureInfo.InvariantCulture, $"{link.SpeedMbps} Mbit/s, {link.Duplex.ToString().ToLowerInvariant()} duplex");
}
