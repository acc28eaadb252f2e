using System.Collections.Immutable;

namespace Tandem.Core;

/// <summary>Kinds of events. The numbers are stable: programs may keep them.</summary>
public enum EventKind
{
    /// <summary>A bond was made.</summary>
    BondAdded = 1,

    /// <summary>A bond was removed.</summary>
    BondRemoved = 2,

    /// <summary>Options of a bond or of a member changed.</summary>
    OptionsChanged = 3,

    /// <summary>The bond's carrier came.</summary>
    CarrierUp = 4,

    /// <summary>The bond's carrier went.</summary>
    CarrierDown = 5,

    /// <summary>An interface became a member.</summary>
    MemberAdded = 10,

    /// <summary>A member was released.</summary>
    MemberRemoved = 11,

    /// <summary>A member's link failed; its down delay runs.</summary>
    LinkFailing = 12,

    /// <summary>A member's link is down.</summary>
    LinkDown = 13,

    /// <summary>A member's link returned; its up delay runs.</summary>
    LinkReturning = 14,

    /// <summary>A member's link is up.</summary>
    LinkUp = 15,

    /// <summary>Another member is the active one, or none is.</summary>
    ActiveChanged = 20,

    /// <summary>The bond's own address changed.</summary>
    AddressChanged = 21,

    /// <summary>The frames are carried by the kernel or by the service from now on; the reason says by which and why.</summary>
    DataPathChanged = 22,

    /// <summary>Something was done that may surprise; the reason says what.</summary>
    Notice = 30,

    /// <summary>Something that the bond needed could not be done; the reason says what.</summary>
    Fault = 31,
}

/// <summary>The table of event kinds: the name in JSON and in the log, and the level.</summary>
public static class EventKinds
{
    /// <summary>All kinds with their names and levels.</summary>
    public static ImmutableArray<(EventKind Kind, string Name, EventLevel Level)> All { get; } =
    [
        (EventKind.BondAdded, "bond-added", EventLevel.Info),
        (EventKind.BondRemoved, "bond-removed", EventLevel.Info),
        (EventKind.OptionsChanged, "options-changed", EventLevel.Info),
        (EventKind.CarrierUp, "carrier-up", EventLevel.Info),
        (EventKind.CarrierDown, "carrier-down", EventLevel.Warning),
        (EventKind.MemberAdded, "member-added", EventLevel.Info),
        (EventKind.MemberRemoved, "member-removed", EventLevel.Info),
        (EventKind.LinkFailing, "link-failing", EventLevel.Info),
        (EventKind.LinkDown, "link-down", EventLevel.Warning),
        (EventKind.LinkReturning, "link-returning", EventLevel.Info),
        (EventKind.LinkUp, "link-up", EventLevel.Info),
        (EventKind.ActiveChanged, "active-changed", EventLevel.Info),
        (EventKind.AddressChanged, "address-changed", EventLevel.Info),
        (EventKind.DataPathChanged, "data-path-changed", EventLevel.Info),
        (EventKind.Notice, "notice", EventLevel.Warning),
        (EventKind.Fault, "fault", EventLevel.Error),
    ];

    /// <summary>The name of a kind, as in JSON and in the log.</summary>
    public static string NameOf(EventKind kind) => Find(kind).Name;

    /// <summary>The level of a kind.</summary>
    public static EventLevel LevelOf(EventKind kind) => Find(kind).Level;

    private static (EventKind Kind, string Name, EventLevel Level) Find(EventKind kind)
    {
        foreach (var entry in All)
        {
            if (entry.Kind == kind)
                return entry;
        }
        throw new ArgumentOutOfRangeException(nameof(kind));
    }
}
