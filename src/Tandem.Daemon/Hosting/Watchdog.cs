using System.Globalization;
using Tandem.Daemon.Descriptors;
using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Hosting;

/// <summary>
/// Tells the service manager (WatchdogSec of systemd) that the service works, for as long as the thread that decides for the bonds takes
/// messages. A service that hangs is killed by the manager, and the next one takes its bonds over.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    // So that one message that comes late is no reason to kill.
    private const int MessagesInAPeriod = 3;

    private readonly Timer? _timer;

    /// <summary>Begins, if the manager asks for it.</summary>
    public Watchdog(WriterThread writer)
    {
        if (Period(Environment.GetEnvironmentVariable) is not { } period)
            return;
        var interval = period / MessagesInAPeriod;
        // Where the queue is full the thread is stuck, or has been busy for long: the next message may still come in time.
        _timer = new Timer(_ => writer.TryPost(ServiceManager.Alive), null, TimeSpan.Zero, interval);
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>How long the manager waits for a message; null if it does not, or waits for another process.</summary>
    internal static TimeSpan? Period(Func<string, string?> variable)
    {
        if (!long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds))
            return null;
        var isOurs =
            variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs && microseconds > 0 ? TimeSpan.FromMicroseconds(microseconds) : null;
    }
}
