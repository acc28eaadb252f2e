using System.Text.Json;
using System.Text.Json.Nodes;
using Tandem.Api;
using Tandem.Cli.CommandLine;
using Xunit;

namespace Tandem.Cli.Tests;

public sealed class DoctorCommandTests
{
    private static readonly DoctorReport Report = new(
        "0.1.0",
        IsRunning: true,
        CanBond: true,
        [
            new DoctorCheck("tun", "ok", "/dev/net/tun can be opened", "bond0, which is a TAP device", null, null),
            new DoctorCheck(
                "libbpf",
                "missing",
                "libbpf.so.1 is not installed",
                "loading the kernel data path",
                "no kernel data path",
                "install libbpf"
            ),
            new DoctorCheck("backlog", "unknown", "cannot be read here", "frames on their way", null, null),
        ],
        [
            new DoctorChoice("data-path", "csharp", "the kernel data path is not available on this machine: libbpf (missing)"),
            new DoctorChoice("after-kill", "carrier-kept", "systemd holds bond0"),
        ]
    );

    [Fact]
    public async Task A_report_is_a_line_for_each_check_and_more_where_something_is_amiss()
    {
        await using var service = Service(Report);
        var run = await service.RunAsync("doctor");
        Assert.Equal(0, run.ExitCode);
        Golden.Equal("doctor.txt", run.Output.Replace(service.SocketPath, "SOCKET", StringComparison.Ordinal));
        Assert.Equal(["GET /v1/doctor"], service.Requests);
    }

    [Fact]
    public async Task Where_no_bond_can_be_made_the_exit_code_is_1()
    {
        await using var service = Service(Report with { CanBond = false });
        var run = await service.RunAsync("doctor");
        Assert.Equal(1, run.ExitCode);
        Assert.EndsWith("\nNo bond can be created.\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_json_is_that_of_the_service()
    {
        await using var service = Service(Report);
        var run = await service.RunAsync("-j doctor");
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Json(Report)), JsonNode.Parse(run.Output)), run.Output);
    }

    [Fact]
    public async Task Where_no_service_runs_its_program_is_asked()
    {
        using var program = new Program($"""echo '{Json(Report with { IsRunning = false, CanBond = false })}'; exit 1""");
        var run = await RunAsync(program.Path);
        Assert.Equal(1, run.ExitCode);
        Assert.StartsWith(
            $"No service runs on /nonexistent/tandem.sock. Examined by {program.Path} --doctor, with the rights of this user.\n",
            run.Output,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("echo '--doctor: no such option' >&2; exit 2", "same version")]
    [InlineData("echo 'null'; echo 'cannot' >&2", "cannot")]
    public async Task A_program_that_does_not_know_how_is_told(string script, string told)
    {
        using var program = new Program(script);
        var run = await RunAsync(program.Path);
        Assert.Equal(2, run.ExitCode);
        Assert.Contains(told, run.Error, StringComparison.Ordinal);
        Assert.StartsWith($"Error: {program.Path} --doctor: ", run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Words_after_it_are_refused() => Assert.Equal(255, (await CommandRun.OfLineAsync("doctor bond0")).ExitCode);

    private static string Json(DoctorReport report) => JsonSerializer.Serialize(report, TandemJson.Readable.DoctorReport);

    private static StubService Service(DoctorReport report) => new(_ => (200, Json(report)));

    private static async Task<CommandRun> RunAsync(string program)
    {
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = new CommandContext(output, error, TextReader.Null, TestContext.Current.CancellationToken)
        {
            Socket = "/nonexistent/tandem.sock",
            ServiceProgram = program,
        };
        var exitCode = await Command.RunAsync(context, ["doctor"]);
        return new CommandRun(exitCode, output.ToString(), error.ToString());
    }

    /// <summary>A shell script that stands in for tandemd.</summary>
    private sealed class Program : IDisposable
    {
        public Program(string script)
        {
            File.WriteAllText(Path, $"#!/bin/sh\n{script}\n");
            if (OperatingSystem.IsLinux())
                File.SetUnixFileMode(Path, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        }

        public string Path { get; } = System.IO.Path.Combine(System.IO.Path.GetTempPath(), $"tdm-{Guid.NewGuid():N}");

        public void Dispose() => File.Delete(Path);
    }
}
