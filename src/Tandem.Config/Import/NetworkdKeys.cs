namespace Tandem.Config.Import;

/// <summary>How a value of systemd-networkd becomes the driver's.</summary>
internal enum NetworkdValue : byte
{
    /// <summary>It is the same.</summary>
    Same,

    /// <summary>A boolean, for 0 or 1.</summary>
    Boolean,

    /// <summary>A span of time, for ms.</summary>
    Ms,

    /// <summary>A span of time, for s.</summary>
    Seconds,

    /// <summary>Words, for a list with commas.</summary>
    List,
}

/// <summary>The keys of the section [Bond] of systemd-networkd, and the driver's options.</summary>
internal static class NetworkdKeys
{
    /// <summary>All keys.</summary>
    public static IReadOnlyList<(string Key, string Option, NetworkdValue Value)> All { get; } =
    [
        ("Mode", "mode", NetworkdValue.Same),
        ("TransmitHashPolicy", "xmit_hash_policy", NetworkdValue.Same),
        ("LACPTransmitRate", "lacp_rate", NetworkdValue.Same),
        ("MIIMonitorSec", "miimon", NetworkdValue.Ms),
        ("PeerNotifyDelaySec", "peer_notif_delay", NetworkdValue.Ms),
        ("UpDelaySec", "updelay", NetworkdValue.Ms),
        ("DownDelaySec", "downdelay", NetworkdValue.Ms),
        ("LearnPacketIntervalSec", "lp_interval", NetworkdValue.Seconds),
        ("AdSelect", "ad_select", NetworkdValue.Same),
        ("AdActorSystemPriority", "ad_actor_sys_prio", NetworkdValue.Same),
        ("AdUserPortKey", "ad_user_port_key", NetworkdValue.Same),
        ("AdActorSystem", "ad_actor_system", NetworkdValue.Same),
        ("FailOverMACPolicy", "fail_over_mac", NetworkdValue.Same),
        ("ARPValidate", "arp_validate", NetworkdValue.Same),
        ("ARPIntervalSec", "arp_interval", NetworkdValue.Ms),
        ("ARPIPTargets", "arp_ip_target", NetworkdValue.List),
        ("ARPAllTargets", "arp_all_targets", NetworkdValue.Same),
        ("ARPMissedMax", "arp_missed_max", NetworkdValue.Same),
        ("PrimaryReselectPolicy", "primary_reselect", NetworkdValue.Same),
        ("ResendIGMP", "resend_igmp", NetworkdValue.Same),
        ("PacketsPerSlave", "packets_per_slave", NetworkdValue.Same),
        ("GratuitousARP", "num_grat_arp", NetworkdValue.Same),
        ("AllSlavesActive", "all_slaves_active", NetworkdValue.Boolean),
        ("DynamicTransmitLoadBalancing", "tlb_dynamic_lb", NetworkdValue.Boolean),
        ("MinLinks", "min_links", NetworkdValue.Same),
    ];
}
