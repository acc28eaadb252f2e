namespace Tandem.Core.Lacp;

/// <summary>The state octet of an LACPDU (802.1AX-2020, 6.4.2.3): the state of the actor, or of the partner as the actor knows
/// it.</summary>
[Flags]
public enum LacpState : byte
{
    /// <summary>No bit is set.</summary>
    None = 0,

    /// <summary>Active LACP: the port sends LACPDUs even to a passive partner.</summary>
    Activity = 0x01,

    /// <summary>Short timeout: the port expires its partner after 3 s and wants an LACPDU each second; clear: 90 s and 30 s.</summary>
    ShortTimeout = 0x02,

    /// <summary>The link may be aggregated with others; clear: individual.</summary>
    Aggregation = 0x04,

    /// <summary>In sync: the sender has attached the port to the right group.</summary>
    Synchronization = 0x08,

    /// <summary>The sender accepts frames on the port.</summary>
    Collecting = 0x10,

    /// <summary>The sender sends frames on the port.</summary>
    Distributing = 0x20,

    /// <summary>The sender uses defaults for its partner: it has received no LACPDU.</summary>
    Defaulted = 0x40,

    /// <summary>The sender's receive machine is in EXPIRED.</summary>
    Expired = 0x80,
}

/// <summary>Names and operations of the state octet.</summary>
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
