using System.Globalization;
using Tandem.Cli.CommandLine;
using Xunit;

namespace Tandem.Cli.Tests;

/// <summary>The exit codes of <c>ip</c>, for errors that the command detects without the service.</summary>
public sealed class RecordedErrorTests
{
    private sealed record Recorded(int Id, string Line, int ExitCode);

    /// <summary>ad_select 3: ip 6.1 refuses it, but Tandem has the options of a later version.</summary>
    private static readonly int[] Known = [86];

    private static List<Recorded> Read() =>
        [
            .. File.ReadLines(Path.Combine(AppContext.BaseDirectory, "Data", "errors.tsv"))
                .Skip(1)
                .Select(line => line.Split('\t'))
                // Leaves out lines that are not Tandem's: other devices, shell lines and namespaces.
                .Where(cells =>
                    !cells[1].Contains("&&", StringComparison.Ordinal) && !cells[1].Contains(" netns ", StringComparison.Ordinal)
                )
                .Select(cells => new Recorded(
                    int.Parse(cells[0], CultureInfo.InvariantCulture),
                    cells[1]["ip ".Length..],
                    int.Parse(cells[2], CultureInfo.InvariantCulture)
                )),
        ];

    [Fact]
    public async Task Commands_that_ip_itself_refuses_are_refused_with_255()
    {
        var lines = Read().Where(line => line.ExitCode == ExitCode.Syntax && !Known.Contains(line.Id)).ToList();
        Assert.Equal(20, lines.Count);
        foreach (var line in lines)
        {
            var run = await CommandRun.OfLineAsync(line.Line);
            Assert.True(run.ExitCode == ExitCode.Syntax, $"{line.Id} {line.Line}: {run}");
            Assert.StartsWith("Error: ", run.Error, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Values_that_ip_passes_to_the_kernel_are_passed_to_the_service()
    {
        // No service answers here, so accepted values end in exit code 2.
        var lines = Read().Where(line => line.ExitCode is 0 or 2).ToList();
        Assert.Equal(105, lines.Count);
        foreach (var line in lines)
        {
            var run = await CommandRun.OfLineAsync(line.Line);
            Assert.True(run.ExitCode == ExitCode.Refused, $"{line.Id} {line.Line}: {run}");
        }
    }

    [Fact]
    public async Task An_unknown_interface_ends_with_1()
    {
        await using var service = new StubService(_ => (404, """{"kind":"no-device","message":"nosuch: there is no such device"}"""));
        var lines = Read().Where(line => line.ExitCode == ExitCode.NotFound).ToList();
        Assert.Equal(6, lines.Count);
        foreach (var line in lines)
        {
            var run = await service.RunAsync(line.Line);
            Assert.True(run.ExitCode == ExitCode.NotFound, $"{line.Id} {line.Line}: {run}");
        }
    }
}
