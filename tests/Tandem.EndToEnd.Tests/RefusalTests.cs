using System.Text.Json;
using System.Text.RegularExpressions;
using Xunit;

namespace Tandem.EndToEnd.Tests;

/// <summary>Requests that the Linux driver refused are refused, all others are accepted, and a refusal changes nothing.</summary>
public sealed partial class RefusalTests
{
    [Fact]
    public void Every_recorded_command_is_played_or_left_out_for_a_reason()
    {
        var ids = RecordedCommand.All.Select(command => command.Id).ToHashSet();
        Assert.Equal(239 - 1, ids.Count);
        Assert.All(NotPlayed.Reasons.Keys, id => Assert.Contains(id, ids));
    }

    [Fact]
    public void Recorded_commands_end_as_they_did_with_the_driver()
    {
        using var lab = new Lab(cables: 0, start: false);
        lab.A.Service.Start();
        var wrong = new List<string>();
        foreach (var command in RecordedCommand.All.Where(command => !NotPlayed.Reasons.ContainsKey(command.Id)))
        {
            wrong.AddRange(Play(lab.A, command).Select(what => $"{command.Id} {command.Setup}; {command.Command}: {what}"));
            Clean(lab.A);
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    private static IEnumerable<string> Play(Host host, RecordedCommand recorded)
    {
        var setup = InShell(host, "set -e\n" + RecordedCommand.Translate(recorded.Setup));
        if (setup.ExitCode != 0)
            yield return $"the setup fails: {setup.All}";
        var before = State(host);
        var outcome = InShell(host, RecordedCommand.Translate(recorded.Command));
        if (recorded.IsFile ? (outcome.ExitCode == 0) != (recorded.ExitCode == 0) : outcome.ExitCode != recorded.ExitCode)
            yield return $"exit code {outcome.ExitCode} instead of {recorded.ExitCode}: {outcome.All}";
        if (outcome.ExitCode != 0)
        {
            if (State(host) is var after && after != before)
                yield return $"refused, and yet the state changed from {before} to {after}";
            if (!outcome.Error.Contains(recorded.Error, StringComparison.Ordinal))
                yield return $"the driver's error is {recorded.Error}, and the refusal reads {outcome.Error}";
            if (!Refusal().IsMatch(outcome.Error))
                yield return $"the refusal reads {outcome.Error}";
            else if (
                recorded.Option is { } option
                && !outcome.Error.Contains(option, StringComparison.Ordinal)
                && !AboutDevice().IsMatch(outcome.Error)
            )
                yield return $"the refusal does not name {option}: {outcome.Error}";
        }
        if (recorded.Options.ToList() is { Count: > 0 } expected && ActualOptions(host) is { } actual)
        {
            foreach (var (name, value) in expected)
            {
                if (actual.GetValueOrDefault(name, "") != value)
                    yield return $"{name} is \"{actual.GetValueOrDefault(name)}\" instead of \"{value}\"";
            }
        }
    }

    // Options of the only bond by keyword, as the command prints them.
    private static Dictionary<string, string>? ActualOptions(Host host)
    {
        var line = host.Tandem("-d", "link", "show", "type", "bond")
            .Split('\n')
            .FirstOrDefault(each => each.TrimStart().StartsWith("bond mode", StringComparison.Ordinal));
        var words = line?.Trim().Split(' ')[1..];
        return words
            ?.Index()
            .Where(word => word.Index % 2 == 0 && word.Index + 1 < words.Length)
            .GroupBy(word => word.Item)
            .ToDictionary(word => word.Key, word => words[word.First().Index + 1]);
    }

    /// <summary>All that a command could have changed, without counters and link states, which move by themselves.</summary>
    private static string State(Host host)
    {
        var links = JsonDocument.Parse(host.Tandem("-d", "-j", "link", "show")).RootElement;
        return host.Must(
                "bash",
                "-c",
                """
                ip -o link | sed -E 's/ (state|qdisc|qlen) [^ ]+//g; s/,?(NO-CARRIER|M-DOWN|LOWER_UP)//g'
                """
            ) + string.Join('\n', links.EnumerateArray().Select(link => Text(link)));

        static string Text(JsonElement link)
        {
            var info = link.TryGetProperty("linkinfo", out var found) ? found.ToString() : "";
            return Moving().Replace($"{link.GetProperty("ifname")} {info}", "");
        }
    }

    private static Outcome InShell(Host host, string lines) => host.Run("bash", "-c", $"tandem() {{ {Programs.Tandem} \"$@\"; }}\n{lines}");

    private static void Clean(Host host)
    {
        InShell(
            host,
            """
            cd /sys/class/net
            for bond in $(tandem -d -j link show type bond | jq -r '.[].ifname'); do tandem link del "$bond"; done
            for device in *; do [ ! -e "$device" ] || [ "$device" = lo ] || ip link del "$device"; done
            """
        );
        var left = host.Must("ls", "/sys/class/net").Trim();
        if (left != "lo")
            throw new InvalidOperationException($"left behind: {left}");
    }

    [GeneratedRegex("^(Error: \\S|Cannot find device \")", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex Refusal();

    // For an option of an interface that is no member or does not exist, the refusal names the interface.
    [GeneratedRegex("^(Error: s\\d: |Cannot find device \")", RegexOptions.ExplicitCapture, matchTimeoutMilliseconds: 1000)]
    private static partial Regex AboutDevice();

    [GeneratedRegex(
        "\"(state|mii_status|link_failure_count|active_slave|ad_(info|aggregator_id|(actor|partner)_oper_port_state(_str)?))\": ?"
            + "(\\{[^}]*\\}|\\[[^]]*\\]|[^,}]*),?",
        RegexOptions.ExplicitCapture,
        matchTimeoutMilliseconds: 1000
    )]
    private static partial Regex Moving();
}
