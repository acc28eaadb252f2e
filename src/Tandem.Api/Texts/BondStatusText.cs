using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Tandem.Core.Options;

namespace Tandem.Api.Texts;

/// <summary>A bond in the format of <c>/proc/net/bonding</c>, with the same labels, so that scripts that parse it keep working.</summary>
public static class BondStatusText
{
    private static readonly string[] ModeNames =
    [
        "load balancing (round-robin)",
        "fault-tolerance (active-backup)",
        "load balancing (xor)",
        "fault-tolerance (broadcast)",
        "IEEE 802.3ad Dynamic link aggregation",
        "transmit load balancing",
        "adaptive load balancing",
    ];

    /// <summary>Formats a bond and its members.</summary>
    /// <param name="bond">The bond.</param>
    /// <param name="version">The version of Tandem, which stands in place of the driver's.</param>
    public static string Format(BondResource bond, string version)
    {
        var text = new StringBuilder($"Ethernet Channel Bonding Driver: v{version}\n\n");
        var mode = (BondMode)BondOptions.Known.Mode.Choices.IndexOf(Value(bond, BondOptions.Known.Mode));
        AppendMode(text, bond, mode);
        Line(text, "MII Status", bond.Carrier ? "up" : "down");
        Line(text, "MII Polling Interval (ms)", Value(bond, BondOptions.Known.Miimon));
        Line(text, "Up Delay (ms)", Value(bond, BondOptions.Known.UpDelay));
        Line(text, "Down Delay (ms)", Value(bond, BondOptions.Known.DownDelay));
        Line(text, "Peer Notification Delay (ms)", Value(bond, BondOptions.Known.PeerNotifyDelay));
        if (Value(bond, BondOptions.Known.ArpInterval) is not ("0" or ""))
            AppendArpMonitor(text, bond);
        if (mode == BondMode.Lacp)
            AppendLacp(text, bond);
        foreach (var member in bond.Members)
            AppendMember(text, member, mode);
        return text.ToString();
    }

    /// <summary>A member's link state: <c>up</c>, <c>going down</c>, <c>down</c> or <c>going back</c>.</summary>
    public static string MiiStatusOf(MemberResource member) =>
        OptionText.Of(member.Data["mii_status"]).ToLowerInvariant().Replace('_', ' ');

    private static void AppendMode(StringBuilder text, BondResource bond, BondMode mode)
    {
        var failOverMac = Value(bond, BondOptions.Known.FailOverMac);
        var suffix = mode == BondMode.ActiveBackup && failOverMac != "none" ? $" (fail_over_mac {failOverMac})" : "";
        Line(text, "Bonding Mode", ModeNames[(int)mode] + suffix);
        var hashes = mode is BondMode.BalanceXor or BondMode.Lacp;
        var balancesByLoad = mode is BondMode.BalanceTlb or BondMode.BalanceAlb;
        if (hashes || (balancesByLoad && Value(bond, BondOptions.Known.TlbDynamic) == "0"))
        {
            var policy = Value(bond, BondOptions.Known.HashPolicy);
            Line(text, "Transmit Hash Policy", $"{policy} ({BondOptions.Known.HashPolicy.Choices.IndexOf(policy)})");
        }
        if (!BondOptions.Known.Primary.AppliesTo(mode))
            return;
        var reselect = bond.Primary is null ? "" : $" (primary_reselect {Value(bond, BondOptions.Known.PrimaryReselect)})";
        Line(text, "Primary Slave", (bond.Primary ?? "None") + reselect);
        Line(text, "Currently Active Slave", bond.ActiveMember ?? "None");
    }

    private static void AppendArpMonitor(StringBuilder text, BondResource bond)
    {
        Line(text, "ARP Polling Interval (ms)", Value(bond, BondOptions.Known.ArpInterval));
        Line(text, "ARP Missed Max", Value(bond, "arp_missed_max"));
        AppendTargets(text, "ARP IP target/s (n.n.n.n form):", bond.Options["arp_ip_target"]);
        AppendTargets(text, "NS IPv6 target/s (xx::xx form):", bond.Options["ns_ip6_target"]);
    }

    private static void AppendTargets(StringBuilder text, string label, JsonNode? targets)
    {
        text.Append(label);
        if (targets is JsonArray list)
            text.Append(' ').AppendJoin(", ", list.Select(OptionText.Of));
        text.Append('\n');
    }

