using Tandem.Daemon.Hosting;

namespace Tandem.Daemon.Tests;

/// <summary>Messages for systemd's watchdog.</summary>
public sealed class WatchdogTests
{
    [Theory]
    [InlineData("30000000", null, 30.0)]
    [InlineData("30000000", "", 30.0)]
    [InlineData("30000000", "self", 30.0)]
    [InlineData("30000000", "1", null)]
    [InlineData(null, "self", null)]
    [InlineData("0", "self", null)]
    [InlineData("soon", "self", null)]
    public void The_period_is_the_one_that_is_meant_for_this_process(string? microseconds, string? pid, double? seconds)
    {
        var period = Watchdog.Period(name =>
            name switch
            {
                "WATCHDOG_USEC" => microseconds,
                "WATCHDOG_PID" => pid == "self" ? $"{Environment.ProcessId}" : pid,
                _ => null,
            }
        );
        Assert.Equal(seconds, period?.TotalSeconds);
    }
}
