using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;

namespace Tandem.Core.Options;

/// <summary>
/// All options: those of the driver, then Tandem's own. Bond options are in the order in which <c>ip -d link show</c> prints them.
/// </summary>
public static class BondOptionTable
{
    private const long Int32Max = int.MaxValue;
    private static readonly ImmutableArray<string> OffOn = ["off", "on"];

    // An entry is easier to read as a few dense lines.
    // csharpier-ignore-start
    /// <summary>Options of a bond, in printing order.</summary>
    public static ImmutableArray<BondOption> Bond { get; } =
        Number(
            OptionScope.Bond,
            new()
            {
                Name = "mode", Keyword = "mode", JsonName = "mode", Attribute = 1, ApplyOrder = 0,
                OtherNames =
                [
                    ("rr", "balance-rr"), ("round-robin", "balance-rr"), ("xor", "balance-xor"), ("lacp", "802.3ad"), ("tlb", "balance-tlb"),
                    ("alb", "balance-alb"),
                ],
                Kind = OptionKind.Choice, Wire = WireType.U8, When = ChangeRule.BondDown | ChangeRule.NoMembers,
                Choices = ["balance-rr", "active-backup", "balance-xor", "broadcast", "802.3ad", "balance-tlb", "balance-alb"],
                Help = "how frames are distributed over the members",
            },
            new()
            {
                Name = "active_slave", Keyword = "active_slave", JsonName = "active_slave", Attribute = 2, ApplyOrder = 1,
                Kind = OptionKind.Interface, Wire = WireType.U32, Modes = ModeSet.ActiveMember,
                Help = "make this member the active one, until the next reselection (clear_active_slave: reselect now)",
            },
            new()
            {
                Name = "miimon", Keyword = "miimon", JsonName = "miimon", Attribute = 3, ApplyOrder = 2,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = Int32Max, Unit = "ms", Excludes = ["arp_interval", "arp_validate"],
                Help = "interval of link polls, in addition to the kernel's reports; 0: reports only",
            },
            new()
            {
                Name = "updelay", Keyword = "updelay", JsonName = "updelay", Attribute = 4, ApplyOrder = 3,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = Int32Max, Unit = "ms", NeedsMiimon = true,
                Help = "how long a link must be up again before it is used",
            },
            new()
            {
                Name = "downdelay", Keyword = "downdelay", JsonName = "downdelay", Attribute = 5, ApplyOrder = 4,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = Int32Max, Unit = "ms", NeedsMiimon = true,
                Help = "how long a link must be lost before it counts as down",
            },
            new()
            {
                Name = "peer_notif_delay", Keyword = "peer_notify_delay", JsonName = "peer_notify_delay", Attribute = 28,
                ApplyOrder = 5,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 300_000, Unit = "ms", NeedsMiimon = true,
                Help = "time between peer notifications after a failover",
            },
            new()
            {
                Name = "use_carrier", Keyword = "use_carrier", JsonName = "use_carrier", Attribute = 6, ApplyOrder = 6,
                Kind = OptionKind.Number, Wire = WireType.U8, Min = 1, Max = 1, Default = 1,
                Help = "links are judged by their carrier; no other value is supported",
            },
            new()
            {
                Name = "arp_interval", Keyword = "arp_interval", JsonName = "arp_interval", Attribute = 7, ApplyOrder = 7,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = Int32Max, Unit = "ms", Modes = ModeSet.ArpMonitor,
                Excludes = ["miimon"],
                Help = "interval of probes to the ARP and neighbour targets; 0: off",
            },
            new()
            {
                Name = "arp_missed_max", Keyword = "arp_missed_max", JsonName = "arp_missed_max", Attribute = 30, ApplyOrder = 29,
                Kind = OptionKind.Number, Wire = WireType.U8, Min = 1, Max = 255, Default = 2, Unit = "probes",
                Modes = ModeSet.ArpMonitor, SpelledOut = true,
                Help = "unanswered probes before a link is down",
            },
            new()
            {
                Name = "arp_ip_target", Keyword = "arp_ip_target", JsonName = "arp_ip_target", Attribute = 8, ApplyOrder = 8,
                Kind = OptionKind.Ip4List,
                Help = "hosts that the ARP monitor probes",
            },
            new()
            {
                Name = "ns_ip6_target", Keyword = "ns_ip6_target", JsonName = "ns_ip6_target", Attribute = 31, ApplyOrder = 9,
                Kind = OptionKind.Ip6List, SpelledOut = true,
                Help = "hosts that the ARP monitor probes by neighbour solicitation",
            },
            new()
            {
                Name = "arp_validate", Keyword = "arp_validate", JsonName = "arp_validate", Attribute = 9, ApplyOrder = 10,
                Kind = OptionKind.Choice, Wire = WireType.U32, Modes = ModeSet.ArpMonitor, FirstChoiceIsJsonNull = true,
                Excludes = ["miimon"],
                Choices = ["none", "active", "backup", "all", "filter", "filter_active", "filter_backup"],
                Help = "members on which only validated answers count",
            },
            new()
            {
                Name = "arp_all_targets", Keyword = "arp_all_targets", JsonName = "arp_all_targets", Attribute = 10, ApplyOrder = 11,
                Kind = OptionKind.Choice, Wire = WireType.U32, Choices = ["any", "all"],
                Help = "whether one answering target is enough",
            },
            new()
            {
                Name = "primary", Keyword = "primary", JsonName = "primary", Attribute = 11, ApplyOrder = 12,
                Kind = OptionKind.Interface, Wire = WireType.U32, Modes = ModeSet.ActiveMember,
                Help = "the member preferred as the active one",
            },
            new()
            {
                Name = "primary_reselect", Keyword = "primary_reselect", JsonName = "primary_reselect", Attribute = 12, ApplyOrder = 13,
                Kind = OptionKind.Choice, Wire = WireType.U8, Choices = ["always", "better", "failure"],
                Help = "when the primary takes over again",
            },
            new()
            {
                Name = "fail_over_mac", Keyword = "fail_over_mac", JsonName = "fail_over_mac", Attribute = 13, ApplyOrder = 14,
                Kind = OptionKind.Choice, Wire = WireType.U8, Choices = ["none", "active", "follow"], When = ChangeRule.NoMembers,
                Help = "in active-backup: which MAC addresses bond and members have",
            },
            new()
            {
                Name = "xmit_hash_policy", Keyword = "xmit_hash_policy", JsonName = "xmit_hash_policy", Attribute = 14, ApplyOrder = 15,
                Kind = OptionKind.Choice, Wire = WireType.U8,
                Choices = ["layer2", "layer3+4", "layer2+3", "encap2+3", "encap3+4", "vlan+srcmac"],
                Help = "which parts of a frame the flow hash uses",
            },
            new()
            {
                Name = "resend_igmp", Keyword = "resend_igmp", JsonName = "resend_igmp", Attribute = 15, ApplyOrder = 16,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 255, Default = 1, Unit = "times",
                Help = "number of group membership reports after a failover, 200 ms apart",
            },
            new()
            {
                Name = "num_grat_arp", Keyword = "num_grat_arp", Alias = "num_unsol_na", JsonName = "num_peer_notif", Attribute = 16,
                ApplyOrder = 17,
                Kind = OptionKind.Number, Wire = WireType.U8, Max = 255, Default = 1, Unit = "times",
                Help = "number of announcements to neighbours after a failover",
            },
            new()
            {
                Name = "all_slaves_active", Keyword = "all_slaves_active", JsonName = "all_slaves_active", Attribute = 17,
                ApplyOrder = 18,
                Kind = OptionKind.Number, Wire = WireType.U8, Max = 1,
                Help = "1: deliver frames that arrive on a standby member too",
            },
            new()
            {
                Name = "lacp_strict", Keyword = "lacp_strict", JsonName = "lacp_strict", Attribute = 34, ApplyOrder = 32,
                Kind = OptionKind.Switch, Wire = WireType.U8, Default = 1, Modes = ModeSet.Lacp,
                Help = "on: carrier only while members carry traffic; off: as soon as their links are up",
            },
            new()
            {
                Name = "min_links", Keyword = "min_links", JsonName = "min_links", Attribute = 18, ApplyOrder = 19,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = Int32Max, Unit = "members",
                Help = "minimum number of usable members for the bond to have carrier",
            },
            new()
            {
                Name = "lp_interval", Keyword = "lp_interval", JsonName = "lp_interval", Attribute = 19, ApplyOrder = 20,
                Kind = OptionKind.Number, Wire = WireType.U32, Min = 1, Max = Int32Max, Default = 1, Unit = "s",
                Help = "time between learning packets",
            },
            new()
            {
                Name = "packets_per_slave", Keyword = "packets_per_slave", JsonName = "packets_per_slave", Attribute = 20,
                ApplyOrder = 21,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 65535, Default = 1, Unit = "packets", Modes = ModeSet.RoundRobin,
                Help = "packets per turn; 0: a random member for each packet",
            },
            new()
            {
                Name = "lacp_active", Keyword = "lacp_active", JsonName = "ad_lacp_active", Attribute = 29, ApplyOrder = 22,
                Kind = OptionKind.Choice, Wire = WireType.U8, Choices = OffOn, Default = 1, Modes = ModeSet.Lacp,
                When = ChangeRule.BondDown, SpelledOut = true,
                Help = "whether LACPDUs are sent to a passive partner too",
            },
            new()
            {
                Name = "lacp_rate", Keyword = "lacp_rate", JsonName = "ad_lacp_rate", Attribute = 21, ApplyOrder = 23,
                Kind = OptionKind.Choice, Wire = WireType.U8, Choices = ["slow", "fast"], Modes = ModeSet.Lacp,
                When = ChangeRule.BondDown,
                Help = "rate at which the partner is asked to send LACPDUs",
            },
            new()
            {
                Name = "coupled_control", Keyword = "coupled_control", JsonName = "coupled_control", Attribute = 32, ApplyOrder = 30,
                Kind = OptionKind.Switch, Wire = WireType.U8, Modes = ModeSet.Lacp, When = ChangeRule.BondDown,
                SpelledOut = true,
                Help = "whether collecting and distributing start together",
            },
            new()
            {
                Name = "broadcast_neighbor", Keyword = "broadcast_neighbor", JsonName = "broadcast_neighbor", Attribute = 33,
                ApplyOrder = 31,
                Kind = OptionKind.Switch, Wire = WireType.U8, Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "whether ARP and neighbour discovery leave on all members",
            },
            new()
            {
                Name = "ad_select", Keyword = "ad_select", JsonName = "ad_select", Attribute = 22, ApplyOrder = 24,
                Kind = OptionKind.Choice, Wire = WireType.U8,
                Choices = ["stable", "bandwidth", "count", "actor_port_prio"], When = ChangeRule.BondDown,
                Help = "which aggregator is the active one",
            },
            new()
            {
                Name = "ad_actor_sys_prio", Keyword = "ad_actor_sys_prio", JsonName = "ad_actor_sys_prio", Attribute = 24,
                ApplyOrder = 25,
                Kind = OptionKind.Number, Wire = WireType.U16, Min = 1, Max = 65535, Default = 65535, Modes = ModeSet.Lacp,
                Help = "LACP system priority",
            },
            new()
            {
                Name = "ad_user_port_key", Keyword = "ad_user_port_key", JsonName = "ad_user_port_key", Attribute = 25, ApplyOrder = 26,
                Kind = OptionKind.Number, Wire = WireType.U16, Max = 1023, Modes = ModeSet.Lacp, When = ChangeRule.BondDown,
                Help = "upper ten bits of the LACP key",
            },
            new()
            {
                Name = "ad_actor_system", Keyword = "ad_actor_system", JsonName = "ad_actor_system", Attribute = 26, ApplyOrder = 27,
                Kind = OptionKind.Mac, Modes = ModeSet.Lacp,
                Help = "LACP system address; zero: the bond's own",
            },
            new()
            {
                Name = "tlb_dynamic_lb", Keyword = "tlb_dynamic_lb", JsonName = "tlb_dynamic_lb", Attribute = 27, ApplyOrder = 28,
                Kind = OptionKind.Number, Wire = WireType.U8, Max = 1, Default = 1, Modes = ModeSet.LoadBalancing,
                When = ChangeRule.BondDown,
                Help = "whether flows move between members by measured load",
            },
            new()
            {
                Name = "data_path", Keyword = "data_path", JsonName = "data_path", Attribute = 1000, ApplyOrder = 1000,
                Kind = OptionKind.Choice, Choices = ["auto", "ebpf", "csharp"], SpelledOut = true,
                Help = "what forwards frames: eBPF programs in the kernel (ebpf) or the service (csharp); auto: ebpf if the kernel supports it",
            },
            new()
            {
                Name = "device", Keyword = "device", JsonName = "device", Attribute = 1009, ApplyOrder = 1001,
                Kind = OptionKind.Choice, Choices = ["exact", "fast"], SpelledOut = true,
                Help = "exact: captures, counters and queueing disciplines of the bond see all frames; fast: frames bypass them",
            },
            new()
            {
                Name = "device_kind", Keyword = "device_kind", JsonName = "device_kind", Attribute = 1010, ApplyOrder = 999,
                Kind = OptionKind.Choice, Choices = ["auto", "netkit", "veth", "tap"], When = ChangeRule.Creation, SpelledOut = true,
                Help = "kind of the bond's device: one end of a pair, or a TAP device (for data_path csharp); auto: the best one supported",
            },
            new()
            {
                Name = "flap_limit", Keyword = "flap_limit", JsonName = "flap_limit", Attribute = 1011, ApplyOrder = 1002,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 100, Unit = "losses", SpelledOut = true,
                Help = "losses of a link within flap_window beyond which it must stay up for flap_hold before it is used; 0: no limit",
            },
            new()
            {
                Name = "flap_window", Keyword = "flap_window", JsonName = "flap_window", Attribute = 1012, ApplyOrder = 1003,
                Kind = OptionKind.Number, Wire = WireType.U32, Min = 100, Max = 3_600_000, Default = 10_000, Unit = "ms", SpelledOut = true,
                Help = "window in which losses of a link are counted; a window without a loss ends the hold",
            },
            new()
            {
                Name = "flap_hold", Keyword = "flap_hold", JsonName = "flap_hold", Attribute = 1013, ApplyOrder = 1004,
                Kind = OptionKind.Number, Wire = WireType.U32, Min = 100, Max = 3_600_000, Default = 1_000, Unit = "ms", SpelledOut = true,
                Help = "how long a flapping link must stay up before it is used; doubles with each further loss",
            },
            new()
            {
                Name = "flap_hold_max", Keyword = "flap_hold_max", JsonName = "flap_hold_max", Attribute = 1014, ApplyOrder = 1005,
                Kind = OptionKind.Number, Wire = WireType.U32, Min = 100, Max = 3_600_000, Default = 60_000, Unit = "ms", SpelledOut = true,
                Help = "upper bound of flap_hold as it doubles",
            },
            new()
            {
                Name = "lacp_max_active", Keyword = "lacp_max_active", JsonName = "lacp_max_active", Attribute = 1001, ApplyOrder = 40,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 64, Unit = "members", Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "maximum number of members that carry traffic, by actor_port_prio; the others are hot standby; 0: all",
            },
            new()
            {
                Name = "lacp_revertive", Keyword = "lacp_revertive", JsonName = "lacp_revertive", Attribute = 1002, ApplyOrder = 41,
                Kind = OptionKind.Switch, Wire = WireType.U8, Default = 1, Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "whether a member that comes back replaces a working one of lower rank",
            },
            new()
            {
                Name = "lacp_wait_to_restore", Keyword = "lacp_wait_to_restore", JsonName = "lacp_wait_to_restore", Attribute = 1003,
                ApplyOrder = 42,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 32_767, Unit = "s", Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "how long a lost link must be up again before it carries traffic, unless no other member does",
            },
            new()
            {
                Name = "lacp_aggregate_wait", Keyword = "lacp_aggregate_wait", JsonName = "lacp_aggregate_wait", Attribute = 1004,
                ApplyOrder = 43,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 10_000, Unit = "ms", Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "how long a new link waits for others before it is attached (the driver: 2000)",
            },
            new()
            {
                Name = "lacp_fallback", Keyword = "lacp_fallback", JsonName = "lacp_fallback", Attribute = 1005, ApplyOrder = 44,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 3_600, Unit = "s", Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "time without any partner after which one member carries traffic alone; 0: never",
            },
            new()
            {
                Name = "lacp_partner", Keyword = "lacp_partner", JsonName = "lacp_partner", Attribute = 1006, ApplyOrder = 45,
                Kind = OptionKind.Mac, Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "the only LACP system to aggregate with; zero: any",
            },
            new()
            {
                Name = "lacp_hold_partner", Keyword = "lacp_hold_partner", JsonName = "lacp_hold_partner", Attribute = 1007,
                ApplyOrder = 46,
                Kind = OptionKind.Switch, Wire = WireType.U8, Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "whether LACPDUs of another system are ignored while the partner is heard",
            },
            new()
            {
                Name = "lacp_probe", Keyword = "lacp_probe", JsonName = "lacp_probe", Attribute = 1008, ApplyOrder = 47,
                Kind = OptionKind.Number, Wire = WireType.U32, Max = 86_400, Default = 600, Unit = "s", Modes = ModeSet.Lacp,
                SpelledOut = true,
                Help = "how long a silent partner is asked for an LACPDU each second, then every 30 s",
            }
        );

