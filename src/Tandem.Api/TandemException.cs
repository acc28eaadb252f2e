using System.Globalization;

namespace Tandem.Api;

/// <summary>The service refused a request.</summary>
public class TandemException : Exception
{
    /// <summary>Creates a refusal.</summary>
    public TandemException(string kind, string message, Exception? inner = null)
        : base(message, inner) => Kind = kind;

    /// <summary>The kind of refusal; see <see cref="ErrorMessage"/>.</summary>
    public string Kind { get; }
}

/// <summary>Why the service does not answer.</summary>
public enum UnavailableCause
{
    /// <summary>There is no socket at the path.</summary>
    NoSocket,

    /// <summary>The socket exists, but no service listens on it.</summary>
    NobodyListens,

    /// <summary>The caller may not use the socket.</summary>
    NotAllowed,

    /// <summary>The socket's backlog is full.</summary>
    TooManyClients,

    /// <summary>The service accepted the connection and closed it without a complete answer: it is ending, or has too many
    /// clients.</summary>
    Closed,

    /// <summary>The service accepted the request, but did not answer in time.</summary>
    NoAnswerInTime,
}

/// <summary>The service does not answer.</summary>
public sealed class TandemUnavailableException : TandemException
{
    private const string Start = "start it with \"sudo tandemd\" or \"systemctl start tandemd\"";

    /// <summary>Creates the exception.</summary>
    /// <param name="socketPath">The socket.</param>
    /// <param name="cause">The cause.</param>
    /// <param name="inner">The runtime's exception.</param>
    /// <param name="timeLimit">The time limit, if the cause is <see cref="UnavailableCause.NoAnswerInTime"/>.</param>
    public TandemUnavailableException(string socketPath, UnavailableCause cause, Exception inner, TimeSpan timeLimit = default)
        : base("unavailable", $"{socketPath}: {Describe(cause, timeLimit)}", inner) => Cause = cause;

    /// <summary>Why the service does not answer.</summary>
    public UnavailableCause Cause { get; }

    private static string Describe(UnavailableCause cause, TimeSpan timeLimit) =>
        cause switch
        {
            UnavailableCause.NoSocket => $"there is no such socket, so no service runs here; {Start}, or name its socket with --socket",
            UnavailableCause.NobodyListens => $"nobody listens on this socket: the service has ended; {Start}",
            UnavailableCause.NotAllowed => "not allowed; run the command as root",
            UnavailableCause.TooManyClients => "too many clients wait for the service; try again later",
            UnavailableCause.Closed =>
                "the service closed the connection without an answer: it is ending, or has too many clients; try again",
            _ => string.Create(CultureInfo.InvariantCulture, $"the service does not answer within {timeLimit.TotalSeconds} s"),
        };
}
