using System.Globalization;

namespace Tandem.Api;

/// <summary>The service refused a request.</summary>
public class TandemException : Exception
{
    /// <summary>A refusal.</summary>
    public TandemException(string kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>The class of reason; see <see cref="ErrorMessage"/>.</summary>
    public string Kind { get; }
}

/// <summary>Why the service does not answer.</summary>
public enum UnavailableCause
{
    /// <summary>Nobody listens on the socket.</summary>
    NobodyListens,

    /// <summary>The caller may not use the socket.</summary>
    NotAllowed,

    /// <summary>The service took the request, and no answer came in time.</summary>
    NoAnswerInTime,
}

/// <summary>The service does not answer.</summary>
public sealed class TandemUnavailableException : TandemException
{
    /// <summary>Nobody listens on the socket, or the caller may not use it.</summary>
    public TandemUnavailableException(string socketPath, bool accessDenied, Exception inner)
        : base("unavailable", Describe(socketPath, accessDenied), inner) =>
        Cause = accessDenied ? UnavailableCause.NotAllowed : UnavailableCause.NobodyListens;

    /// <summary>The service took the request, and no answer came in time: it hangs, or is stopped.</summary>
    public TandemUnavailableException(string socketPath, TimeSpan timeLimit, Exception inner)
        : base(
            "unavailable",
            string.Create(CultureInfo.InvariantCulture, $"{socketPath}: the service does not answer within {timeLimit.TotalSeconds} s"),
            inner
        ) => Cause = UnavailableCause.NoAnswerInTime;

    /// <summary>Why it does not answer.</summary>
    public UnavailableCause Cause { get; }

    private static string Describe(string socketPath, bool accessDenied) =>
        accessDenied
            ? $"{socketPath}: not allowed; run the command as root"
            : $"{socketPath}: the service does not answer; start it with \"sudo tandemd\" or \"systemctl start tandemd\"";
}
