namespace Tandem.Daemon.Namespaces;

/// <summary>Puts the name of a network namespace before each message.</summary>
internal sealed class NamespaceLog(ILogger log, string name) : ILogger
{
    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => log.BeginScope(state);

    public bool IsEnabled(LogLevel logLevel) => log.IsEnabled(logLevel);

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    ) => log.Log(logLevel, eventId, state, exception, (entry, fault) => $"{name}: {formatter(entry, fault)}");
}
