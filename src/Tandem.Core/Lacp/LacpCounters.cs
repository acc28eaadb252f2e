using System.Collections.Immutable;

namespace Tandem.Core.Lacp;

/// <summary>Counters of a port, with their MIB names in parentheses. The numbers are indexes into <see cref="LacpCounters"/>.</summary>
public enum LacpCounter
{
    /// <summary>LACPDUs accepted (aAggPortStatsLACPDUsRx).</summary>
    LacpduReceived,

    /// <summary>LACPDUs sent (aAggPortStatsLACPDUsTx).</summary>
    LacpduSent,

    /// <summary>Markers received (aAggPortStatsMarkerPDUsRx).</summary>
    MarkerReceived,

    /// <summary>Marker responses received (aAggPortStatsMarkerResponsePDUsRx). We send no markers, so they answer nothing.</summary>
    MarkerResponseReceived,

    /// <summary>Marker responses sent (aAggPortStatsMarkerResponsePDUsTx).</summary>
    MarkerResponseSent,

    /// <summary>Markers beyond ten in a second, which are not answered.</summary>
    MarkerSuppressed,

    /// <summary>Markers that are malformed.</summary>
    MarkerIllegal,

    /// <summary>Slow-protocols frames with an unknown subtype (aAggPortStatsUnknownRx).</summary>
    UnknownSubtype,

    /// <summary>Slow-protocols frames of other protocols: OAM, organization-specific.</summary>
    OtherProtocol,

    /// <summary>Slow-protocols frames that are too short.</summary>
    TooShort,

    /// <summary>LACPDUs with a TLV of wrong length (aAggPortStatsIllegalRx).</summary>
    Illegal,

    /// <summary>Frames whose source address is zero or a group address.</summary>
    BadSource,

    /// <summary>LACPDUs whose actor system is zero or a group address.</summary>
    BogusActor,

    /// <summary>LACPDUs that carry our own system identifier: a loop, or another host with the same identifier.</summary>
    OwnSystem,

    /// <summary>LACPDUs of another system than lacp_partner or lacp_hold_partner allows.</summary>
    ForeignPartner,

    /// <summary>Frames received while the port was disabled.</summary>
    NotEnabled,

    /// <summary>LACPDUs beyond 50 in a second that were replaced by a later one; one each 20 ms is accepted.</summary>
    Storm,

    /// <summary>LACPDUs accepted although a TLV has another type than the standard's.</summary>
    OddType,

    /// <summary>LACPDUs accepted with version 0.</summary>
    OddVersion,

    /// <summary>LACPDUs accepted although the TLVs behind actor and partner are malformed.</summary>
    OddTrailer,

    /// <summary>LACPDUs accepted with port or key 0.</summary>
    OddZero,

    /// <summary>Slow-protocols frames that the device refused to send.</summary>
    SendFailed,

    /// <summary>Changes of the partner.</summary>
    PartnerChanges,

    /// <summary>Changes of the partner's synchronization bit.</summary>
    SyncChanges,

    /// <summary>Actor churns (aAggPortDebugActorChurnCount).</summary>
    ActorChurn,

    /// <summary>Partner churns (aAggPortDebugPartnerChurnCount).</summary>
    PartnerChurn,

    /// <summary>Events of the port that were suppressed by the event rate limit.</summary>
    EventsSuppressed,
}

/// <summary>The counters of one port.</summary>
public sealed class LacpCounters
{
    private readonly ulong[] _values = new ulong[Names.Length];

    /// <summary>The counters' names in JSON, in the order of <see cref="LacpCounter"/>.</summary>
    public static ImmutableArray<string> Names { get; } =
    [.. Enum.GetNames<LacpCounter>().Select(name => string.Concat(name.Select(SnakeCase)))];

    /// <summary>The value of a counter.</summary>
    public ulong this[LacpCounter counter] => _values[(int)counter];

    internal void Add(LacpCounter counter) => _values[(int)counter]++;

    private static string SnakeCase(char letter, int place) =>
        char.IsUpper(letter) ? (place == 0 ? "" : "_") + char.ToLowerInvariant(letter) : letter.ToString();
}
