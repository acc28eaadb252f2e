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
    /// <summary>There is no socket at the path.</summary>
    NoSocket,

    /// <summary>The socket is there, and nobody listens on it.</summary>
    NobodyListens,

    /// <summary>The caller may not use the socket.</summary>
    NotAllowed,

    /// <summary>More clients wait to be let in than the kernel keeps for the socket.</summary>
    TooManyClients,

    /// <summary>The service took the connection and closed it without a whole answer: it ends, or has too many clients.</summary>
    Closed,

    /// <summary>The service took the request, and no answer came in time.</summary>
    NoAnswerInTime,
}

/// <summary>The service does not answer.</summary>
public sealed class TandemUnavailableException : TandemException
{
    private const string Start = "start it with \"sudo tandemd\" or \"systemctl start tandemd\"";

    /// <summary>No answer for a cause.</summary>
    /// <param name="socketPath">The socket.</param>
    /// <param name="cause">Why.</param>
    /// <param name="inner">What the runtime says.</param>
    /// <param name="timeLimit">How long was waited, if that is the cause.</param>
    public TandemUnavailableException(string socketPath, UnavailableCause cause, Exception inner, TimeSpan timeLimit = default)
        : base("unavailable", $"{socketPath}: {Describe(cause, timeLimit)}", inner) => Cause = cause;

    /// <summary>Why it does not answer.</summary>
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
