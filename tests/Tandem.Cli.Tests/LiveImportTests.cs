using Tandem.Api;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>A running bond of the driver is taken over. <c>ip</c> is a script that answers for a bond of eth0, which is active, and eth1.</summary>
public sealed class LiveImportTests : IDisposable
{
    private const string Links = """
        [{"ifname":"eth0","master":"bond0","linkinfo":{"info_slave_kind":"bond","info_slave_data":{"state":"ACTIVE","prio":7}}},
        {"ifname":"eth1","master":"bond0","linkinfo":{"info_slave_kind":"bond","info_slave_data":{"state":"BACKUP"}}},
        {"ifname":"bond0","flags":["BROADCAST","UP","LOWER_UP"],"mtu":9000,"txqlen":500,"ifalias":"up link","qdisc":"noqueue",
        "address":"02:00:00:00:00:01",MORE"linkinfo":{"info_kind":"bond","info_data":{"mode":"active-backup","active_slave":"eth0","miimon":100}}}ABOVE]
        """;

    private const string Addresses = """
        [{"ifname":"bond0","addr_info":[
        {"family":"inet","local":"192.0.2.1","prefixlen":24,"broadcast":"192.0.2.255","scope":"global","label":"bond0","valid_life_time":4294967295,"preferred_life_time":4294967295},
        {"family":"inet6","local":"fd00::1","prefixlen":64,"scope":"global","valid_life_time":500,"preferred_life_time":400},
        {"family":"inet6","local":"fe80::1","prefixlen":64,"scope":"link"}]}]
        """;

    private const string Routes = """
        default via 192.0.2.254 proto static linkdown
        192.0.2.0/24 proto kernel scope link src 192.0.2.1
        local 192.0.2.1 table local proto kernel scope host
        203.0.113.0/24 via 192.0.2.254 table 5
        """;

    private static readonly string[] Restored =
    [
        "| link set dev bond0 txqueuelen 500 alias \"up link\"",
        "| addr replace 192.0.2.1/24 broadcast 192.0.2.255 label bond0 dev bond0",
        "| addr replace fd00::1/64 valid_lft 500 preferred_lft 400 nodad dev bond0",
        "| neigh replace 192.0.2.9 lladdr 02:00:00:00:00:09 nud permanent dev bond0",
        "| route append default via 192.0.2.254 proto static dev bond0",
        "| route append 203.0.113.0/24 via 192.0.2.254 table 5 dev bond0",
    ];

    private readonly FakeMachine _machine = new();

    public LiveImportTests() => Answer();

    public void Dispose() => _machine.Dispose();

    [Fact]
    public async Task Members_that_stand_by_move_before_the_bond_is_removed_and_the_active_one_afterwards()
    {
        await using var service = new StubService(Service(""));
        var run = await service.RunAsync("import --live bond0", _machine);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains("mii-monitor-interval: 100", run.Output, StringComparison.Ordinal);
        Assert.Contains("It carried nothing for ", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            [
                "| link set dev eth1 nomaster",
                "| link set dev eth1 down",
                "| link del dev bond0",
                "| link set dev tandem-import name bond0",
                .. Restored,
            ],
            Batches
        );
        Assert.Equal(
            [
                """PUT /v1/bonds/tandem-import {"options":{"mode":"active-backup","miimon":"100"},"address":"02:00:00:00:00:01","mtu":9000,"up":false,"members":[]}""",
                "PUT /v1/bonds/tandem-import/members/eth1",
                """PATCH /v1/bonds/bond0 {"up":true}""",
                """PUT /v1/bonds/bond0/members/eth0 {"options":{"prio":"7"}}""",
            ],
            service.Requests.Where(request => !request.StartsWith("GET", StringComparison.Ordinal))
        );
    }

    [Fact]
    public async Task A_failure_before_the_removal_gives_the_members_back()
    {
        await using var service = new StubService(Service("PUT /v1/bonds/tandem-import/members/eth1"));
        var run = await service.RunAsync("import --live bond0", _machine);
        Assert.Equal(2, run.ExitCode);
        Assert.EndsWith("Error: no; bond0 is the driver's again, as it was\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            ["| link set dev eth1 nomaster", "| link set dev eth1 down", "| link set dev eth1 down", "| link set dev eth1 master bond0"],
            Batches
        );
        Assert.Contains("DELETE /v1/bonds/tandem-import", service.Requests);
    }

    [Fact]
    public async Task A_failure_before_any_member_moved_changes_nothing()
    {
        await using var service = new StubService(Service("PUT /v1/bonds/tandem-import {"));
        var run = await service.RunAsync("import --live bond0", _machine);
        Assert.EndsWith("Error: no; bond0 is the driver's again, as it was\n", run.Error, StringComparison.Ordinal);
        Assert.Empty(Batches);
    }