    /// <summary>Options of a member, in printing order.</summary>
    public static ImmutableArray<BondOption> Member { get; } =
        Number(
            OptionScope.Member,
            new()
            {
                Name = "queue_id", Keyword = "queue_id", JsonName = "queue_id", Attribute = 5, ApplyOrder = 0,
                Kind = OptionKind.Number, Wire = WireType.U16, Max = 4096,
                Help = "transmit queue whose frames leave on this member, in balance-rr and active-backup; 0: none",
            },
            new()
            {
                Name = "prio", Keyword = "prio", JsonName = "prio", Attribute = 9, ApplyOrder = 1,
                Kind = OptionKind.Number, Wire = WireType.S32, Min = int.MinValue, Max = Int32Max, Modes = ModeSet.ActiveMember,
                SpelledOut = true,
                Help = "preference as the active member, higher first",
            },
            new()
            {
                Name = "actor_port_prio", Keyword = "actor_port_prio", JsonName = "actor_port_prio", Attribute = 10, ApplyOrder = 2,
                Kind = OptionKind.Number, Wire = WireType.U16, Max = 65535, Default = 255, Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "LACP port priority, lower first",
            },
            new()
            {
                Name = "drain", Keyword = "drain", JsonName = "drain", Attribute = 1001, ApplyOrder = 3,
                Kind = OptionKind.Switch, Wire = WireType.U8, Modes = ModeSet.Lacp, SpelledOut = true,
                Help = "on: take the member out of service without losing a frame, and keep it out",
            }
        );
    // csharpier-ignore-end

    /// <summary>Finds an option by keyword, alias, driver name or JSON key, spelled out.</summary>
    public static bool TryFind(OptionScope scope, string name, [NotNullWhen(true)] out BondOption? option)
    {
        foreach (var candidate in scope == OptionScope.Bond ? Bond : Member)
        {
            if (name == candidate.Keyword || name == candidate.Alias || name == candidate.Name || name == candidate.JsonName)
            {
                option = candidate;
                return true;
            }
        }
        option = null;
        return false;
    }

    /// <summary>Finds an option by keyword.</summary>
    /// <exception cref="KeyNotFoundException">There is no such option.</exception>
    public static BondOption Get(OptionScope scope, string name) =>
        TryFind(scope, name, out var option) ? option : throw new KeyNotFoundException(name);

    private static ImmutableArray<BondOption> Number(OptionScope scope, params ReadOnlySpan<BondOption> options)
    {
        var numbered = ImmutableArray.CreateBuilder<BondOption>(options.Length);
        foreach (var option in options)
            numbered.Add(option with { Scope = scope, Index = numbered.Count });
        return numbered.MoveToImmutable();
    }
}
