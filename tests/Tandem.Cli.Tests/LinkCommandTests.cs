using System.Net.Sockets;
using System.Text.Json;
using Tandem.Api;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>What the words of <c>tandem link</c> ask of the service.</summary>
public sealed class LinkCommandTests
{
    private static readonly string Bonds = JsonSerializer.Serialize(
        [RecordedState.Load("1-active-backup.3-up").Bond],
        TandemJson.Default.IReadOnlyListBondResource
    );

    private static (int Status, string Body) Answer(string request) =>
        request.StartsWith("GET /v1/bonds/", StringComparison.Ordinal) ? (200, Bonds[1..^1])
        : request.StartsWith("GET", StringComparison.Ordinal) ? (200, Bonds)
        : (204, "");

    [Theory]
    [InlineData("link add bond0 type bond", """POST /v1/bonds {"name":"bond0","options":{}}""")]
    [InlineData("link add dev bond0 up type bond mode 1", """POST /v1/bonds {"name":"bond0","options":{"mode":"1"},"up":true}""")]
    [InlineData("link add name bond0 down type bond", """POST /v1/bonds {"name":"bond0","options":{},"up":false}""")]
    [InlineData(
        "l a bond0 addr 02:00:00:00:00:01 mtu 9000 numtxqueues 4 type bond mi 100 up 200 d 300",
        """POST /v1/bonds {"name":"bond0","options":{"miimon":"100","updelay":"200","downdelay":"300"},"address":"02:00:00:00:00:01","mtu":9000,"num_tx_queues":4}"""
    )]
    [InlineData("link add bond0 type bond miimon 1 miimon 2", """POST /v1/bonds {"name":"bond0","options":{"miimon":"2"}}""")]
    [InlineData("link add bond0 type bond num_unsol_na 3", """POST /v1/bonds {"name":"bond0","options":{"num_grat_arp":"3"}}""")]
    [InlineData("link set bond0 up", """PATCH /v1/bonds/bond0 {"up":true}""")]
    [InlineData("l s bond0 down", """PATCH /v1/bonds/bond0 {"up":false}""")]
    [InlineData("link set dev bond0 mtu 1400", """PATCH /v1/bonds/bond0 {"mtu":1400}""")]
    [InlineData("link set bond0 type bond active_slave s1", """PATCH /v1/bonds/bond0 {"options":{"active_slave":"s1"}}""")]
    [InlineData("link set bond0 type bond clear_active_slave", """PATCH /v1/bonds/bond0 {"options":{"active_slave":""}}""")]
    [InlineData("link set bond0 type bond c miimon 5", """PATCH /v1/bonds/bond0 {"options":{"active_slave":"","miimon":"5"}}""")]
    [InlineData("link set bond0 type bond arp_ip_target", """PATCH /v1/bonds/bond0 {"options":{"arp_ip_target":""}}""")]
    [InlineData(
        "link set bond0 type bond arp_ip_target 192.0.2.1,192.0.2.2",
        """PATCH /v1/bonds/bond0 {"options":{"arp_ip_target":"192.0.2.1,192.0.2.2"}}"""
    )]
    [InlineData("link set s0 master bond0", "PUT /v1/bonds/bond0/members/s0")]
    [InlineData("link set dev s0 down master bond0", "PUT /v1/bonds/bond0/members/s0")]
    [InlineData("link set s0 master bond0 type bond_slave prio 5", """PUT /v1/bonds/bond0/members/s0 {"options":{"prio":"5"}}""")]
    [InlineData("link set s1 nomaster", "GET /v1/bonds;DELETE /v1/bonds/bond0/members/s1")]
    [InlineData(
        "link set s1 type bond_slave queue_id 2 prio -7",
        """GET /v1/bonds;PATCH /v1/bonds/bond0/members/s1 {"options":{"queue_id":"2","prio":"-7"}}"""
    )]
    [InlineData("link del bond0", "DELETE /v1/bonds/bond0")]
    [InlineData("link delete dev bond0 type bond", "DELETE /v1/bonds/bond0")]
    [InlineData("link set bond0", "GET /v1/bonds/bond0")]
    public async Task Words_become_requests(string line, string requests)
    {
        await using var service = new StubService(Answer);
        var run = await service.RunAsync(line);
        Assert.Equal(new CommandRun(0, "", ""), run);
        Assert.Equal(requests, string.Join(';', service.Requests));
    }

