using System.Text.Json.Serialization;

namespace Tandem.Api;

/// <summary>Request to remember all bonds as they are, and to bring them back unless the changes that follow are confirmed.</summary>
[JsonUnmappedMemberHandling(JsonUnmappedMemberHandling.Disallow)]
public sealed record RollbackRequest
{
    /// <summary>Minimum of <see cref="WithinSeconds"/>.</summary>
    public const int MinSeconds = 10;

    /// <summary>Maximum of <see cref="WithinSeconds"/>: a day.</summary>
    public const int MaxSeconds = 24 * 60 * 60;

    /// <summary>
    /// The time in which the changes must be confirmed, in seconds, <see cref="MinSeconds"/> to <see cref="MaxSeconds"/>. Null if they must be before
    /// <see cref="Turn"/> ends, so that a caller that is killed leaves nothing half done.
    /// </summary>
    public int? WithinSeconds { get; init; }

    /// <summary>The caller's turn (<see cref="ApplyTurn.Number"/>), if there is no time.</summary>
    public long? Turn { get; init; }

    /// <summary>Bonds that the changes will make; they are removed without a confirmation. Null for none.</summary>
    public IReadOnlyList<string>? Bonds { get; init; }
}

/// <summary>What waits for confirmation, and what became of the changes before.</summary>
public sealed record RollbackResource
{
    /// <summary>Until when the changes must be confirmed, in UTC; null if nothing waits for confirmation.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>The time that is left, in seconds; null if nothing waits for confirmation.</summary>
    public int? LeftSeconds { get; init; }

    /// <summary>The bonds that are brought back to what they were without a confirmation; null if nothing waits for it.</summary>
    public IReadOnlyList<string>? Restores { get; init; }

    /// <summary>The bonds that are removed without a confirmation; null if nothing waits for it.</summary>
    public IReadOnlyList<string>? Removes { get; init; }

    /// <summary>The end of the changes that waited last; null if it is not known.</summary>
    public RollbackOutcome? Last { get; init; }
}

/// <summary>The end of changes that waited for confirmation.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Outcome"><c>confirmed</c>, <c>undone</c> or <c>rolled-back</c>.</param>
/// <param name="NotRestored">What could not be brought back, with the reasons; null if everything was.</param>
public sealed record RollbackOutcome(DateTimeOffset Time, string Outcome, IReadOnlyList<string>? NotRestored = null)
{
    /// <summary>They were confirmed.</summary>
    public const string Confirmed = "confirmed";

    /// <summary>They were rolled back because whoever made them wanted it, or did not complete them.</summary>
    public const string Undone = "undone";

    /// <summary>They were not confirmed in time, and the service rolled them back.</summary>
    public const string RolledBack = "rolled-back";
}
