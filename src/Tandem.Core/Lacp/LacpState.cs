namespace Tandem.Core.Lacp;

/// <summary>The state octet of an LACPDU (802.1AX, 6.4.2.3): what a port says of itself, or of its partner.</summary>
[Flags]
public enum LacpState : byte
{
    /// <summary>Nothing is set.</summary>
    None = 0,

    /// <summary>Active: LACPDUs are sent without being asked.</summary>
    Activity = 0x01,

    /// <summary>Short timeout: the port expires its partner after 3 s and wants an LACPDU each second; clear: 90 s and 30 s.</summary>
    ShortTimeout = 0x02,

    /// <summary>The link may be aggregated with others; clear: individual.</summary>
    Aggregation = 0x04,

    /// <summary>The link is in the group that the sender thinks right.</summary>
    Synchronization = 0x08,

    /// <summary>Frames that arrive are accepted.</summary>
    Collecting = 0x10,

    /// <summary>Frames are sent.</summary>
    Distributing = 0x20,

    /// <summary>What is said of the partner is an assumption, not learnt.</summary>
    Defaulted = 0x40,

    /// <summary>The receive machine is in EXPIRED.</summary>
    Expired = 0x80,
}

/// <summary>The state octet in words.</summary>
public static class LacpStates
{
    private static readonly (LacpState Bit, string Name)[] Names =
    [
        (LacpState.Activity, "active"),
        (LacpState.ShortTimeout, "short_timeout"),
        (LacpState.Aggregation, "aggregating"),
        (LacpState.Synchronization, "in_sync"),
        (LacpState.Collecting, "collecting"),
        (LacpState.Distributing, "distributing"),
        (LacpState.Defaulted, "defaulted"),
        (LacpState.Expired, "expired"),
    ];

    /// <summary>The names of the bits that are set, lowest first, as <c>ip</c> prints them.</summary>
    public static IEnumerable<string> Words(this LacpState state) => Names.Where(entry => state.Has(entry.Bit)).Select(entry => entry.Name);

    /// <summary>Whether a bit is set.</summary>
    public static bool Has(this LacpState state, LacpState bit) => (state & bit) != 0;

    internal static LacpState With(this LacpState state, LacpState bit, bool on) => on ? state | bit : state & ~bit;
}