    [Theory]
    [InlineData("link add bond0", "type bond")]
    [InlineData("link add type bond", "name of the device")]
    [InlineData("link add", "name of the device")]
    [InlineData("link set s0 master bond0 type bond miimon 50", "type bond: is for a bond, and \"master\" for a member")]
    [InlineData("link set s0 nomaster mtu 1400", "mtu: is for a bond, and \"nomaster\" for a member")]
    [InlineData("link set s0 down type bond_slave prio 7", "down: is for a bond, and \"type bond_slave\" for a member")]
    [InlineData("link set s0 nomaster type bond_slave prio 7", "accepted: one of them in one command")]
    [InlineData("link set bond0 name bond1", "must not be renamed")]
    [InlineData("link set bond0 txqueuelen 5", "ip link set bond0 txqueuelen")]
    [InlineData("link set dev bond0 arp off", "ip link set bond0 arp")]
    [InlineData("link set bond0 promisc on", "ip link set bond0 promisc")]
    [InlineData("explain", "and --proto if it is not tcp")]
    [InlineData("explain --members 2 --src 1.1.1.1:99999 --dst 1.1.1.2:1", "the port is out of range; accepted: 0 to 65535")]
    [InlineData("explain --members 2 --src [2001:db8::1]:65536 --dst [2001:db8::2]:1", "the port is out of range")]
    [InlineData("explain --members 2 --src 1.1.1.1:port --dst 1.1.1.2:1", "not an address with a port")]
    [InlineData("link add bond0 bond1 type bond", "\"bond1\"")]
    [InlineData("link add bond0 type bond miimon", "miimon: the value is missing")]
    [InlineData("link add bond0 type bond miimon abc", "0 to 2147483647 ms")]
    [InlineData("link add bond0 type bond mode fast", "balance-rr (0)")]
    [InlineData("link add bond0 type bond coupled_control 1", "accepted: on, off")]
    [InlineData("link set bond0 mtu big", "mtu big")]
    [InlineData("link set bond0 address 02:00", "address 02:00")]
    [InlineData("link frobnicate", "accepted: add, set")]
    [InlineData("-x link", "option \"-x\"")]
    [InlineData("-br link", "-h[elp]")]
    [InlineData("-c link", "option \"-c\"")]
    [InlineData("", "nothing to do")]
    public async Task The_command_refuses_with_255_and_says_what_it_accepts(string line, string message)
    {
        var run = await CommandRun.OfLineAsync(line);
        Assert.Equal(255, run.ExitCode);
        Assert.StartsWith("Error: ", run.Error, StringComparison.Ordinal);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link add bond0 type bond arp_missed 3", "arp_missed")]
    [InlineData("link add bond0 type bond lacp_act on", "lacp_act")]
    [InlineData("link set s0 type bond_slave pri 1", "pri")]
    [InlineData("link add bond0 type team", "type team")]
    public async Task Words_that_are_to_be_spelled_out_are_unknown_when_shortened(string line, string word)
    {
        var run = await CommandRun.OfLineAsync(line);
        Assert.Equal(1, run.ExitCode);
        Assert.Contains(word, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("request", 2)]
    [InlineData("range", 2)]
    [InlineData("has-members", 2)]
    [InlineData("no-device", 1)]
    [InlineData("no-bond", 1)]
    public async Task A_refusal_of_the_service_is_shown_in_its_words(string kind, int exitCode)
    {
        await using var service = new StubService(_ =>
            (409, $$"""{"kind":"{{kind}}","message":"mode 1: the bond has members; release them first"}""")
        );
        var run = await service.RunAsync("link set bond0 type bond mode 1");
        Assert.Equal(new CommandRun(exitCode, "", $"Error: mode 1: the bond has members; release them first{Environment.NewLine}"), run);
    }

    [Theory]
    [InlineData("link show", 3)]
    [InlineData("link", 3)]
    [InlineData("link list type bond", 1)]
    [InlineData("link sh type bond_slave", 2)]
    [InlineData("link show master bond0", 2)]
    [InlineData("link show dev s1", 1)]
    [InlineData("link show s1", 1)]
    public async Task Show_lists_what_was_asked_for(string line, int links)
    {
        await using var service = new StubService(Answer);
        Assert.Equal(links, (await service.RunAsync("-o " + line)).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Length);
        var json = (await service.RunAsync("-j " + line)).Output;
        Assert.Equal(links, JsonDocument.Parse(json).RootElement.GetArrayLength());
        Assert.DoesNotContain("linkinfo", json, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_device_that_is_not_there_ends_with_1()
    {
        await using var service = new StubService(Answer);
        Assert.Equal(1, (await service.RunAsync("link show nosuch")).ExitCode);
    }

    [Fact]
    public async Task A_service_that_does_not_answer_ends_with_2_and_how_to_start_it()
    {
        var run = await CommandRun.OfLineAsync("link show");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("sudo tandemd", run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link show")]
    [InlineData("link set bond0 up")]
    [InlineData("monitor")]
    public async Task A_service_that_hangs_is_not_waited_for_longer_than_the_limit(string line)
    {
        // The kernel takes the connection; nobody reads from it.
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        var path = Path.Combine(Path.GetTempPath(), $"tdm-{Guid.NewGuid():N}.sock");
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen();
        try
        {
            var run = await CommandRun.OfAsync("", line.Split(' '), path, TimeSpan.FromMilliseconds(100));
            Assert.Equal(new CommandRun(2, "", $"Error: {path}: the service does not answer within 0.1 s{Environment.NewLine}"), run);
        }
        finally
        {
            File.Delete(path);
        }
    }

    [Fact]
    public async Task An_interface_that_is_not_there_cannot_be_released()
    {
        await using var service = new StubService(Answer);
        var run = await service.RunAsync("link set no.such.if nomaster");
        Assert.Equal(new CommandRun(1, "", $"Error: no.such.if: there is no interface of that name{Environment.NewLine}"), run);
    }

    [Fact]
    public async Task Show_has_the_bond_of_the_api_as_json()
    {
        await using var service = new StubService(Answer);
        var run = await service.RunAsync("-j show bond0");
        Assert.Equal(Bonds[1..^1], run.Output.TrimEnd());
        Assert.Contains("Currently Active Slave: s0\n", (await service.RunAsync("show")).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Monitor_prints_events_until_the_service_ends()
    {
        const string Event =
            """{"time":"2026-01-02T03:04:05+00:00","kind":"link-down","level":"warning","bond":"bond0","member":"s0","reason":"no carrier"}""";
        await using var service = new StubService(_ => (200, $"data: {Event}\n\n"));
        var json = await service.RunAsync("-j monitor");
        Assert.Equal((Event, 2), (json.Output.TrimEnd(), json.ExitCode));
        var text = await service.RunAsync("monitor");
        Assert.EndsWith("warning bond0 s0: link-down: no carrier", text.Output.TrimEnd(), StringComparison.Ordinal);
    }
}
