using System.Text.Json;
using Tandem.Core.Explaining;
using Tandem.Core.Forwarding;
using Tandem.Core.Hashing;
using Tandem.Core.Options;
using Xunit;

namespace Tandem.Cli.Tests;

public sealed class ExplainCommandTests
{
    /// <summary>TCP from 192.0.2.10:50000 to 198.51.100.77:443; the driver's hash of layer3+4 is 0x7e4dfc1e.</summary>
    private const string Frame = "02000000000a02112233445b0800450000280001000040060000c000020ac633644dc35001bb0000000000000000";

    [Fact]
    public async Task A_frame_is_explained_as_text()
    {
        var run = await CommandRun.OfAsync("explain", "--mode", "balance-xor", "--policy", "layer3+4", "--members", "3", "--frame", Frame);
        Assert.Equal(0, run.ExitCode);
        Golden.Equal("explain.txt", run.Output);
    }

    [Fact]
    public async Task A_frame_is_explained_as_json()
    {
        var run = await CommandRun.OfAsync("-j", "explain", "--policy=layer3+4", "--members=3", "--frame", Frame);
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal(0x7e4dfc1eu, json.RootElement.GetProperty("hash").GetUInt32());
        Assert.Equal("0x7e4dfc1e", json.RootElement.GetProperty("hash_hex").GetString());
        Assert.Equal(2, json.RootElement.GetProperty("member").GetInt32());
    }

    [Fact]
    public async Task Frames_on_standard_input_are_answered_line_by_line()
    {
        string[] words = ["explain", "--policy", "1", "--members", "3", "--frame", "-"];
        var run = await CommandRun.OfAsync($"{Frame}\n\n02:00:00:00:00:0a 02112233445b 0806\n", words);
        Assert.Equal("member 2 hash 0x7e4dfc1e\nmember 2 hash 0x00000857\n", run.Output);

        // A line that is no frame gets an error in its place, and the next lines are answered.
        var mixed = await CommandRun.OfAsync($"xyz\n{Frame}\n", words);
        Assert.Equal("error xyz: not a frame; accepted: pairs of hexadecimal digits\nmember 2 hash 0x7e4dfc1e\n", mixed.Output);
        Assert.Equal(255, mixed.ExitCode);
    }

