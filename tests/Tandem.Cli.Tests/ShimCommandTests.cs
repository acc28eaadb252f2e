using System.Text.Json;
using Tandem.Api;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary><c>tandem ip</c>, <c>ifenslave</c>, <c>module</c> and <c>shim</c> without a kernel. The service has bond0 with s0 and s1.</summary>
public sealed class ShimCommandTests
{
    private static readonly string Bonds = JsonSerializer.Serialize(
        [RecordedState.Load("1-active-backup.3-up").Bond],
        TandemJson.Default.IReadOnlyListBondResource
    );

    private static (int Status, string Body) Answer(string request) =>
        request == "GET /v1" ? (200, """{"version":"0.1.0","bonds":1}""")
        : request.StartsWith("GET /v1/bonds/", StringComparison.Ordinal) ? (200, Bonds[1..^1])
        : request.StartsWith("GET", StringComparison.Ordinal) ? (200, Bonds)
        : (204, "");

    [Theory]
    [InlineData("ip li se s1 nomaster", "DELETE /v1/bonds/bond0/members/s1", "")]
    [InlineData("ip -d link set dev s0 mas bond0", "PUT /v1/bonds/bond0/members/s0", "")]
    [InlineData("ip link change bond0 up", """PATCH /v1/bonds/bond0 {"up":true}""", "")]
    [InlineData("ip l d bond0", "DELETE /v1/bonds/bond0", "")]
    [InlineData("ip link add name bond1 type bond mode 4", """POST /v1/bonds {"name":"bond1","options":{"mode":"4"}}""", "")]
    [InlineData("ip link replace bond0 type bond miimon 5", """PATCH /v1/bonds/bond0 {"options":{"miimon":"5"}}""", "")]
    [InlineData("ip link replace bond1 type bond", """POST /v1/bonds {"name":"bond1","options":{}}""", "")]
    [InlineData("ip link add link bond0 name bond0.5 type vlan id 5", "", "link add link bond0 name bond0.5 type vlan id 5")]
    [InlineData("ip link del bond0.5", "", "link del bond0.5")]
    [InlineData("ip link set eth7 up", "", "link set eth7 up")]
    [InlineData("ip -4 addr add 10.0.0.1/8 dev bond0", "", "-4 addr add 10.0.0.1/8 dev bond0")]
    [InlineData("ip -s route show dev bond0", "", "-s route show dev bond0")]
    [InlineData("ip link add bond1 type bond help", "", "link add bond1 type bond help")]
    [InlineData("ip -V", "", "-V")]
    [InlineData("ip -n no.such.netns link show bond0", "", "-n no.such.netns link show bond0")]
    [InlineData("ip -c=auto l sh type bond up", "", "-c=auto link sh up")]
    [InlineData("ifenslave bond0 eth7", "PUT /v1/bonds/bond0/members/eth7", "link set dev eth7 down")]
    [InlineData("ifenslave bond0 s0", "", "")]
    [InlineData("ifenslave -d bond0 s0 s1", "DELETE /v1/bonds/bond0/members/s0;DELETE /v1/bonds/bond0/members/s1", "")]
    [InlineData("ifenslave -c bond0 s1", """PATCH /v1/bonds/bond0 {"options":{"active_slave":"s1"}}""", "")]
    [InlineData("module unload", "DELETE /v1/bonds/bond0", "")]
    public async Task A_command_is_shared_out_between_service_and_ip(string line, string changes, string ip)
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0, "bond0", "s0", "s1", "eth7");
        var run = await service.RunAsync(line, machine);
        Assert.Equal(new CommandRun(0, "", ""), run);
        var requests = service.Requests.Where(request => !request.StartsWith("GET", StringComparison.Ordinal));
        Assert.Equal((changes, ip), (string.Join(';', requests), string.Join(';', machine.IpLines)));
    }

    [Fact]
    public async Task A_module_is_loaded_once_and_its_parameters_are_defaults()
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine(0);
        var folder = Directory.CreateTempSubdirectory("tdm-").FullName;
        try
        {
            var socket = Path.Combine(folder, "s");
            File.CreateSymbolicLink(socket, service.SocketPath);
            await RunAsync("module load mode=1 miimon=50 max_bonds=2");
            await RunAsync("module load mode=4 max_bonds=5");
            await RunAsync("ip link add bond7 type bond mode 2");
            await RunAsync("module unload");
            await RunAsync("ip link add bond8 type bond mode 2");
            Assert.Equal(
                [
                    """POST /v1/bonds {"name":"bond0","options":{"miimon":"50","mode":"active-backup"}}""",
                    """POST /v1/bonds {"name":"bond0","options":{"miimon":"50","mode":"active-backup"}}""",
                    """POST /v1/bonds {"name":"bond7","options":{"miimon":"50","mode":"2"}}""",
                    "DELETE /v1/bonds/bond0",
                    """POST /v1/bonds {"name":"bond8","options":{"mode":"2"}}""",
                ],
                service.Requests.Where(request => !request.StartsWith("GET", StringComparison.Ordinal))
            );

            async Task RunAsync(string line) =>
                Assert.Equal(new CommandRun(0, "", ""), await CommandRun.OfAsync("", line.Split(' '), socket, machine: machine));
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task A_bond_of_a_service_that_has_died_is_not_left_to_ip()
    {
        using var machine = new FakeMachine(0, "eth7");
        var folder = Directory.CreateTempSubdirectory("tdm-").FullName;
        try
        {
            Directory.CreateDirectory(Path.Combine(folder, "sys/class/net/bond0"));
            var run = await CommandRun.OfAsync(
                "",
                ["ip", "link", "set", "eth7", "master", "bond0"],
                Path.Combine(folder, "s"),
                machine: machine
            );
            Assert.Equal(2, run.ExitCode);
            Assert.Contains("no service runs here", run.Error, StringComparison.Ordinal);
            Assert.Empty(machine.IpLines);
            Assert.Equal(0, (await CommandRun.OfAsync("", ["ip", "link", "show"], Path.Combine(folder, "s"), machine: machine)).ExitCode);
            Assert.Equal(["link show"], machine.IpLines);
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    [Fact]
    public async Task Files_are_installed_and_removed_but_no_others()
    {
        using var machine = new FakeMachine(0);
        Assert.Equal(1, (await RunAsync("status")).ExitCode);
        var installed = await RunAsync("install");
        Assert.Equal((0, ""), (installed.ExitCode, installed.Error));
        Assert.Contains("hash -r", installed.Output, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("status")).ExitCode);
        var wrapper = Path.Combine(machine.Root, "usr/local/sbin/ip");
        Assert.Contains($"ip='{machine.Ip}'", File.ReadAllText(wrapper), StringComparison.Ordinal);
        Assert.DoesNotContain("@", File.ReadAllText(Path.Combine(machine.Root, "etc/modprobe.d/tandem.conf")), StringComparison.Ordinal);
        // A second install succeeds, as after an upgrade.
        Assert.Equal(0, (await RunAsync("install")).ExitCode);
        Assert.Equal(0, (await RunAsync("remove")).ExitCode);
        Assert.Empty(Directory.EnumerateFiles(machine.Root, "*", SearchOption.AllDirectories));

        File.WriteAllText(wrapper, "#!/bin/sh\n# Somebody else's.\n");
        var refused = await RunAsync("install");
        Assert.Equal(2, refused.ExitCode);
        Assert.Contains("another file of that name; nothing was installed", refused.Error, StringComparison.Ordinal);
        Assert.Equal(0, (await RunAsync("remove")).ExitCode);
        Assert.Single(Directory.EnumerateFiles(machine.Root, "*", SearchOption.AllDirectories));

        Task<CommandRun> RunAsync(string word) => CommandRun.OfAsync("", ["shim", word], machine: machine);
    }
}
