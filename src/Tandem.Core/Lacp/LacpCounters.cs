using System.Collections.Immutable;

namespace Tandem.Core.Lacp;

/// <summary>What is counted on a port. The numbers are places in <see cref="LacpCounters"/>.</summary>
public enum LacpCounter
{
    /// <summary>LACPDUs that were taken in (aAggPortStatsLACPDUsRx).</summary>
    LacpduReceived,

    /// <summary>LACPDUs sent (aAggPortStatsLACPDUsTx).</summary>
    LacpduSent,

    /// <summary>Markers received (aAggPortStatsMarkerPDUsRx).</summary>
    MarkerReceived,

    /// <summary>Responses to markers received (aAggPortStatsMarkerResponsePDUsRx); nobody asked.</summary>
    MarkerResponseReceived,

    /// <summary>Responses to markers sent (aAggPortStatsMarkerResponsePDUsTx).</summary>
    MarkerResponseSent,

    /// <summary>Markers that were not answered, because ten were within the second.</summary>
    MarkerSuppressed,

    /// <summary>Markers that cannot be read.</summary>
    MarkerIllegal,

    /// <summary>Slow-protocols frames of a kind that does not exist (aAggPortStatsUnknownRx).</summary>
    UnknownSubtype,

    /// <summary>Slow-protocols frames for others: OAM, organisations.</summary>
    OtherProtocol,

    /// <summary>Frames that are too short.</summary>
    TooShort,

    /// <summary>LACPDUs with parts of a wrong length (aAggPortStatsIllegalRx).</summary>
    Illegal,

    /// <summary>Frames from no station: a group or zero as source.</summary>
    BadSource,

    /// <summary>LACPDUs whose system has no address of a station.</summary>
    BogusActor,

    /// <summary>LACPDUs of our own system: a loop, or another host with the same system.</summary>
    OwnSystem,

    /// <summary>LACPDUs of a system other than the pinned or held one.</summary>
    ForeignPartner,

    /// <summary>Frames while the port was not enabled.</summary>
    NotEnabled,

    /// <summary>LACPDUs beyond 50 in a second; only the latest of each 20 ms counts.</summary>
    Storm,

    /// <summary>LACPDUs taken in with other types of parts than the standard's.</summary>
    OddType,

    /// <summary>LACPDUs taken in with version 0.</summary>
    OddVersion,

    /// <summary>LACPDUs taken in although what follows the first parts does not fit.</summary>
    OddTrailer,

    /// <summary>LACPDUs taken in with port or key 0.</summary>
    OddZero,

    /// <summary>Frames that the device did not take.</summary>
    SendFailed,

    /// <summary>Times that the partner became another.</summary>
    PartnerChanges,

    /// <summary>Times that the partner's synchronization came or went.</summary>
    SyncChanges,

    /// <summary>Times that our side churned (aAggPortDebugActorChurnCount).</summary>
    ActorChurn,

    /// <summary>Times that the partner's side churned (aAggPortDebugPartnerChurnCount).</summary>
    PartnerChurn,

    /// <summary>Events that were not reported because there were too many.</summary>
    EventsSuppressed,
}

/// <summary>The counters of one port.</summary>
public sealed class LacpCounters
{
    private readonly ulong[] _values = new ulong[Names.Length];

    /// <summary>The name of each counter, as in JSON.</summary>
    public static ImmutableArray<string> Names { get; } =
    [.. Enum.GetNames<LacpCounter>().Select(name => string.Concat(name.Select(SnakeCase)))];

    /// <summary>The count.</summary>
    public ulong this[LacpCounter counter] => _values[(int)counter];

    internal void Add(LacpCounter counter) => _values[(int)counter]++;

    private static string SnakeCase(char letter, int place) =>
        char.IsUpper(letter) ? (place == 0 ? "" : "_") + char.ToLowerInvariant(letter) : letter.ToString();
}
