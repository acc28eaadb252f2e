using System.Globalization;
using Tandem.Daemon.Descriptors;
using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Hosting;

/// <summary>
/// Sends keep-alive messages to the service manager (WatchdogSec of systemd) while the writer thread processes messages. The manager
/// kills a service that hangs, and the next one takes over its bonds.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    // One late message must not lead to a kill.
    private const int MessagesInAPeriod = 3;

    private readonly Timer? _timer;

    /// <summary>Starts sending, if the manager asks for it.</summary>
    public Watchdog(WriterThread writer)
    {
        if (Period(Environment.GetEnvironmentVariable) is not { } period)
            return;
        var interval = period / MessagesInAPeriod;
        // With a full queue the writer thread hangs, or has been busy for long: the next message may still be in time.
        _timer = new Timer(_ => writer.TryPost(ServiceManager.Alive), null, TimeSpan.Zero, interval);
    }

    public void Dispose() => _timer?.Dispose();

    /// <summary>The watchdog period; null if there is none, or if it is meant for another process.</summary>
    internal static TimeSpan? Period(Func<string, string?> variable)
    {
        if (!long.TryParse(variable("WATCHDOG_USEC"), NumberStyles.None, CultureInfo.InvariantCulture, out var microseconds))
            return null;
        var isOurs =
            variable("WATCHDOG_PID") is not { Length: > 0 } pid || pid == Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        return isOurs && microseconds > 0 ? TimeSpan.FromMicroseconds(microseconds) : null;
    }
}
