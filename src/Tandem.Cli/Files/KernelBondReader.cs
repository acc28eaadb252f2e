using System.Globalization;
using System.Text;
using System.Text.Json;
using Tandem.Cli.CommandLine;
using Tandem.Config.Import;

namespace Tandem.Cli.Files;

/// <summary>Reads a running bond of the kernel's driver by <c>ip</c>, and refuses what could not be moved.</summary>
internal sealed class KernelBondReader(CommandContext context, string name)
{
    private const uint Forever = uint.MaxValue;
    private const int UsualQueueLength = 1000;

    // Those that the kernel gives an interface by itself.
    private static readonly string[] UsualQdiscs = ["noqueue", "noop", "mq", "fq_codel", "pfifo_fast", "fq"];

    // Routes of these kinds and origins are made by the kernel, or come by themselves.
    private static readonly string[] OwnRoutes = ["local ", "broadcast ", "multicast ", "anycast "];
    private static readonly string[] OwnProtocols = [" proto kernel", " proto ra", " proto redirect"];

    // Words about the state of the link, which cannot be set.
    private static readonly string[] StateWords = [" linkdown", " dead"];

    /// <summary>Reads it.</summary>
    /// <exception cref="CommandException">There is no such bond of the driver, or something of it cannot be moved; all reasons are named.</exception>
    public async Task<KernelBond> ReadAsync()
    {
        var text = await ReadTextAsync("-d", "-j", "link", "show");
        using var document = Parse(text);
        var links = document.RootElement.EnumerateArray().ToList();
        var link = links.Find(other => Text(other, "ifname") == name);
        if (link.ValueKind == JsonValueKind.Undefined)
            throw new CommandException(ExitCode.NotFound, $"{name}: there is no interface of that name");
        var info = link.TryGetProperty("linkinfo", out var found) ? found : default;
        if (info.ValueKind != JsonValueKind.Object || Text(info, "info_kind") != "bond")
            throw new CommandException(
                ExitCode.Refused,
                $"{name}: not a bond of the kernel's driver; accepted: a name of \"ip link show type bond\""
            );
        var imported = LiveImporter.Read(text);
        var bond = imported.Bonds.FirstOrDefault(other => other.Name == name);
        string[] concerned = [name, .. (bond?.Spec.Members ?? []).Select(member => member.Name)];
        var problems = imported
            .Notes.Where(note => concerned.Contains(note.Key.Split(' ')[0], StringComparer.Ordinal))
            .Select(note => note.ToString())
            .ToList();
        problems.AddRange(ProblemsOf(link, links));
        var addresses = await ReadAddressesAsync();
        var neighbours = Lines(await ReadTextAsync("neigh", "show", "dev", name, "nud", "permanent")).Select(Neighbour);
        var routes = new List<string>();
        foreach (var family in new[] { "-4", "-6" })
            routes.AddRange(Routes(await ReadTextAsync(family, "route", "show", "table", "all", "dev", name), problems));
        if (bond is null)
            problems.Add("it could not be read");
        if (problems.Count > 0)
            throw new CommandException(
                ExitCode.Refused,
                $"{name} cannot be taken over, and nothing was changed: {string.Join("; ", problems)}"
            );
        return new KernelBond(
            bond!,
            Text(link, "address")!,
            info.TryGetProperty("info_data", out var data) ? Text(data, "active_slave") : null,
            Settings(link),
            [.. addresses, .. neighbours, .. routes]
        );
    }

    private IEnumerable<string> ProblemsOf(JsonElement link, List<JsonElement> links)
    {
        if (Text(link, "master") is { } master)
            yield return $"it is a port of {master}; accepted: a bond that belongs to nothing, \"ip link set {name} nomaster\" before";
        foreach (var above in links.Where(other => Text(other, "link") == name))
            yield return $"{Text(above, "ifname")} is a device on it, which would be removed with it; accepted: remove it before, and make it again afterwards";
        if (Text(link, "qdisc") is { } qdisc && !UsualQdiscs.Contains(qdisc, StringComparer.Ordinal))
            yield return $"its queueing discipline {qdisc} would be lost; accepted: remove it before (tc qdisc del dev {name} root), and add it again afterwards";
    }

    private static string Settings(JsonElement link)
    {
        var words = new List<string>();
        if (link.TryGetProperty("txqlen", out var length) && length.GetInt32() != UsualQueueLength)
            words.Add(string.Create(CultureInfo.InvariantCulture, $"txqueuelen {length.GetInt32()}"));
        if (Text(link, "ifalias") is { } alias && !alias.Contains('"', StringComparison.Ordinal))
            words.Add($"alias \"{alias}\"");
        return string.Join(' ', words);
    }

