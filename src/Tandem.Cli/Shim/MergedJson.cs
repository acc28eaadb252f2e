using System.Text;
using System.Text.Json.Nodes;

namespace Tandem.Cli.Shim;

/// <summary>
/// Shows bonds and members in the JSON of <c>ip</c> as <c>ip</c> shows those of the driver. All other bytes stay as they are.
/// </summary>
internal static class MergedJson
{
    /// <summary>The depth of the objects' properties, and that of the properties in their <c>linkinfo</c>.</summary>
    private const int Depth = 2;

    private static readonly string[] OfOtherEnd = ["link", "link_index", "link_netns", "link_netnsid"];

    /// <summary>Edits the output of <c>ip -json</c>; null if it is no list of objects.</summary>
    public static string? Edit(byte[] output, KnownDevices devices, LinkFilter filter)
    {
        if (ListedObject.Read(output) is not { } all)
            return null;
        if (all.Count == 0)
            return Encoding.UTF8.GetString(output);
        var isPretty = output.AsSpan().StartsWith("[ "u8);
        var shown = new List<string>();
        foreach (var element in all)
        {
            var device = DeviceOf(element, devices);
            if (!filter.Shows(device))
                continue;
            if (device is not null)
                Change(element, device, isPretty);
            shown.Add(element.Edited());
        }
        var (before, after) = (Encoding.UTF8.GetString(output, 0, all[0].Start), Encoding.UTF8.GetString(output.AsSpan(all[^1].End)));
        return shown.Count == 0
            ? before.TrimEnd() + (isPretty ? " " : "") + after.TrimStart(' ')
            : before + string.Join(',', shown) + after;
    }

    private static KnownDevice? DeviceOf(ListedObject element, KnownDevices devices)
    {
        if (element.Value("ifname") is not { } name)
            return null;
        var ifindex = element.Value("ifindex")?.GetValue<int>();
        return devices.TryFind(name.GetValue<string>(), ifindex, out var device) ? device : null;
    }

    private static void Change(ListedObject element, KnownDevice device, bool isPretty)
    {
        if (element.Value("flags") is JsonArray flags)
        {
            var words = MergedText.FlagsOf(device, flags.Select(flag => flag!.GetValue<string>()));
            element.Replace("flags", IpJson.Format(new JsonArray([.. words.Select(word => (JsonNode)word)]), isPretty, Depth));
        }
        if (element.Value("operstate")?.GetValue<string>() is { } state && MergedText.StateOf(device, state) != state)
            element.Replace("operstate", $"\"{MergedText.StateOf(device, state)}\"");
        // -brief has neither master nor details.
        if (device.Master is { } master && element.Has("mtu"))
            element.InsertBefore("operstate", IpJson.Property("master", master, isPretty, Depth) + IpJson.Separator(isPretty, Depth));
        if (device.Bond is not null)
        {
            foreach (var name in OfOtherEnd)
                element.Remove(name);
        }
        if (element.Has("promiscuity"))
            ChangeInfo(element, device, isPretty);
    }

    private static void ChangeInfo(ListedObject element, KnownDevice device, bool isPretty)
    {
        var info = new JsonObject();
        if (device.Bond is { } bond)
            (info["info_kind"], info["info_data"]) = ("bond", bond.Options.DeepClone());
        if (device.Member is { } member)
            (info["info_slave_kind"], info["info_slave_data"]) = ("bond", member.Data.DeepClone());
        if (device.Bond is not null)
            element.Replace("linkinfo", IpJson.Format(info, isPretty, Depth));
        else if (element.Has("linkinfo"))
            element.Append("linkinfo", string.Concat(info.Select(property => Added(property.Key, property.Value))));
        else
        {
            var added = IpJson.Property("linkinfo", info, isPretty, Depth) + IpJson.Separator(isPretty, Depth);
            _ = element.InsertBefore("inet6_addr_gen_mode", added) || element.InsertBefore("num_tx_queues", added);
        }

        string Added(string name, JsonNode? value) =>
            IpJson.Separator(isPretty, Depth + 1) + IpJson.Property(name, value, isPretty, Depth + 1);
    }
}
