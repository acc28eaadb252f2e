using System.Text.Json;
using Tandem.Api;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>
/// <c>tandem sysfs</c> against a service that has bond0 in active-backup, up, with s0 and s1. Other tests play the recorded writes to the driver with
/// real bonds.
/// </summary>
public sealed class SysfsCommandTests
{
    private static readonly string Bond = JsonSerializer.Serialize(
        RecordedState.Load("1-active-backup.3-up").Bond,
        TandemJson.Default.BondResource
    );

    private static (int Status, string Body) Answer(string request) =>
        request.StartsWith("GET /v1/bonds/bond0", StringComparison.Ordinal) ? (200, Bond)
        : request.StartsWith("GET /v1/bonds/", StringComparison.Ordinal) ? Refuse("no-bond")
        : request.StartsWith("GET", StringComparison.Ordinal) ? (200, $"[{Bond}]")
        : request.Contains("r-", StringComparison.Ordinal)
            ? Refuse(request[(request.IndexOf("r-", StringComparison.Ordinal) + 2)..].Split('"', ' ')[0])
        : (204, "");

    private static (int Status, string Body) Refuse(string kind) =>
        (ErrorKinds.StatusOf(kind), $$"""{"kind":"{{kind}}","message":"why not"}""");

    [Theory]
    [InlineData("bonding_masters", "bond0\n")]
    [InlineData("/sys/class/net/bonding_masters", "bond0\n")]
    [InlineData("bond0/bonding/mode", "active-backup 1\n")]
    [InlineData("/run/tandem/sys/class/net/bond0/bonding/slaves", "s0 s1\n")]
    [InlineData("bond0/bonding/arp_ip_target", "")]
    [InlineData("s0/bonding_slave/state", "active\n")]
    public async Task A_file_is_read(string path, string content)
    {
        await using var service = new StubService(Answer);
        Assert.Equal(new CommandRun(0, content, ""), await service.RunAsync($"sysfs {path}"));
    }

