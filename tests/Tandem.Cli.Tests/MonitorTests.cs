using Tandem.Cli.CommandLine;
using Xunit;

namespace Tandem.Cli.Tests;

public sealed class MonitorTests
{
    private const string Event =
        """{"time":"2026-01-02T03:04:05+00:00","kind":"link-down","level":"warning","bond":"bond0","member":"s0","reason":"no carrier"}""";

    [Theory]
    [InlineData("monitor", "warning bond0 s0: link-down: no carrier")]
    [InlineData("-j monitor", Event)]
    [InlineData("monitor -j", Event)]
    public async Task Events_are_printed_and_a_service_that_ends_is_waited_for(string line, string printed)
    {
        using var stop = new CancellationTokenSource(TimeSpan.FromSeconds(20));
        var streams = 0;
        await using var service = new StubService(_ =>
        {
            // The first stream is complete. The second breaks off, as when a service is killed. The third attempt finds the service busy.
            switch (++streams)
            {
                case 1 or 4:
                    return (200, $"data: {Event}\n\n");
                case 2:
                    return (200, $"data: {Event}\n\n" + StubService.Torn);
                case 3:
                    return (503, """{"kind":"busy","message":"too many listeners"}""");
                default:
                    stop.Cancel();
                    return (503, """{"kind":"busy","message":"too many listeners"}""");
            }
        });
        using var output = new StringWriter();
        using var error = new StringWriter();
        var context = new CommandContext(output, error, TextReader.Null, stop.Token)
        {
            Socket = service.SocketPath,
            RetryDelay = TimeSpan.FromMilliseconds(1),
        };
        Assert.Equal(ExitCode.Done, await Command.RunAsync(context, line.Split(' ')));
        var lines = output.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        Assert.All(lines, each => Assert.EndsWith(printed, each, StringComparison.Ordinal));
        const string Waiting = "the service ended, or closed the connection; waiting for it to come back (Ctrl-C ends)";
        Assert.Equal([Waiting, Waiting, Waiting], error.ToString().Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Fact]
    public async Task An_answer_that_breaks_off_is_told_in_words()
    {
        await using var service = new StubService(_ => (200, "[" + StubService.Torn));
        var run = await service.RunAsync("link show");
        Assert.Equal(2, run.ExitCode);
        Assert.Contains("the service closed the connection without an answer", run.Error, StringComparison.Ordinal);
        Assert.DoesNotContain("ResponseEnded", run.Error, StringComparison.Ordinal);
    }
}
