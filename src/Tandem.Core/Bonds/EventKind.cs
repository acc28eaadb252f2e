using System.Collections.Immutable;

namespace Tandem.Core.Bonds;

/// <summary>Kinds of events. The numbers are stable, since programs may store them.</summary>
public enum EventKind
{
    /// <summary>A bond was created.</summary>
    BondAdded = 1,

    /// <summary>A bond was removed.</summary>
    BondRemoved = 2,

    /// <summary>Options of a bond or of a member changed.</summary>
    OptionsChanged = 3,

    /// <summary>The bond got carrier.</summary>
    CarrierUp = 4,

    /// <summary>The bond lost its carrier.</summary>
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

    /// <summary>The active member changed, or there is none any more.</summary>
    ActiveChanged = 20,

    /// <summary>The bond's address changed.</summary>
    AddressChanged = 21,

    /// <summary>The bond changed to the kernel data path or the socket data path; the reason says why.</summary>
    DataPathChanged = 22,

    /// <summary>Changes of the bond were not confirmed in time, and the service rolled them back.</summary>
    RolledBack = 23,

    /// <summary>802.3ad: a member began to carry traffic.</summary>
    LacpUp = 40,

    /// <summary>802.3ad: a member carries no traffic any more.</summary>
    LacpDown = 41,

    /// <summary>802.3ad: the active aggregator changed.</summary>
    LacpAggregator = 42,

    /// <summary>802.3ad: a partner behaves unusually.</summary>
    LacpPartner = 43,

    /// <summary>802.3ad: a cable loop, or another host with our system identifier.</summary>
    LacpLoop = 44,

    /// <summary>802.3ad: members lead to different partners.</summary>
    LacpTwoPartners = 45,

    /// <summary>802.3ad: a partner describes our port wrongly, or does not hear us.</summary>
    LacpUnseen = 46,

    /// <summary>802.3ad: a partner has kept a link out of sync for a minute.</summary>
    LacpChurn = 47,

    /// <summary>802.3ad: a member does not fit the active group.</summary>
    LacpMismatch = 48,

    /// <summary>802.3ad: a member started or stopped to carry traffic without a partner (lacp_fallback).</summary>
    LacpFallback = 49,

    /// <summary>802.3ad: a drained member carries no traffic in either direction any more.</summary>
    LacpDrained = 50,

    /// <summary>Something unexpected was done; the reason says what.</summary>
    Notice = 30,

    /// <summary>Something that the bond needs could not be done; the reason says what.</summary>
    Fault = 31,
}

/// <summary>The table of event kinds, with the name in JSON and log, and the severity.</summary>
public static class EventKinds
{
    /// <summary>All kinds, with name and severity.</summary>
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
        (EventKind.RolledBack, "rolled-back", EventLevel.Warning),
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

    /// <summary>The name of a kind, in JSON and log.</summary>
    public static string NameOf(EventKind kind) => Find(kind).Name;

    /// <summary>The severity of a kind.</summary>
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
