using System.Text.Json.Nodes;
using Tandem.Core.Options;

namespace Tandem.Api;

/// <summary>Option values in the JSON of <c>ip -d -j link show</c>, derived from the option table.</summary>
public static class OptionJson
{
    /// <summary>
    /// A bond's options as in <c>linkinfo.info_data</c>. Active member and primary appear only while they are members, since they show
    /// state, not configuration.
    /// </summary>
    /// <param name="options">The options.</param>
    /// <param name="activeMember">The active member's name.</param>
    /// <param name="primary">The primary's name.</param>
    /// <param name="activeAggregator">The <c>ad_info</c> of 802.3ad; null without an active aggregator.</param>
    public static JsonObject OfBond(BondOptions options, string? activeMember, string? primary, JsonObject? activeAggregator = null)
    {
        var json = new JsonObject();
        foreach (var option in BondOptionTable.Bond)
        {
            var value = options[option];
            if (!IsShown(option, options.Mode, value))
                continue;
            if (option == BondOptions.Known.ActiveMember)
                value = new OptionValue(0, activeMember);
            else if (option == BondOptions.Known.Primary)
                value = new OptionValue(0, primary);
            if (!value.IsEmpty(option))
                json[option.JsonName] = ToJson(option, value);
            // The active aggregator follows ad_select, by which it was selected.
            if (option.Keyword == "ad_select" && activeAggregator is not null)
                json["ad_info"] = activeAggregator;
        }
        return json;
    }

    /// <summary>Adds a member's options to its state, as in <c>linkinfo.info_slave_data</c>.</summary>
    /// <param name="json">The state.</param>
    /// <param name="mode">The bond's mode.</param>
    /// <param name="valueOf">Reads an option.</param>
    /// <param name="lacpState">LACP state, placed before the LACP options; null in other modes than 802.3ad.</param>
    public static void AddMemberOptions(
        JsonObject json,
        BondMode mode,
        Func<BondOption, OptionValue> valueOf,
        IEnumerable<KeyValuePair<string, JsonNode?>>? lacpState = null
    )
    {
        foreach (var option in BondOptionTable.Member)
        {
            if (option.Modes == ModeSet.Lacp && lacpState is not null)
            {
                foreach (var (key, value) in lacpState)
                    json[key] = value;
                lacpState = null;
            }
            // Unlike the other mode-specific options, prio is shown in every mode.
            if (option.IsOwn ? !IsDefault(option, valueOf(option)) : option.Modes != ModeSet.Lacp || mode == BondMode.Lacp)
                json[option.JsonName] = ToJson(option, valueOf(option));
        }
    }

    /// <summary>The JSON of a value; null for the JSON null that <c>ip</c> prints for the first choice of some options.</summary>
    public static JsonNode? ToJson(BondOption option, OptionValue value) =>
        option.Kind switch
        {
            OptionKind.Choice when value.Number == 0 && option.FirstChoiceIsJsonNull => null,
            OptionKind.Number => JsonValue.Create(value.Number),
            OptionKind.Switch => JsonValue.Create(value.Number != 0),
            OptionKind.Ip4List or OptionKind.Ip6List => new JsonArray([
                .. value.AddressList.Select(address => (JsonNode)JsonValue.Create(address.ToString())),
            ]),
            _ => JsonValue.Create(value.Format(option)),
        };

    // The driver shows the LACP system's identity only in 802.3ad, and other options in all modes. Tandem's own options are shown if they
    // are not at their defaults.
    private static bool IsShown(BondOption option, BondMode mode, OptionValue value) =>
        option.IsOwn
            ? !IsDefault(option, value)
            : mode == BondMode.Lacp || option.Name is not ("ad_actor_sys_prio" or "ad_user_port_key" or "ad_actor_system");

    private static bool IsDefault(BondOption option, OptionValue value) => value == new OptionValue(option.Default);
}
