using System.Text.Json;
using Tandem.Api;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>Settings that <c>tandem link set</c> passes to <c>ip</c>. The service has bond0 with s0 and s1; eth7 is unknown to it.</summary>
public sealed class LinkSetByIpTests
{
    private static readonly string Bonds = JsonSerializer.Serialize(
        [RecordedState.Load("1-active-backup.3-up").Bond],
        TandemJson.Default.IReadOnlyListBondResource
    );

    private static (int Status, string Body) Answer(string request)
    {
        var isBond = request.Split(' ')[1] is "/v1/bonds" || request.Split(' ')[1].StartsWith("/v1/bonds/bond0", StringComparison.Ordinal);
        if (!isBond)
            return (404, """{"kind":"no-bond","message":"there is no bond of that name"}""");
        return request.StartsWith("GET /v1/bonds/", StringComparison.Ordinal) ? (200, Bonds[1..^1])
            : request.StartsWith("GET", StringComparison.Ordinal) ? (200, Bonds)
            : (204, "");
    }

    [Theory]
    [InlineData("link set eth7 up", "PATCH /v1/bonds/eth7 {\"up\":true}", "link set eth7 up")]
    [InlineData("link set dev s0 mtu 1400 down", "PATCH /v1/bonds/s0 {\"mtu\":1400,\"up\":false}", "link set dev s0 mtu 1400 down")]
    [InlineData("link set eth7", "GET /v1/bonds/eth7", "link set eth7")]
    [InlineData("link set eth7 nomaster up", "GET /v1/bonds", "link set eth7 nomaster up")]
    [InlineData("link set eth7 alias -d", "", "link set eth7 alias -d")]
    [InlineData("-j link set bond0 txqueuelen 5 -d", "", "link set bond0 txqueuelen 5")]
    [InlineData("link set dev bond0 arp off up", "", "link set dev bond0 arp off up")]
    [InlineData("link set bond0 mode dormant", "", "link set bond0 mode dormant")]
    [InlineData("link set bond0 name uplink", "", "link set bond0 name uplink")]
    [InlineData("link set eth7 vf 0 mac 02:00:00:00:00:01 vlan 7", "", "link set eth7 vf 0 mac 02:00:00:00:00:01 vlan 7")]
    [InlineData("link set s1 nomaster up", "GET /v1/bonds;DELETE /v1/bonds/bond0/members/s1", "link set dev s1 up")]
    [InlineData("link set s1 nomaster down", "GET /v1/bonds;DELETE /v1/bonds/bond0/members/s1", "link set dev s1 down")]
    [InlineData("link set dev s0 down master bond0", "GET /v1/bonds/bond0;PUT /v1/bonds/bond0/members/s0", "link set dev s0 down")]
    [InlineData("link set s0 master bond0 up", "PUT /v1/bonds/bond0/members/s0", "link set dev s0 up")]
    public async Task Words_are_shared_out_between_service_and_ip(string line, string requests, string ip)
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "bond0", "s0", "s1", "eth7");
        Assert.Equal(new CommandRun(0, "", ""), await service.RunAsync(line, machine));
        Assert.Equal((requests, ip), (string.Join(';', service.Requests), string.Join(';', machine.IpLines)));
    }

    [Theory]
    [InlineData("link set eth7 master br0", "PUT /v1/bonds/br0/members/eth7;GET /v1/bonds", "link set eth7 master br0")]
    [InlineData("link set eth7 down master br0", "GET /v1/bonds/br0;GET /v1/bonds", "link set eth7 down master br0")]
    // The member leaves its old bond first, as in the kernel.
    [InlineData(
        "link set s1 master br0 up",
        "PUT /v1/bonds/br0/members/s1;GET /v1/bonds;DELETE /v1/bonds/bond0/members/s1",
        "link set s1 master br0 up"
    )]
    public async Task A_master_that_is_no_bond_is_left_to_ip(string line, string requests, string ip)
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "bond0", "s0", "s1", "eth7", "br0");
        Assert.Equal(new CommandRun(0, "", ""), await service.RunAsync(line, machine));
        Assert.Equal((requests, ip), (string.Join(';', service.Requests), string.Join(';', machine.IpLines)));
    }

    [Fact]
    public async Task A_master_that_is_not_there_is_named()
    {
        await using var service = new StubService(_ => (404, """{"kind":"no-bond","message":"bondX: there is no bond of that name"}"""));
        using var machine = new FakeMachine(0, "eth7");
        var run = await service.RunAsync("link set eth7 master bondX", machine);
        Assert.Equal(new CommandRun(1, "", $"Error: bondX: there is no bond of that name{Environment.NewLine}"), run);
        Assert.Empty(machine.IpLines);
    }

    [Fact]
    public async Task A_master_that_is_no_bond_gives_no_options_of_a_member()
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "eth7", "br0");
        var run = await service.RunAsync("link set eth7 master br0 type bond_slave prio 5", machine);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith(
            "Error: br0: not a bond of Tandem, and eth7 has no options of a member there",
            run.Error,
            StringComparison.Ordinal
        );
        Assert.Empty(machine.IpLines);
    }

    [Fact]
    public async Task An_interface_does_not_join_if_it_cannot_be_set_down()
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(2, "bond0", "s0");
        Assert.Equal(2, (await service.RunAsync("link set s0 down master bond0", machine)).ExitCode);
        Assert.Equal(["GET /v1/bonds/bond0"], service.Requests);
    }

    [Fact]
    public async Task An_interface_is_not_set_down_for_a_bond_that_is_not_there()
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "s0");
        Assert.Equal(1, (await service.RunAsync("link set s0 down master nosuch", machine)).ExitCode);
        Assert.Empty(machine.IpLines);
    }

    [Fact]
    public async Task The_exit_code_of_ip_is_passed_on()
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(3, "eth7");
        Assert.Equal(3, (await service.RunAsync("link set eth7 up", machine)).ExitCode);
    }

    [Fact]
    public async Task Without_ip_the_command_says_so()
    {
        var run = await CommandRun.OfLineAsync("link set bond0 alias x");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("install iproute2", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("all")]
    [InlineData("default")]
    public async Task A_reserved_name_is_refused(string name)
    {
        using var machine = new FakeMachine(0, "bond0");
        var run = await CommandRun.OfAsync("", ["link", "set", "bond0", "name", name], machine: machine);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith($"Error: name {name}: \"all\" and \"default\" are reserved", run.Error, StringComparison.Ordinal);
        Assert.Empty(machine.IpLines);
    }

    [Fact]
    public async Task Bond_options_are_refused_for_an_interface_that_is_no_bond()
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "eth7");
        var run = await service.RunAsync("link set eth7 type bond miimon 5", machine);
        Assert.Equal(2, run.ExitCode);
        Assert.StartsWith("Error: eth7: not a bond of Tandem", run.Error, StringComparison.Ordinal);
        Assert.Empty(machine.IpLines);
    }

    [Fact]
    public async Task An_interface_that_is_not_there_cannot_be_released()
    {
        await using var service = new StubService(Answer);
        var run = await service.RunAsync("link set no.such.if nomaster");
        Assert.Equal(new CommandRun(1, "", $"Error: no.such.if: there is no interface of that name{Environment.NewLine}"), run);
    }
}