    private static void AppendLacp(StringBuilder text, BondResource bond)
    {
        text.Append("\n802.3ad info\n");
        Line(text, "LACP active", Value(bond, "lacp_active"));
        Line(text, "LACP rate", Value(bond, "lacp_rate"));
        Line(text, "Min links", Value(bond, "min_links"));
        Line(text, "Aggregator selection policy (ad_select)", Value(bond, "ad_select"));
        Line(text, "System priority", Value(bond, "ad_actor_sys_prio"));
        Line(text, "System MAC address", bond.Lacp?.System.Address ?? "");
        if (bond.Options["ad_info"] is not JsonObject info)
        {
            text.Append(CultureInfo.InvariantCulture, $"bond {bond.Name} has no active aggregator\n");
            return;
        }
        text.Append("Active Aggregator Info:\n");
        Line(text, "\tAggregator ID", OptionText.Of(info["aggregator"]));
        Line(text, "\tNumber of ports", OptionText.Of(info["num_ports"]));
        Line(text, "\tActor Key", OptionText.Of(info["actor_key"]));
        Line(text, "\tPartner Key", OptionText.Of(info["partner_key"]));
        Line(text, "\tPartner Mac Address", OptionText.Of(info["partner_mac"]));
    }

    private static void AppendMember(StringBuilder text, MemberResource member, BondMode mode)
    {
        text.Append('\n');
        Line(text, "Slave Interface", member.Name);
        Line(text, "MII Status", MiiStatusOf(member));
        if (member.Damping is { } damping)
            Line(text, "Damped", DampingOf(damping));
        Line(text, "Speed", member.SpeedMbps == 0 ? "Unknown" : string.Create(CultureInfo.InvariantCulture, $"{member.SpeedMbps} Mbps"));
        Line(text, "Duplex", member.Duplex == "unknown" ? "Unknown" : member.Duplex);
        Line(text, "Link Failure Count", OptionText.Of(member.Data["link_failure_count"]));
        Line(text, "Permanent HW addr", OptionText.Of(member.Data["perm_hwaddr"]));
        Line(text, "Slave queue ID", OptionText.Of(member.Data["queue_id"]));
        if (mode == BondMode.Lacp)
            AppendPort(text, member);
    }

    private static string DampingOf(DampingResource damping)
    {
        var left = Math.Max(0, (long)(damping.Until - DateTimeOffset.UtcNow).TotalMilliseconds);
        return string.Create(CultureInfo.InvariantCulture, $"lost {damping.Losses} times, used in {left} ms if it stays up");
    }

    private static void AppendPort(StringBuilder text, MemberResource member)
    {
        Line(text, "Aggregator ID", member.Data["ad_aggregator_id"] is { } aggregator ? OptionText.Of(aggregator) : "N/A");
        if (member.Lacp is not { } port)
            return;
        Line(text, "Actor Churn State", port.Actor.Churn);
        Line(text, "Partner Churn State", port.Partner.Churn);
        Line(text, "Actor Churned Count", port.Actor.ChurnCount);
        Line(text, "Partner Churned Count", port.Partner.ChurnCount);
        AppendEnd(text, "actor", "port key", port.Actor);
        AppendEnd(text, "partner", "oper key", port.Partner);
    }

    private static void AppendEnd(StringBuilder text, string which, string key, LacpEndResource end)
    {
        text.Append("details ").Append(which).Append(" lacp pdu:\n");
        Line(text, "    system priority", (ulong)end.System.Priority);
        Line(text, "    system mac address", end.System.Address);
        Line(text, "    " + key, (ulong)end.Key);
        Line(text, "    port priority", (ulong)end.PortPriority);
        Line(text, "    port number", (ulong)end.Port);
        Line(text, "    port state", (ulong)end.State);
    }

    private static string Value(BondResource bond, string keyword) => Value(bond, BondOptionTable.Get(OptionScope.Bond, keyword));

    private static string Value(BondResource bond, BondOption option) => OptionText.Of(option, bond.Options[option.JsonName]);

    private static void Line(StringBuilder text, string label, ulong value) =>
        Line(text, label, value.ToString(CultureInfo.InvariantCulture));

    private static void Line(StringBuilder text, string label, string value) => text.Append(label).Append(": ").Append(value).Append('\n');
}
