using System.Globalization;
using Tandem.Daemon.Descriptors;
using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Hosting;

/// <summary>
/// Sends keep-alive messages to the service manager (WatchdogSec of systemd) while the writer threads process messages. The manager kills
/// a service in which one of them hangs, and the next one takes over its bonds.
/// </summary>
internal sealed class Watchdog : IDisposable
{
    // One late message must not lead to a kill.
    private const int MessagesInAPeriod = 3;

    private readonly Timer? _timer;

    /// <summary>Starts sending, if the manager asks for it.</summary>
    public Watchdog(Func<IReadOnlyList<WriterThread>> writers)
    {
        if (Period(Environment.GetEnvironmentVariable) is not { } period)
            return;
        var interval = period / MessagesInAPeriod;
        _timer = new Timer(_ => Ask(writers()), null, TimeSpan.Zero, interval);
    }

    // With a full queue a writer thread hangs, or has been busy for long: the next message may still be in time.
    private static void Ask(IReadOnlyList<WriterThread> writers)
    {
        var silent = writers.Count;
        foreach (var writer in writers)
        {
            writer.TryPost(() =>
            {
                if (Interlocked.Decrement(ref silent) == 0)
                    ServiceManager.Alive();
            });
        }
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
