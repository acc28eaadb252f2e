using System.Net.Sockets;
using System.Text.Json;
using Tandem.Api;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>Requests that <c>tandem link</c> sends to the service.</summary>
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
    [InlineData("link set s0 master bond0 type bond_slave prio 5", """PUT /v1/bonds/bond0/members/s0 {"options":{"prio":"5"}}""")]
    [InlineData("link set s1 nomaster", "GET /v1/bonds;DELETE /v1/bonds/bond0/members/s1")]
    [InlineData(
        "link set s1 type bond_slave queue_id 2 prio -7",
        """GET /v1/bonds;PATCH /v1/bonds/bond0/members/s1 {"options":{"queue_id":"2","prio":"-7"}}"""
    )]
    [InlineData("link del bond0", "DELETE /v1/bonds/bond0")]
    [InlineData("link delete dev bond0 type bond", "DELETE /v1/bonds/bond0")]
    [InlineData("link set bond0", "GET /v1/bonds/bond0")]
    [InlineData("link add bond0 type bond miimon 0x64", """POST /v1/bonds {"name":"bond0","options":{"miimon":"0x64"}}""")]
    [InlineData("link set bond0 mtu 0x578", """PATCH /v1/bonds/bond0 {"mtu":1400}""")]
    [InlineData("link set bond0 -d up -j", """PATCH /v1/bonds/bond0 {"up":true}""")]
    [InlineData("link add type bond", """POST /v1/bonds {"name":"bond0","options":{}}""")]
    [InlineData("link add x%dy type bond", """POST /v1/bonds {"name":"x0y","options":{}}""")]
    public async Task Words_become_requests(string line, string requests)
    {
        await using var service = new StubService(Answer);
        using var machine = new FakeMachine();
        var run = await service.RunAsync(line, machine);
        Assert.Equal(new CommandRun(0, "", ""), run);
        Assert.Empty(machine.IpLines);
        Assert.Equal(requests, string.Join(';', service.Requests));
    }

    [Theory]
    [InlineData("link add bond0", "type bond")]
    [InlineData(
        "link set s0 master bond0 type bond miimon 50",
        "type bond: not in one command with \"master\"; accepted: a command for each"
    )]
    [InlineData("link set s0 nomaster mtu 1400", "mtu: not in one command with \"nomaster\"")]
    [InlineData("link set s0 down type bond_slave prio 7", "down: not in one command with \"type bond_slave\"")]
    [InlineData("link set s0 nomaster type bond_slave prio 7", "accepted: a command for each")]
    [InlineData("link set bond0 alias x type bond miimon 5", "alias: not in one command with \"type bond\"")]
    [InlineData("link set s0 master bond0 alias x", "alias: not in one command with \"master\"")]
    [InlineData("link set bond0 mode 4", "mode: must follow \"type bond\"; accepted: link set bond0 type bond mode VALUE")]
    [InlineData("link set s0 prio 5", "prio: must follow \"type bond_slave\"")]
    [InlineData("link add bond0 mode 4 type bond", "mode: must follow \"type bond\"; accepted: link add bond0 type bond mode VALUE")]
    [InlineData("link add bond0 alias x type bond", "alias: cannot be given to a new bond; accepted: link set bond0 alias")]
    [InlineData("link set bond0 alias", "alias: the value is missing")]
    [InlineData("link set bond0 frobnicate", "\"frobnicate\" was not expected here")]
    [InlineData(
        "link add bond0 type bond mode 9",
        "balance-rr (0), active-backup (1), balance-xor (2), broadcast (3), 802.3ad (4), balance-tlb (5), balance-alb (6)\n"
    )]
    [InlineData("link add", "type bond")]
    [InlineData("link show group 7", "ip link show group")]
    [InlineData("link show vrf red", "ip link show vrf")]
    [InlineData("explain", "and --proto if it is not tcp")]
    [InlineData("explain --members 2 --src 1.1.1.1:99999 --dst 1.1.1.2:1", "the port is out of range; accepted: 0 to 65535")]
    [InlineData("explain --members 2 --src [2001:db8::1]:65536 --dst [2001:db8::2]:1", "the port is out of range")]
    [InlineData("explain --members 2 --src 1.1.1.1:port --dst 1.1.1.2:1", "not an address with a port")]
    [InlineData("link add bond0 bond1 type bond", "\"bond1\"")]
    [InlineData("link add bond0 type bond miimon", "miimon: the value is missing")]
    [InlineData("link add bond0 type bond miimon abc", "0 to 2147483647 ms")]
    [InlineData("link add bond0 type bond num_unsol_na 300", "Error: num_unsol_na 300: out of range; accepted: 0 to 255 times")]
    [InlineData("link add bond0 type bond num_uns 300", "Error: num_unsol_na 300: out of range")]
    [InlineData("link add bond0 type bond num_g 300", "Error: num_grat_arp 300: out of range")]
    [InlineData("link add bond0 type bond num_unsol_na", "Error: num_unsol_na: the value is missing")]
    [InlineData("link add bond0 type bond mode lacp", "mode lacp: no such value; did you mean 802.3ad? accepted: balance-rr (0)")]
    [InlineData("link add bond0 type bond mode actve-backup", "did you mean active-backup? accepted: balance-rr (0)")]
    [InlineData("monitor bond0", "\"bond0\" was not expected here; accepted: monitor alone, which prints the events of all bonds")]
    [InlineData("link add bond0 type bond mode fast", "balance-rr (0)")]
    [InlineData("link add bond0 type bond coupled_control 1", "accepted: on, off")]
    [InlineData("link set bond0 mtu big", "mtu big")]
    [InlineData("link set bond0 address 02:00", "address 02:00")]
    [InlineData("link frobnicate", "accepted: add, set")]
    [InlineData("-x link", "option \"-x\"")]
    [InlineData("-c link", "option \"-c\": tandem's output has no colours; leave it out")]
    [InlineData("-color=auto link", "no colours")]
    [InlineData("link show -netns", "-netns: the value is missing")]
    [InlineData("-a link show", "\"tandem -a show\"")]
    [InlineData("-b lines", "run it once for each line")]
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
    [InlineData("link add bond0 type bond mode=4", "mode=4: option and value are separated by a blank; accepted: mode 4")]
    [InlineData("link add bond0 type bond mimon 4", "accepted: miimon, or another of \"tandem link add type bond help\"")]
    [InlineData("link add bond0 type bond lacp_act on", "accepted: lacp_active, or another of \"tandem link add type bond help\"")]
    [InlineData("link add bond0 type bond xyz 1", "accepted: those of \"tandem link add type bond help\"")]
    [InlineData("link set s0 type bond_slave pri 1", "accepted: prio, or another of \"tandem link set type bond_slave help\"")]
    public async Task A_misspelt_option_is_refused_with_the_nearest_one(string line, string message)
    {
        var run = await CommandRun.OfLineAsync(line);
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith(message + Environment.NewLine, run.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enslave bond0 eth0", "object \"enslave\" is unknown; did you mean ifenslave? accepted: link, show, ")]
    [InlineData("lnik show", "object \"lnik\" is unknown; did you mean link? accepted: link, show, ")]
    [InlineData("xyzxyz", "object \"xyzxyz\" is unknown; accepted: link, show, ")]
    public async Task A_misspelt_object_is_refused_with_the_nearest_one(string line, string message)
    {
        var run = await CommandRun.OfLineAsync(line);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith($"Error: {message}", run.Error, StringComparison.Ordinal);
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
    [InlineData("link show up", 3)]
    [InlineData("link show dev s1 up", 1)]
    public async Task Show_lists_the_requested_interfaces(string line, int links)
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
        // The kernel accepts the connection, but no process reads from it.
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
    public async Task Show_has_the_bond_of_the_api_as_json()
    {
        await using var service = new StubService(Answer);
        var run = await service.RunAsync("-j show bond0");
        Assert.Equal(Bonds[1..^1], run.Output.TrimEnd());
        Assert.Contains("Currently Active Slave: s0\n", (await service.RunAsync("show")).Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("-j link show")]
    [InlineData("link show -j")]
    [InlineData("link -j show")]
    public async Task A_global_option_may_stand_behind_the_command_too(string line)
    {
        await using var service = new StubService(Answer);
        Assert.StartsWith("[", (await service.RunAsync(line)).Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_socket_may_be_named_behind_the_command()
    {
        await using var service = new StubService(Answer);
        var run = await CommandRun.OfAsync("show", "bond0", "--socket", service.SocketPath);
        Assert.Equal(0, run.ExitCode);
    }

    [Fact]
    public async Task Brief_has_a_line_for_each_link_and_four_keys()
    {
        await using var service = new StubService(Answer);
        var lines = (await service.RunAsync("-br link show")).Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, line => Assert.Matches(@"^\S+ +UP +([0-9a-f]{2}:){5}[0-9a-f]{2} <\S+> $", line));
        var json = JsonDocument.Parse((await service.RunAsync("link -j -br")).Output).RootElement;
        Assert.Equal(["ifname", "operstate", "address", "flags"], json[0].EnumerateObject().Select(property => property.Name));
    }

    [Fact]
    public async Task A_number_that_is_taken_is_passed_over()
    {
        await using var service = new StubService(request =>
            request.Contains("bond2", StringComparison.Ordinal) ? (409, """{"kind":"exists","message":"bond2: File exists"}""") : (204, "")
        );
        using var machine = new FakeMachine(0, "bond0", "bond1", "bond4");
        Assert.Equal(new CommandRun(0, "", ""), await service.RunAsync("link add type bond", machine));
        Assert.Equal(
            ["""POST /v1/bonds {"name":"bond2","options":{}}""", """POST /v1/bonds {"name":"bond3","options":{}}"""],
            service.Requests
        );
    }
}