    private async Task<List<string>> ReadAddressesAsync()
    {
        using var document = Parse(await ReadTextAsync("-j", "addr", "show", "dev", name));
        return
        [
            .. from shown in document.RootElement.EnumerateArray()
            where shown.TryGetProperty("addr_info", out _)
            from address in shown.GetProperty("addr_info").EnumerateArray()
            // The kernel makes them again.
            where !(Text(address, "family") == "inet6" && Text(address, "scope") == "link")
            select Address(address),
        ];
    }

    private static string Address(JsonElement address)
    {
        var line = new StringBuilder($"addr replace {Text(address, "local")}");
        if (Text(address, "address") is { } peer)
            line.Append(CultureInfo.InvariantCulture, $" peer {peer}");
        line.Append(CultureInfo.InvariantCulture, $"/{address.GetProperty("prefixlen").GetInt32()}");
        foreach (var (key, word) in new[] { ("broadcast", "broadcast"), ("label", "label"), ("metric", "metric") })
        {
            if (Text(address, key) is { } value)
                line.Append(CultureInfo.InvariantCulture, $" {word} {value}");
        }
        if (Text(address, "scope") is { } scope and not "global")
            line.Append(CultureInfo.InvariantCulture, $" scope {scope}");
        if (Lifetime(address, "valid_life_time") is { } valid)
            line.Append(
                CultureInfo.InvariantCulture,
                $" valid_lft {valid} preferred_lft {Lifetime(address, "preferred_life_time") ?? valid}"
            );
        foreach (var flag in new[] { "noprefixroute", "mngtmpaddr", "home" })
        {
            if (address.TryGetProperty(flag, out var set) && set.ValueKind == JsonValueKind.True)
                line.Append(CultureInfo.InvariantCulture, $" {flag}");
        }
        // The address was this machine's before: nobody else has it.
        return line.Append(Text(address, "family") == "inet6" ? " nodad" : "").ToString();
    }

    private static uint? Lifetime(JsonElement address, string key) =>
        address.TryGetProperty(key, out var value) && value.TryGetUInt32(out var seconds) && seconds != Forever ? seconds : null;

    // 192.0.2.9 lladdr 02:00:00:00:00:09 PERMANENT
    private static string Neighbour(string line)
    {
        var words = line.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return $"neigh replace {words[0]} lladdr {words.ElementAtOrDefault(2)} nud permanent";
    }

    private static IEnumerable<string> Routes(string text, List<string> problems)
    {
        foreach (var shown in Lines(text))
        {
            if (Array.Exists(OwnRoutes, kind => shown.StartsWith(kind, StringComparison.Ordinal)))
                continue;
            if (Array.Exists(OwnProtocols, protocol => shown.Contains(protocol, StringComparison.Ordinal)))
                continue;
            if (char.IsWhiteSpace(shown[0]) || shown.Contains(" nhid ", StringComparison.Ordinal))
            {
                problems.Add(
                    $"the route \"{shown.Trim()}\" has several interfaces or a nexthop object; accepted: remove it before, and add it again afterwards"
                );
                continue;
            }
            var route = shown;
            foreach (var word in StateWords)
                route = route.Replace(word, "", StringComparison.Ordinal);
            yield return $"route append {route.Trim()}";
        }
    }

    private static IEnumerable<string> Lines(string text) => text.Split('\n').Where(line => line.Trim().Length > 0);

    private static string? Text(JsonElement element, string key) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(key, out var value)
            ? value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Number => value.GetRawText(),
                _ => null,
            }
            : null;

    private static JsonDocument Parse(string json)
    {
        try
        {
            var document = JsonDocument.Parse(json);
            if (document.RootElement.ValueKind == JsonValueKind.Array)
                return document;
            document.Dispose();
        }
        catch (JsonException)
        {
            // Said below.
        }
        throw new CommandException(ExitCode.Refused, "ip does not answer in JSON; ip of iproute2 is needed");
    }

    private async Task<string> ReadTextAsync(params string[] words)
    {
        var before = context.ExitCode;
        var text = Encoding.UTF8.GetString(
            await SystemIp.ReadAsync(context, [.. context.Netns is { } netns ? ["-n", netns] : (string[])[], .. words])
        );
        if (context.ExitCode != before)
            throw new CommandException(ExitCode.Refused, $"ip {string.Join(' ', words)} failed; nothing was changed");
        return text;
    }
}
