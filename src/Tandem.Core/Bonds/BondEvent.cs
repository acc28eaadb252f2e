namespace Tandem.Core.Bonds;

/// <summary>Severity of an event. The values are those of syslog.</summary>
public enum EventLevel : byte
{
    /// <summary>Something does not work.</summary>
    Error = 3,

    /// <summary>Something may not work as intended.</summary>
    Warning = 4,

    /// <summary>A normal change of state.</summary>
    Info = 6,
}

/// <summary>An event of a bond, with its reason.</summary>
/// <param name="Time">Monotonic ns.</param>
/// <param name="Kind">The kind of event.</param>
/// <param name="Bond">The bond's name.</param>
/// <param name="Member">The member's name; null if the event concerns the bond.</param>
/// <param name="Reason">What happened and why, as text.</param>
public readonly record struct BondEvent(long Time, EventKind Kind, string Bond, string? Member, string Reason)
{
    /// <summary>The event's severity.</summary>
    public EventLevel Level => EventKinds.LevelOf(Kind);
}
