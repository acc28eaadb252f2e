using System.Collections.Concurrent;
using System.Globalization;

namespace Tandem.Daemon.Logging;

/// <summary>
/// Writes each entry as one line to standard error, on a thread of its own, so that a slow reader never delays a bond. For the journal a
/// line starts with syslog's <c>&lt;level&gt;</c>, otherwise with the time.
/// </summary>
internal sealed class LineLoggerProvider : ILoggerProvider
{
    private const int Capacity = 2048;
    private readonly BlockingCollection<string> _lines = new(Capacity);
    private readonly Thread _thread;
    private readonly TextWriter _output;
    private readonly bool _forJournal;
    private readonly LogLevel _least;
    private readonly TimeProvider _time;
    private int _lost;

    public LineLoggerProvider(TextWriter output, bool forJournal, LogLevel least, TimeProvider time)
    {
        _output = output;
        _forJournal = forJournal;
        _least = least;
        _time = time;
        _thread = new Thread(Run) { Name = "log", IsBackground = true };
        _thread.Start();
    }

    /// <summary>Whether systemd's journal reads standard error.</summary>
    public static bool JournalReads => Environment.GetEnvironmentVariable("JOURNAL_STREAM") is { Length: > 0 };

    public ILogger CreateLogger(string categoryName) =>
        // Messages of the framework matter only when something is wrong.
        new LineLogger(this, categoryName.StartsWith("Microsoft.", StringComparison.Ordinal) ? Max(_least, LogLevel.Warning) : _least);

    /// <summary>Writes the waiting lines.</summary>
    public void Dispose()
    {
        _lines.CompleteAdding();
        _thread.Join(TimeSpan.FromSeconds(1));
    }

    private static LogLevel Max(LogLevel a, LogLevel b) => a > b ? a : b;

    private void Write(LogLevel level, string text)
    {
        var line = _forJournal
            ? string.Create(CultureInfo.InvariantCulture, $"<{LogLevels.SeverityOf(level)}>{text}")
            : string.Create(CultureInfo.InvariantCulture, $"{_time.GetUtcNow():yyyy-MM-ddTHH:mm:ss.fffZ} {LogLevels.NameOf(level)} {text}");
        if (_lines.IsAddingCompleted || !_lines.TryAdd(line))
            Interlocked.Increment(ref _lost);
    }

    private void Run()
    {
        foreach (var line in _lines.GetConsumingEnumerable())
        {
            try
            {
                _output.WriteLine(line);
                var lost = Interlocked.Exchange(ref _lost, 0);
                if (lost > 0)
                    _output.WriteLine(
                        string.Create(CultureInfo.InvariantCulture, $"{(_forJournal ? "<4>" : "")}{lost} log lines were lost")
                    );
                if (_lines.Count == 0)
                    _output.Flush();
            }
            catch (IOException)
            {
                // Nobody reads any more; the service does not depend on a reader.
            }
        }
    }

    private sealed class LineLogger(LineLoggerProvider provider, LogLevel least) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state)
            where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => logLevel >= least && logLevel != LogLevel.None;

        public void Log<TState>(
            LogLevel logLevel,
            EventId eventId,
            TState state,
            Exception? exception,
            Func<TState, Exception?, string> formatter
        )
        {
            if (!IsEnabled(logLevel))
                return;
            var text = formatter(state, exception);
            if (exception is not null)
                text = $"{text}: {exception}";
            provider.Write(logLevel, text.ReplaceLineEndings(" | "));
        }
    }
}