    [Fact]
    public async Task A_failure_after_the_removal_makes_the_bond_of_the_driver_again()
    {
        await using var service = new StubService(Service("PATCH /v1/bonds/bond0"));
        var run = await service.RunAsync("import --live bond0", _machine);
        Assert.EndsWith("Error: no; bond0 is the driver's again, as it was\n", run.Error, StringComparison.Ordinal);
        Assert.Equal(
            [
                "| link add bond0 address 02:00:00:00:00:01 type bond mode active-backup miimon 100",
                "| link set dev bond0 mtu 9000",
                "| link set dev eth0 down",
                "| link set dev eth0 master bond0",
                "| link set dev eth0 type bond_slave prio 7",
                "| link set dev eth1 down",
                "| link set dev eth1 master bond0",
                "| link set dev bond0 up",
                "| link set dev bond0 type bond active_slave eth0",
                .. Restored,
            ],
            Batches.Skip(4)
        );
    }

    [Theory]
    [InlineData("\"master\":\"br0\",", "", "", "it is a port of br0")]
    [InlineData("", ",{\"ifname\":\"bond0.5\",\"link\":\"bond0\"}", "", "bond0.5 is a device on it")]
    [InlineData("\"x\":0,", "", "default proto static \n\tnexthop via 192.0.2.254 weight 1", "has several interfaces")]
    [InlineData("", "", "10.0.0.0/8 nhid 7 via 192.0.2.254 proto static", "nexthop object")]
    public async Task What_cannot_be_moved_is_refused_before_anything_is_changed(string more, string above, string routes, string expected)
    {
        Answer(more, above, routes);
        await using var service = new StubService(Service(""));
        var run = await service.RunAsync("import --live bond0", _machine);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Contains("nothing was changed", run.Error, StringComparison.Ordinal);
        Assert.Empty(Batches);
        Assert.Empty(service.Requests);
    }

    [Theory]
    [InlineData("import --live nosuch", 1, "nosuch: there is no interface of that name")]
    [InlineData("import --live eth0", 2, "eth0: not a bond of the kernel's driver")]
    [InlineData("import --live", 255, "the value is missing")]
    [InlineData("import --dry-run", 255, "only with --live BOND")]
    [InlineData("import --live bond0 --root /x", 255, "cannot be used together")]
    public async Task Wrong_words_are_named(string line, int exitCode, string expected)
    {
        await using var service = new StubService(Service(""));
        var run = await service.RunAsync(line, _machine);
        Assert.Equal(exitCode, run.ExitCode);
        Assert.Contains(expected, run.Error, StringComparison.Ordinal);
        Assert.Empty(service.Requests);
    }

    [Fact]
    public async Task A_dry_run_shows_what_would_be_moved()
    {
        await using var service = new StubService(Service(""));
        var run = await service.RunAsync("import --live bond0 --dry-run", _machine);
        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        Assert.Contains("# ip route append 203.0.113.0/24 via 192.0.2.254 table 5 dev bond0\n", run.Output, StringComparison.Ordinal);
        Assert.Empty(Batches);
    }

    private IEnumerable<string> Batches => _machine.IpLines.Where(line => line.StartsWith("| ", StringComparison.Ordinal));

    // A service that refuses one request.
    private static Func<string, (int Status, string Body)> Service(string refused) =>
        request =>
        {
            if (refused.Length > 0 && request.StartsWith(refused, StringComparison.Ordinal))
                return (409, """{"kind":"device","message":"no"}""");
            if (request == $"GET {Endpoints.Service}")
                return (200, """{"version":"1","bonds":0}""");
            if (!request.StartsWith("GET", StringComparison.Ordinal))
                return (204, "");
            var bond = RecordedState.Load("1-active-backup.3-up").Bond with { Name = "bond0", Carrier = true };
            return (200, System.Text.Json.JsonSerializer.Serialize(bond, TandemJson.Default.BondResource));
        };

    private void Answer(string more = "", string above = "", string routes = Routes)
    {
        var folder = Path.GetDirectoryName(_machine.Ip)!;
        File.WriteAllText(
            Path.Combine(folder, "links"),
            Links.Replace("MORE", more, StringComparison.Ordinal).Replace("ABOVE", above, StringComparison.Ordinal)
        );
        File.WriteAllText(Path.Combine(folder, "addresses"), Addresses);
        File.WriteAllText(Path.Combine(folder, "routes"), routes);
        File.WriteAllText(
            _machine.Ip,
            $"""
            #!/bin/sh
            cd '{folder}'
            case "$*" in
              '-d -j link show') cat links ;;
              '-j addr show dev bond0') cat addresses ;;
              'neigh show dev bond0 nud permanent') echo '192.0.2.9 lladdr 02:00:00:00:00:09 PERMANENT ' ;;
              '-4 route show table all dev bond0') cat routes ;;
              '-6 route show table all dev bond0') ;;
              '-force -batch -') sed 's/^/| /' >>calls ;;
              *) echo "unexpected: $*" >&2; exit 1 ;;
            esac

            """
        );
    }
}
