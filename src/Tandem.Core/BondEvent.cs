namespace Tandem.Core;

/// <summary>How much an event matters; the values are syslog's.</summary>
public enum EventLevel : byte
{
    /// <summary>Something does not work.</summary>
    Error = 3,

    /// <summary>Something may not work as meant.</summary>
    Warning = 4,

    /// <summary>The state changed, as it should.</summary>
    Info = 6,
}

/// <summary>Something that happened to a bond, and why.</summary>
/// <param name="Time">Monotonic nanoseconds.</param>
/// <param name="Kind">What happened.</param>
/// <param name="Bond">The bond's name.</param>
/// <param name="Member">The member's name; null if the event is the bond's.</param>
/// <param name="Reason">In words: what happened and why.</param>
public readonly record struct BondEvent(long Time, EventKind Kind, string Bond, string? Member, string Reason)
{
    /// <summary>How much the event matters.</summary>
    public EventLevel Level => EventKinds.LevelOf(Kind);
}
