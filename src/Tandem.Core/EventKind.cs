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

    /// <summary>802.3ad: a member began to carry traffic.</summary>
    LacpUp = 40,

    /// <summary>802.3ad: a member carries no traffic any more.</summary>
    LacpDown = 41,

    /// <summary>802.3ad: another group of links carries the traffic.</summary>
    LacpAggregator = 42,

    /// <summary>802.3ad: a partner does something odd.</summary>
    LacpPartner = 43,

    /// <summary>802.3ad: a looped cable, or another host with our system.</summary>
    LacpLoop = 44,

    /// <summary>802.3ad: members lead to different partners.</summary>
    LacpTwoPartners = 45,

    /// <summary>802.3ad: a partner does not see us as we are.</summary>
    LacpUnseen = 46,

    /// <summary>802.3ad: a partner has kept a link out of its group for a minute.</summary>
    LacpChurn = 47,

    /// <summary>802.3ad: a member does not fit into the group.</summary>
    LacpMismatch = 48,

    /// <summary>802.3ad: one member carries traffic without a partner, or no longer does.</summary>
    LacpFallback = 49,

    /// <summary>802.3ad: a member that was to be drained carries nothing any more, in neither direction.</summary>
    LacpDrained = 50,

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
        (EventKind.LacpUp, "lacp-up", EventLevel.Info),
        (EventKind.LacpDown, "lacp-down", EventLevel.Warning),
        (EventKind.LacpAggregator, "lacp-aggregator", EventLevel.Info),
        (EventKind.LacpPartner, "lacp-partner", EventLevel.Warning),
        (EventKind.LacpLoop, "lacp-loop", EventLevel.Error),
        (EventKind.LacpTwoPartners, "lacp-two-partners", EventLevel.Error),
        (EventKind.LacpUnseen, "lacp-unseen", EventLevel.Warning),
        (EventKind.LacpChurn, "lacp-churn", EventLevel.Warning),
        (EventKind.LacpMismatch, "lacp-mismatch", EventLevel.Warning),
        (EventKind.LacpFallback, "lacp-fallback", EventLevel.Warning),
        (EventKind.LacpDrained, "lacp-drained", EventLevel.Info),
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
