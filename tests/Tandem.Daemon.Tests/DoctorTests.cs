using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Daemon.Hosting;
using Tandem.Daemon.Http;

namespace Tandem.Daemon.Tests;

/// <summary>None of these tests depends on the machine on which they run.</summary>
public sealed class DoctorTests
{
    [Fact]
    public async Task The_service_reports_what_the_machine_supports()
    {
        await using var service = await RunningService.StartAsync();
        var (status, json) = await service.SendAsync(HttpMethod.Get, "/v1/doctor");
        Assert.Equal(200, status);
        var report = json.Deserialize(TandemJson.Default.DoctorReport)!;
        Assert.True(report.IsRunning);
        Assert.Contains(report.Checks, check => check.Id == "tun");
        Assert.Equal("data-path", report.WillBeUsed[0].Subject);
    }

    [Fact]
    public async Task Many_may_ask_at_a_time()
    {
        await using var service = await RunningService.StartAsync();
        var answers = await Task.WhenAll(Enumerable.Range(0, 20).Select(_ => service.SendAsync(HttpMethod.Get, "/v1/doctor")));
        Assert.All(answers, answer => Assert.Equal(200, answer.Status));
    }

    [Fact]
    public void The_program_says_the_same_without_a_service()
    {
        Assert.True(Settings.TryParse(["--doctor"], out var settings, out _));
        Assert.True(settings.WantsDoctor);
        using var output = new StringWriter();
        var canBond = DoctorEndpoint.Print(output);
        var report = JsonNode.Parse(output.ToString()).Deserialize(TandemJson.Default.DoctorReport)!;
        Assert.Equal((false, canBond), (report.IsRunning, report.CanBond));
        Assert.All(report.Checks, check => Assert.Contains(check.Status, (string[])["ok", "missing", "limited", "unknown"]));
    }
}
