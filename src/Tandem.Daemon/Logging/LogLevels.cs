using Tandem.Core.Bonds;

namespace Tandem.Daemon.Logging;

/// <summary>The log levels: names in the log, in events and on the command line, and severities of syslog.</summary>
internal static class LogLevels
{
    private static readonly Entry[] All =
    [
        new(LogLevel.Critical, "critical", 2),
        new(LogLevel.Error, "error", 3),
        new(LogLevel.Warning, "warning", 4),
        new(LogLevel.Information, "info", 6),
        new(LogLevel.Debug, "debug", 7),
    ];

    /// <summary>The names that <see cref="TryParse"/> accepts. Critical messages are always logged, so it is not among them.</summary>
    public static IEnumerable<string> Accepted => All.Skip(1).Select(entry => entry.Name);

    /// <summary>The level of an accepted name.</summary>
    public static bool TryParse(string name, out LogLevel level)
    {
        var found = Array.Find(All[1..], entry => entry.Name == name);
        level = found?.Level ?? LogLevel.None;
        return found is not null;
    }

    /// <summary>The name of a level.</summary>
    public static string NameOf(LogLevel level) => Find(level).Name;

    /// <summary>The severity of a level in syslog.</summary>
    public static int SeverityOf(LogLevel level) => Find(level).Severity;

    /// <summary>The level of an event, whose values are severities of syslog.</summary>
    public static LogLevel Of(EventLevel level) => Array.Find(All, entry => entry.Severity == (int)level)!.Level;

    // Trace messages are written as debug messages.
    private static Entry Find(LogLevel level) => Array.Find(All, entry => entry.Level == level) ?? All[^1];

    private sealed record Entry(LogLevel Level, string Name, int Severity);
}
