using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Cli.CommandLine;

namespace Tandem.Cli.Links;

/// <summary>Links in the JSON of <c>ip -j link show</c>, with its order of keys.</summary>
internal static class LinkJson
{
    // Keys shown only with -d; linkinfo and stats64 are handled below.
    private static readonly string[] Details =
    [
        "promiscuity",
        "allmulti",
        "min_mtu",
        "max_mtu",
        "inet6_addr_gen_mode",
        "num_tx_queues",
        "num_rx_queues",
        "gso_max_size",
        "gso_max_segs",
    ];

    // Keys shown with -br, in this order.
    private static readonly string[] Brief = ["link", "link_index", "ifname", "operstate", "address", "flags"];

    /// <summary>Formats a list of links.</summary>
    public static string Format(IEnumerable<ListedLink> links, bool details, bool statistics, bool pretty, bool brief = false)
    {
        var list = new JsonArray();
        foreach (var listed in links)
            list.Add((JsonNode)(brief ? BriefOf(listed) : Of(listed, details, statistics)));
        return JsonText.Format(list, pretty);
    }

    private static JsonObject BriefOf(ListedLink listed)
    {
        var all = Of(listed, details: false, statistics: false);
        var brief = new JsonObject();
        foreach (var key in Brief)
        {
            if (all.Remove(key, out var value))
                brief[key] = value;
        }
        return brief;
    }

    private static JsonObject Of(ListedLink listed, bool details, bool statistics)
    {
        var all = JsonSerializer.SerializeToNode(listed.Link, TandemJson.Default.LinkAttributes)!.AsObject();
        var link = new JsonObject();
        foreach (var (key, value) in all)
        {
            if (key is "kind" or "stats64" || (!details && Details.Contains(key)))
                continue;
            // linkinfo comes after max_mtu, that is, before the next key.
            if (key == "inet6_addr_gen_mode")
                link["linkinfo"] = LinkInfo(listed);
            link[key] = value?.DeepClone();
        }
        if (details && !link.ContainsKey("linkinfo"))
            link["linkinfo"] = LinkInfo(listed);
        if (statistics && all["stats64"] is { } counters)
            link["stats64"] = counters.DeepClone();
        return link;
    }

    private static JsonObject LinkInfo(ListedLink listed)
    {
        if (listed.Bond is { } bond)
            return OfBond(bond);
        var info = new JsonObject();
        if (listed.Link.Kind is { } kind)
            info["info_kind"] = kind;
        info["info_slave_kind"] = "bond";
        info["info_slave_data"] = listed.Member!.Data.DeepClone();
        return info;
    }

    private static JsonObject OfBond(BondResource bond)
    {
        var info = new JsonObject { ["info_kind"] = "bond", ["info_data"] = bond.Options.DeepClone() };
        if (bond.DataPathReason is { } reason)
        {
            info["data_path"] = bond.DataPath;
            info["data_path_reason"] = reason;
            info["device_kind"] = bond.DeviceKind;
        }
        return info;
    }
}