    [Theory]
    [InlineData("bonding_masters +bond1", """POST /v1/bonds {"name":"bond1"}""")]
    [InlineData("bonding_masters -bond0", "DELETE /v1/bonds/bond0")]
    [InlineData("bond0/bonding/slaves +eth7", "PUT /v1/bonds/bond0/members/eth7")]
    [InlineData("bond0/bonding/slaves -s1", "DELETE /v1/bonds/bond0/members/s1")]
    [InlineData("bond0/bonding/queue_id s1:3", """PATCH /v1/bonds/bond0/members/s1 {"options":{"queue_id":"3"}}""")]
    [InlineData("bond0/bonding/arp_ip_target +192.0.2.9", """PATCH /v1/bonds/bond0 {"options":{"arp_ip_target":"192.0.2.9"}}""")]
    [InlineData("bond0/bonding/num_unsol_na 5", """PATCH /v1/bonds/bond0 {"options":{"num_unsol_na":"5"}}""")]
    [InlineData("bond0/bonding/peer_notif_delay maxval", """PATCH /v1/bonds/bond0 {"options":{"peer_notif_delay":"300000"}}""")]
    [InlineData("bond0/bonding/miimon off", """PATCH /v1/bonds/bond0 {"options":{"miimon":"0"}}""")]
    [InlineData("bond0/bonding/arp_missed_max minval", """PATCH /v1/bonds/bond0 {"options":{"arp_missed_max":"1"}}""")]
    [InlineData("bond0/bonding/lp_interval default", """PATCH /v1/bonds/bond0 {"options":{"lp_interval":"1"}}""")]
    [InlineData("bond0/bonding/xmit_hash_policy 1", """PATCH /v1/bonds/bond0 {"options":{"xmit_hash_policy":"1"}}""")]
    [InlineData("bond0/bonding/primary s1", """PATCH /v1/bonds/bond0 {"options":{"primary":"s1"}}""")]
    public async Task A_write_is_a_request(string line, string expected)
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "bond0", "s0", "s1", "eth7");
        Assert.Equal(new CommandRun(0, "", ""), await service.RunAsync($"sysfs {line}", machine));
        Assert.Equal(expected, Assert.Single(service.Requests, request => !request.StartsWith("GET", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("bonding_masters bond1", "Operation not permitted")]
    [InlineData("bonding_masters +r-exists", "File exists")]
    [InlineData("bonding_masters -r-no-bond", "No such device")]
    [InlineData("bond0/bonding/slaves +s0", "Device or resource busy")]
    [InlineData("bond0/bonding/slaves -eth7", "Invalid argument")]
    [InlineData("bond0/bonding/slaves -eth8", "No such device")]
    [InlineData("bond0/bonding/slaves +r-device", "Operation not permitted")]
    [InlineData("bond0/bonding/slaves +r-no-device", "No such device")]
    [InlineData("bond0/bonding/queue_id s1:x", "Operation not permitted")]
    [InlineData("bond0/bonding/queue_id eth7:1", "Operation not permitted")]
    [InlineData("bond0/bonding/arp_ip_target 192.0.2.9", "Operation not permitted")]
    [InlineData("bond0/bonding/arp_ip_target +192.0.2", "Operation not permitted")]
    [InlineData("bond0/bonding/arp_ip_target -192.0.2.9", "Invalid argument")]
    // The driver checks the mode first, then members, then the bond's state, and the value last.
    [InlineData("bond0/bonding/lacp_rate nonsense", "Permission denied")]
    [InlineData("bond0/bonding/mode nonsense", "Directory not empty")]
    [InlineData("bond0/bonding/fail_over_mac r-range", "Directory not empty")]
    [InlineData("bond0/bonding/ad_select nonsense", "Device or resource busy")]
    [InlineData("bond0/bonding/primary r-mode", "Permission denied")]
    [InlineData("bond0/bonding/primary r-dependency", "Operation not permitted")]
    [InlineData("bond0/bonding/miimon 0x10", "Invalid argument")]
    [InlineData("bond0/bonding/miimon minval", "Invalid argument")]
    [InlineData("bond0/bonding/arp_validate ALL", "Invalid argument")]
    [InlineData("bond0/bonding/peer_notif_delay default", "Invalid argument")]
    [InlineData("bond0/bonding/mii_status up", "Permission denied")]
    [InlineData("s0/bonding_slave/state backup", "Permission denied")]
    public async Task A_refusal_begins_with_the_drivers_error(string line, string error)
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "bond0", "s0", "s1", "eth7");
        var run = await service.RunAsync($"sysfs {line}", machine);
        Assert.StartsWith($"Error: /sys/class/net/{line.Split(' ')[0]}: write error: {error} (", run.Error, StringComparison.Ordinal);
        Assert.Equal((2, ""), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("bond0/bonding/num_unsol_na x", "(num_unsol_na x: no such value; accepted: 0 to 255 times)")]
    [InlineData("bond0/bonding/peer_notif_delay x", "(peer_notif_delay x: no such value; accepted: 0 to 300000 ms)")]
    public async Task A_refusal_names_the_option_as_its_file(string line, string said)
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "bond0");
        Assert.Contains(said, (await service.RunAsync($"sysfs {line}", machine)).Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bond0/bonding/nosuch", "No such file or directory; accepted: active_slave, ad_actor_key, ")]
    [InlineData("bond0/bonding/coupled_control 1", "No such file or directory; accepted: active_slave, ad_actor_key, ")]
    [InlineData("eth7/bonding_slave/state", "eth7 is no member")]
    [InlineData("s0/bonding_slave/nosuch", "accepted: ad_actor_oper_port_state, ")]
    [InlineData("bond7/bonding/mode", "why not")]
    public async Task What_is_not_there_ends_with_1(string line, string said)
    {
        await using var service = new StubService(Answer);
        var run = await service.RunAsync($"sysfs {line}");
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(said, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("bond0/mtu")]
    [InlineData("/proc/net/bonding/bond0")]
    public async Task Other_files_are_no_business_of_the_driver(string path)
    {
        var run = await CommandRun.OfLineAsync($"sysfs {path}");
        Assert.Equal(255, run.ExitCode);
        Assert.Contains("accepted: bonding_masters, BOND/bonding/FILE, MEMBER/bonding_slave/FILE", run.Error, StringComparison.Ordinal);
    }
}
