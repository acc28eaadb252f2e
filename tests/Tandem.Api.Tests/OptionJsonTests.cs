using System.Text.Json.Nodes;
using Tandem.Core.Options;
using Xunit;

namespace Tandem.Api.Tests;

public sealed class OptionJsonTests
{
    // The driver's `ip` was older than these options.
    private static readonly string[] Newer = ["lacp_strict", "coupled_control", "broadcast_neighbor"];

    // State of the LACP machines, not an option.
    private const string AggregatorInfo = "ad_info";

    public static TheoryData<string> Recordings =>
        [.. Directory.EnumerateFiles(Path.Combine(AppContext.BaseDirectory, "Data"), "*.ip.json").Select(path => Path.GetFileName(path)!)];

    [Theory]
    [MemberData(nameof(Recordings))]
    public void Options_of_a_bond_look_as_the_driver_and_ip_show_them(string recording)
    {
        var recorded = InfoData(recording, "info_data");
        var options = BondOptions.Default;
        foreach (var (key, value) in recorded)
        {
            if (key == AggregatorInfo || value is null)
                continue;
            Assert.True(BondOptionTable.TryFind(OptionScope.Bond, key, out var option), key);
            var text = value is JsonArray list ? string.Join(',', list.Select(item => item!.ToString())) : value.ToString();
            Assert.True(OptionParser.TryParse(option, text, out var parsed, out var error), error?.Message);
            options = options.With(option, parsed);
        }

        var json = OptionJson.OfBond(
            options,
            (string?)recorded["active_slave"],
            (string?)recorded["primary"],
            (JsonObject?)recorded[AggregatorInfo]?.DeepClone()
        );

        foreach (var key in Newer)
        {
            Assert.Contains(json[key]!.ToJsonString(), (string[])["true", "false"]);
            json.Remove(key);
        }
        // Compared as text, since the order of the keys matters too.
        Assert.Equal(recorded.ToJsonString(), json.ToJsonString());
    }

    [Theory]
    [InlineData("1-active-backup.3-up.ip.json", BondMode.ActiveBackup)]
    [InlineData("2-balance-xor.3-up.ip.json", BondMode.BalanceXor)]
    public void Options_of_a_member_follow_its_state_as_in_ip(string recording, BondMode mode)
    {
        var recorded = InfoData(recording, "info_slave_data");
        var json = new JsonObject();
        foreach (var key in (string[])["state", "mii_status", "link_failure_count", "perm_hwaddr"])
            json[key] = recorded[key]!.DeepClone();

        OptionJson.AddMemberOptions(json, mode, option => new OptionValue(option.Default));

        Assert.Equal(recorded.ToJsonString(), json.ToJsonString());
    }

    [Fact]
    public void The_port_priority_of_LACP_is_shown_in_LACP_only()
    {
        var json = new JsonObject();
        OptionJson.AddMemberOptions(json, BondMode.Lacp, option => new OptionValue(option.Default));
        Assert.Equal("""{"queue_id":0,"prio":0,"actor_port_prio":255}""", json.ToJsonString());
    }

    [Fact]
    public void LACP_state_of_a_member_is_at_the_place_where_ip_has_it()
    {
        var recorded = InfoData("4-802.3ad.3-up.ip.json", "info_slave_data");
        var json = new JsonObject();
        foreach (var key in (string[])["state", "mii_status", "link_failure_count", "perm_hwaddr"])
            json[key] = recorded[key]!.DeepClone();
        var state = recorded.Where(entry => entry.Key.StartsWith("ad_", StringComparison.Ordinal));

        OptionJson.AddMemberOptions(
            json,
            BondMode.Lacp,
            option => new OptionValue(option.Default),
            state.Select(entry => KeyValuePair.Create(entry.Key, entry.Value?.DeepClone()))
        );

        // The option is newer than the recording.
        json.Remove("actor_port_prio");
        Assert.Equal(recorded.ToJsonString(), json.ToJsonString());
    }

    private static JsonObject InfoData(string recording, string key)
    {
        var path = Path.Combine(AppContext.BaseDirectory, "Data", recording);
        foreach (var link in JsonNode.Parse(File.ReadAllText(path))!.AsArray())
        {
            if (link!["linkinfo"]?[key] is JsonObject data && ((string?)link["ifname"] is "bond0" or "s0"))
                return (JsonObject)data.DeepClone();
        }
        throw new InvalidOperationException($"{recording} has no {key}");
    }
}
