using System.Text.Json;
using Tandem.Core.Options;

namespace Tandem.Config.Import;

/// <summary>Imports the bonds of the kernel's driver from the output of <c>ip -d -j link</c>.</summary>
public static class LiveImporter
{
    private const string Source = "ip -d -j link";

    // State and what follows from it: not options.
    private static readonly string[] State = ["ad_info", "active_slave"];

    /// <summary>Imports the bonds; nothing is thrown.</summary>
    public static Imported Read(string json)
    {
        var notes = new Findings();
        var drafts = new BondDrafts(notes);
        try
        {
            using var document = JsonDocument.Parse(json);
            var links = document.RootElement.ValueKind == JsonValueKind.Array ? document.RootElement.EnumerateArray().ToList() : [];
            foreach (var link in links)
            {
                if (Info(link, "info_kind") is { ValueKind: JsonValueKind.String } kind && kind.GetString() == "bond")
                    ReadBond(drafts, link, notes);
            }
            foreach (var link in links)
                ReadMember(drafts, link);
        }
        catch (JsonException e)
        {
            notes.Add(new Place(Source, (int)(e.LineNumber ?? 0) + 1), "", $"not JSON: {e.Message}", "ip of iproute2 is needed");
        }
        return drafts.Finish();
    }

    private static JsonElement? Info(JsonElement link, string key) =>
        link.ValueKind == JsonValueKind.Object
        && link.TryGetProperty("linkinfo", out var info)
        && info.ValueKind == JsonValueKind.Object
        && info.TryGetProperty(key, out var value)
            ? value
            : null;

    private static string? Text(JsonElement link, string key) =>
        link.ValueKind == JsonValueKind.Object && link.TryGetProperty(key, out var value) ? Text(value) : null;

    private static string? Text(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.String => value.GetString(),
            JsonValueKind.Number => value.GetRawText(),
            JsonValueKind.True => "on",
            JsonValueKind.False => "off",
            JsonValueKind.Array => string.Join(',', value.EnumerateArray().Select(Text)),
            _ => null,
        };

    private static void ReadBond(BondDrafts drafts, JsonElement link, Findings notes)
    {
        if (Text(link, "ifname") is not { } name)
            return;
        var place = new Place(Source);
        var bond = drafts.Get(name, place);
        bond.IsUp =
            link.TryGetProperty("flags", out var flags)
            && flags.ValueKind == JsonValueKind.Array
            && flags.EnumerateArray().Any(flag => Text(flag) == "UP");
        if (Text(link, "mtu") is { } mtu and not "1500")
            bond.SetMtu(mtu, place, $"{name} mtu");
        if (Info(link, "info_data") is not { ValueKind: JsonValueKind.Object } data)
            return;
        foreach (var option in data.EnumerateObject())
        {
            if (State.Contains(option.Name, StringComparer.Ordinal) || Text(option.Value) is not { } text)
                continue;
            var known = BondOptionTable.Bond.FirstOrDefault(other => other.JsonName == option.Name);
            // ip prints every option, also those that the mode lacks.
            if (known is null)
                notes.Add(place, $"{name} {option.Name}", "Tandem has no such option", "it is left out");
            else if (text != new OptionValue(known.Default).Format(known))
                bond.Set(known.Name, text, place, $"{name} {option.Name}");
        }
    }

    private static void ReadMember(BondDrafts drafts, JsonElement link)
    {
        if (Text(link, "ifname") is not { } name || Text(link, "master") is not { } owner || drafts.Find(owner) is not { } bond)
            return;
        var place = new Place(Source);
        bond.Add(name, place, name);
        if (Info(link, "info_slave_data") is not { ValueKind: JsonValueKind.Object } data)
            return;
        foreach (var option in BondOptionTable.Member.Where(option => !option.IsOwn))
        {
            if (data.TryGetProperty(option.JsonName, out var value) && Text(value) is { } text)
                bond.SetOfMember(name, option.Name, text, place, $"{name} {option.JsonName}");
        }
    }
}
