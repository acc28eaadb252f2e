using Tandem.Core.Options;

namespace Tandem.Core.Lacp;

/// <summary>The options of mode 802.3ad, looked up once.</summary>
internal static class LacpOptions
{
    public static BondOption Strict { get; } = Get("lacp_strict");

    public static BondOption Active { get; } = Get("lacp_active");

    public static BondOption Rate { get; } = Get("lacp_rate");

    public static BondOption Coupled { get; } = Get("coupled_control");

    public static BondOption Select { get; } = Get("ad_select");

    public static BondOption SystemPriority { get; } = Get("ad_actor_sys_prio");

    public static BondOption UserKey { get; } = Get("ad_user_port_key");

    public static BondOption ActorSystem { get; } = Get("ad_actor_system");

    public static BondOption MaxActive { get; } = Get("lacp_max_active");

    public static BondOption Revertive { get; } = Get("lacp_revertive");

    public static BondOption WaitToRestore { get; } = Get("lacp_wait_to_restore");

    public static BondOption AggregateWait { get; } = Get("lacp_aggregate_wait");

    public static BondOption Fallback { get; } = Get("lacp_fallback");

    public static BondOption Partner { get; } = Get("lacp_partner");

    public static BondOption HoldPartner { get; } = Get("lacp_hold_partner");

    public static BondOption Probe { get; } = Get("lacp_probe");

    public static BondOption PortPriority { get; } = BondOptionTable.Get(OptionScope.Member, "actor_port_prio");

    public static BondOption Drain { get; } = BondOptionTable.Get(OptionScope.Member, "drain");

    private static BondOption Get(string name) => BondOptionTable.Get(OptionScope.Bond, name);
}