    [Fact]
    public async Task A_flow_over_ipv6_is_explained()
    {
        var run = await CommandRun.OfLineAsync(
            "explain --policy layer3+4 --members 5 --src [2001:db8:1:2:3:4:5:6]:33333 --dst [2001:db8:ffff::abcd]:80 --proto tcp"
        );
        Assert.Contains("hash      0x4e9b7dc3", run.Output, StringComparison.Ordinal);
        Assert.Contains("member    3 ", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_live_bond_says_its_mode_members_and_address()
    {
        var plan = PaperBond.Plan(BondMode.BalanceXor, HashPolicy.Layer2, 2);
        await using var service = new StubService(StubService.Bond(RecordedState.Load("2-balance-xor.3-up").Bond, plan));
        // layer2: 01 (the bond's address) ^ 02 (the default destination) ^ 0800, which is odd.
        var run = await service.RunAsync("-j explain bond0 --src 10.0.0.1:1 --dst 10.0.0.2:2");
        using var json = JsonDocument.Parse(run.Output);
        Assert.Equal("s1", json.RootElement.GetProperty("member_name").GetString());
        Assert.Equal(0x803u, json.RootElement.GetProperty("hash").GetUInt32());
    }

    [Fact]
    public async Task The_active_member_carries_everything_in_active_backup()
    {
        var plan = new ForwardingPlan { Rule = TransmitRule.One, Transmit = [1] };
        await using var service = new StubService(StubService.Bond(RecordedState.Load("1-active-backup.4-s0-no-carrier").Bond, plan));
        var run = await service.RunAsync("explain bond0 --frame " + Frame);
        Assert.Contains("(s1)", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("hash", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_standbys_of_active_backup_are_shown_in_order()
    {
        var plan = PaperBond.Plan(BondMode.ActiveBackup, HashPolicy.Layer2, 2) with { Transmit = [1], Standby = [0] };
        await using var service = new StubService(StubService.Bond(RecordedState.Load("1-active-backup.3-up").Bond, plan));
        var run = await service.RunAsync("explain bond0 --frame " + Frame);
        Golden.Equal("explain-standby.txt", run.Output);
        using var json = JsonDocument.Parse((await service.RunAsync("-j explain bond0 --frame " + Frame)).Output);
        Assert.Equal(["s0"], json.RootElement.GetProperty("standby").EnumerateArray().Select(member => member.GetString()));
    }

    [Theory]
    [InlineData("layer2", "", true)]
    [InlineData("layer2+3", "", true)]
    [InlineData("layer3+4", "", false)]
    [InlineData("layer2", " --dst-mac 02:00:00:00:00:11", false)]
    public async Task A_destination_address_that_decides_and_was_not_given_is_noted(string policy, string given, bool isNoted)
    {
        var run = await CommandRun.OfLineAsync($"explain --members 2 --policy {policy} --src 10.0.0.1:1 --dst 10.0.0.2:2{given}");
        Assert.Equal(isNoted, run.Output.Contains("give --dst-mac", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("balance-rr", "note      members take turns")]
    [InlineData(
        "active-backup",
        "member    0\nstandby   if member 0 fails: member 1, then member 2\nnote      the active member carries every frame\nassumed   the first member is the active one"
    )]
    [InlineData("broadcast", "note      every member carries a copy")]
    [InlineData("802.3ad", " mod 3\nassumed   the partner agreed to all links")]
    [InlineData(
        "balance-tlb",
        "note      balanced: the hash picks the bucket, and the measured load the bucket's member\nassumed   the frame is the bond's own"
    )]
    [InlineData(
        "balance-alb",
        "note      balanced: the address 198.51.100.77 picks the bucket, and the measured load the bucket's member\nassumed   "
    )]
    public async Task Each_mode_is_explained_by_its_rule(string mode, string words)
    {
        var run = await CommandRun.OfAsync("explain", "--mode", mode, "--members", "3", "--frame", Frame);
        Assert.Equal(0, run.ExitCode);
        Assert.Contains($"mode      {mode}\n", run.Output, StringComparison.Ordinal);
        Assert.Contains(words, run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("leaves", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Queues_that_a_member_has_are_named()
    {
        var plan = PaperBond.Plan(BondMode.ActiveBackup, HashPolicy.Layer2, 2) with { Queues = [new QueueSlot(2, 1)] };
        await using var service = new StubService(StubService.Bond(RecordedState.Load("1-active-backup.3-up").Bond, plan));
        var run = await service.RunAsync("explain bond0 --frame " + Frame);
        Assert.Contains("members   1 (s0)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("queue     2: all that is sent through it leaves on s1\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("explain --members 3", "--frame HEX")]
    [InlineData("explain --frame 00", "--members")]
    [InlineData("explain --members 0 --frame 00", "1 to 64")]
    [InlineData("explain --members 3 --frame 0x", "--frame 0x: not a frame")]
    [InlineData("explain --members 3 --policy layer7 --frame 00", "layer2 (0)")]
    [InlineData("explain --members 3 --mode fast --frame 00", "balance-rr (0)")]
    [InlineData("explain --members 3 --src 10.0.0.1:1", "--dst ADDRESS:PORT")]
    [InlineData("explain --members 3 --src 10.0.0.1:1 --dst [::1]:2", "not of the family")]
    [InlineData("explain --members 3 --src 10.0.0.1:99999 --dst 10.0.0.2:2", "--src 10.0.0.1:99999")]
    [InlineData("explain --members 3 --src 10.0.0.1:1 --dst 10.0.0.2:2 --proto abc", "tcp, udp")]
    [InlineData("explain bond0 --members 3 --frame 00", "leave out")]
    [InlineData("explain --members 3 --pcap /nonexistent", "--pcap /nonexistent")]
    [InlineData("explain --members 3 --policy all --frame 00", "for captures only")]
    [InlineData("explain --members 3 --what", "\"--what\"")]
    public async Task Mistakes_are_named(string line, string message)
    {
        var run = await CommandRun.OfLineAsync(line);
        Assert.Equal(255, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }
}
