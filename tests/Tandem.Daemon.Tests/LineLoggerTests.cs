using Microsoft.Extensions.Logging;
using Tandem.Daemon.Logging;

namespace Tandem.Daemon.Tests;

public sealed class LineLoggerTests
{
    [Fact]
    public void A_log_that_nobody_reads_holds_nobody_up()
    {
        using var reading = new ManualResetEventSlim();
        var output = new Unread(reading);
        using (var logs = new LineLoggerProvider(output, forJournal: false, LogLevel.Debug, TimeProvider.System))
        {
            var log = logs.CreateLogger("tandemd");
            // The loop ends, since lines are dropped when the queue is full.
            for (var i = 0; i < 10_000; i++)
                Log.StateUnwritable(log, "file", "nobody reads");
            Assert.Equal(0, output.Lines);
            reading.Set();
        }
        Assert.InRange(output.Lines, 2048, 2060);
        Assert.Contains("log lines were lost", output.ToString(), StringComparison.Ordinal);
    }

    private sealed class Unread(ManualResetEventSlim reading) : StringWriter
    {
        public int Lines { get; private set; }

        public override void WriteLine(string? value)
        {
            reading.Wait();
            base.WriteLine(value);
            Lines++;
        }
    }
}
