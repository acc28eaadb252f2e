using System.Globalization;
using System.Text.Json.Nodes;
using Tandem.Core.Options;

namespace Tandem.Api.Texts;

/// <summary>
/// The files of the driver in <c>/sys/class/net</c>: their names, and their content with the final newline. A file without a value is
/// empty.
/// </summary>
public static class BondFiles
{
    private const string NotAvailable = "N/A";

    // Options that the driver has by netlink only.
    private static readonly string[] WithoutFile = ["ns_ip6_target", "coupled_control", "broadcast_neighbor", "lacp_strict"];

    /// <summary>The files in <c>BOND/bonding/</c>.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfBond(BondResource bond)
    {
        foreach (var option in BondOptionTable.Bond)
        {
            if (option.IsOwn || WithoutFile.Contains(option.Name))
                continue;
            var content = Line(ValueOf(bond, option));
            yield return new(option.Name, content);
            // Two names for one value.
            if (option.Alias is { } alias)
                yield return new(alias, content);
        }
        yield return new("slaves", Line(string.Join(' ', bond.Members.Select(member => member.Name))));
        yield return new("queue_id", Line(string.Join(' ', bond.Members.Select(member => $"{member.Name}:{Text(member, "queue_id")}"))));
        yield return new("mii_status", Line(bond.Carrier ? "up" : "down"));
        var info = bond.Options["ad_info"] as JsonObject;
        // Without an active aggregator its numbers are 0, and its partner has no address.
        var without = bond.Lacp is null && info is null ? "" : "0";
        foreach (var key in new[] { "aggregator", "num_ports", "actor_key", "partner_key" })
            yield return new("ad_" + key, Line(info is null ? without : OptionText.Of(info[key])));
        yield return new("ad_partner_mac", Line(info is null ? "" : OptionText.Of(info["partner_mac"])));
    }

    /// <summary>The files in <c>MEMBER/bonding_slave/</c>.</summary>
    public static IEnumerable<KeyValuePair<string, string>> OfMember(MemberResource member)
    {
        yield return new("state", Line(Text(member, "state").ToLowerInvariant()));
        yield return new("mii_status", Line(BondStatusText.MiiStatusOf(member)));
        foreach (var key in new[] { "link_failure_count", "perm_hwaddr", "queue_id" })
            yield return new(key, Line(Text(member, key)));
        foreach (var key in new[] { "ad_aggregator_id", "ad_actor_oper_port_state", "ad_partner_oper_port_state" })
            yield return new(key, Line(member.Data[key] is { } value ? OptionText.Of(value) : NotAvailable));
    }

    private static string ValueOf(BondResource bond, BondOption option)
    {
        // Not an option of this mode, or an interface that is none.
        if (!bond.Options.TryGetPropertyValue(option.JsonName, out var value))
            return "";
        if (value is JsonArray list)
            return string.Join(' ', list.Select(OptionText.Of));
        var text = OptionText.Of(option, value);
        return option.Kind == OptionKind.Choice
            ? string.Create(CultureInfo.InvariantCulture, $"{text} {option.Choices.IndexOf(text)}")
            : text;
    }

    private static string Text(MemberResource member, string key) => OptionText.Of(member.Data[key]);

    private static string Line(string value) => value.Length == 0 ? "" : value + "\n";
}
