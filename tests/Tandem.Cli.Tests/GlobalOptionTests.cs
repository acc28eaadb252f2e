using System.Text.Json;
using Tandem.Api;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>Global options stand before a command, or after it, where users of <c>ip</c> also put them.</summary>
public sealed class GlobalOptionTests
{
    private static readonly string Bonds = JsonSerializer.Serialize(
        [RecordedState.Load("4-802.3ad.3-up").Bond],
        TandemJson.Default.IReadOnlyListBondResource
    );

    private static (int Status, string Body) Answer(string request) =>
        request == "GET /v1/doctor" ? (200, """{"version":"1","is_running":true,"can_bond":true,"checks":[],"will_be_used":[]}""")
        : request.StartsWith("GET /v1/bonds/", StringComparison.Ordinal) ? (200, Bonds[1..^1])
        : (200, Bonds);

    [Theory]
    [InlineData("show")]
    [InlineData("show bond0")]
    [InlineData("link")]
    [InlineData("link show bond0")]
    [InlineData("lacp")]
    [InlineData("lacp bond0")]
    [InlineData("alb")]
    [InlineData("doctor")]
    [InlineData("explain --members 2 --src 10.0.0.1:1 --dst 10.0.0.2:2")]
    [InlineData("version")]
    public async Task Options_after_a_command_do_what_they_do_before_it(string line)
    {
        await using var service = new StubService(Answer);
        var before = await service.RunAsync($"-j -p -d {line}");
        Assert.Equal((0, ""), (before.ExitCode, before.Error));
        var (command, words) = line.Split(' ', 2) is [var first, var rest] ? (first, rest) : (line, "");
        Assert.Equal(before, await service.RunAsync($"{command} -j -p -d {words}"));
        Assert.Equal(before, await service.RunAsync($"-p {command} -j {words} -d"));
        Assert.Equal(before, await service.RunAsync($"{command} {words} --json --pretty --details"));
    }
}
