using System.Collections.Immutable;
using Tandem.Core.Options;

namespace Tandem.Api;

/// <summary>The table of refusals: the kind's name in <see cref="ErrorMessage"/>, and its HTTP status.</summary>
public static class ErrorKinds
{
    /// <summary>The service has no bond of this name.</summary>
    public const string NoBond = "no-bond";

    /// <summary>The name is in use.</summary>
    public const string Exists = "exists";

    /// <summary>The request is malformed.</summary>
    public const string Request = "request";

    /// <summary>The caller may not do this.</summary>
    public const string NotPermitted = "not-permitted";

    /// <summary>Changes wait for confirmation; no others are applied meanwhile.</summary>
    public const string Unconfirmed = "unconfirmed";

    /// <summary>Another client applies changes.</summary>
    public const string Applying = "applying";

    /// <summary>Nothing waits for confirmation.</summary>
    public const string NoRollback = "no-rollback";

    /// <summary>The service is stopping or overloaded.</summary>
    public const string Busy = "busy";

    /// <summary>The service failed; its log has the details.</summary>
    public const string Internal = "internal";

    /// <summary>All kinds with their HTTP status, and the brain's refusal that they stand for.</summary>
    public static ImmutableArray<(string Name, int Status, OptionErrorKind? Reason)> All { get; } =
    [
        ("syntax", 400, OptionErrorKind.Syntax),
        ("range", 422, OptionErrorKind.Range),
        ("mode", 409, OptionErrorKind.Mode),
        ("has-members", 409, OptionErrorKind.HasMembers),
        ("bond-up", 409, OptionErrorKind.BondUp),
        ("dependency", 409, OptionErrorKind.Dependency),
        ("conflict", 409, OptionErrorKind.Conflict),
        ("unavailable", 422, OptionErrorKind.Unavailable),
        ("no-device", 404, OptionErrorKind.NoDevice),
        ("device", 409, OptionErrorKind.Device),
        (NoBond, 404, null),
        (Exists, 409, null),
        (Unconfirmed, 409, null),
        (Applying, 409, null),
        (NoRollback, 404, null),
        (Request, 400, null),
        (NotPermitted, 403, null),
        (Busy, 503, null),
        (Internal, 500, null),
    ];

    /// <summary>The name of a refusal of the brain.</summary>
    public static string NameOf(OptionErrorKind reason)
    {
        foreach (var entry in All)
        {
            if (entry.Reason == reason)
                return entry.Name;
        }
        throw new ArgumentOutOfRangeException(nameof(reason));
    }

    /// <summary>The HTTP status of a kind; 500 if it is unknown.</summary>
    public static int StatusOf(string kind)
    {
        foreach (var entry in All)
        {
            if (entry.Name == kind)
                return entry.Status;
        }
        return 500;
    }
}
