namespace Tandem.Api;

/// <summary>LACP state of a bond in mode 802.3ad.</summary>
public sealed record LacpResource
{
    /// <summary>Our system identifier.</summary>
    public required LacpSystemResource System { get; init; }

    /// <summary>The group that carries traffic, or would if its links were up; null if no partner is known.</summary>
    public LacpAggregatorResource? Active { get; init; }

    /// <summary>The member that carries traffic alone while no partner answers (<c>lacp_fallback</c>); null if none does.</summary>
    public string? FallbackMember { get; init; }
}

/// <summary>An LACP system identifier. Of two systems, the one with the lower priority, then the lower address, decides.</summary>
/// <param name="Priority">0 to 65535, lower is better.</param>
/// <param name="Address">The system's MAC address.</param>
public sealed record LacpSystemResource(int Priority, string Address);

/// <summary>An aggregation group: the links to the same partner with the same keys.</summary>
public sealed record LacpAggregatorResource
{
    /// <summary>The aggregator ID.</summary>
    public int Id { get; init; }

    /// <summary>The partner's system identifier.</summary>
    public required LacpSystemResource Partner { get; init; }

    /// <summary>Our key, which all links of a group share.</summary>
    public int ActorKey { get; init; }

    /// <summary>The partner's key.</summary>
    public int PartnerKey { get; init; }

    /// <summary>Whether the group is a single link that may not be aggregated.</summary>
    public bool IsIndividual { get; init; }

    /// <summary>Number of links, whether they work or not.</summary>
    public int Links { get; init; }

    /// <summary>Number of links that are up.</summary>
    public int LinksUp { get; init; }

    /// <summary>Number of links that are up, not drained, and hear their partner.</summary>
    public int LinksUsable { get; init; }

    /// <summary>Sum of the speeds of usable links, in Mbit/s.</summary>
    public long BandwidthMbps { get; init; }
}

/// <summary>LACP state of a member: an aggregation port in the standard's terms.</summary>
public sealed record LacpMemberResource
{
    /// <summary>Aggregator ID of the link's group; while no partner is known, that of the port's own aggregator.</summary>
    public int Aggregator { get; init; }

    /// <summary>Whether the member sends frames of the host.</summary>
    public bool IsCarrying { get; init; }

    /// <summary>Why the member carries no traffic and what it waits for, as text; null if it carries traffic.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>Our end of the link.</summary>
    public required LacpEndResource Actor { get; init; }

    /// <summary>The partner's description of its end; defaults while our state is <c>defaulted</c>.</summary>
    public required LacpEndResource Partner { get; init; }

    /// <summary>When the partner's last LACPDU was accepted, in UTC; null if never.</summary>
    public DateTimeOffset? LastHeard { get; init; }

    /// <summary>The receive machine: <c>current</c> while the partner's LACPDUs arrive in time.</summary>
    public required LacpMachineResource Receive { get; init; }

    /// <summary>The mux machine: <c>distributing</c> while frames are sent and received.</summary>
    public required LacpMachineResource Mux { get; init; }

    /// <summary><c>unselected</c>, <c>selected</c> or <c>standby</c>.</summary>
    public required string Selection { get; init; }

    /// <summary>Rate of periodic LACPDUs: <c>never</c>, <c>each second</c> or <c>every 30 s</c>.</summary>
    public required string Periodic { get; init; }

    /// <summary><c>off</c>, <c>draining</c> or <c>drained</c>.</summary>
    public required string Drain { get; init; }

    /// <summary>LACP counters since the member joined; all names are always present.</summary>
    public required IReadOnlyDictionary<string, ulong> Counters { get; init; }

    /// <summary>The last ten transitions of the state machines, oldest first.</summary>
    public required IReadOnlyList<LacpTransitionResource> Transitions { get; init; }
}

/// <summary>One end of a link.</summary>
public sealed record LacpEndResource
{
    /// <summary>The port's system.</summary>
    public required LacpSystemResource System { get; init; }

    /// <summary>Ports of a system with equal keys may be aggregated.</summary>
    public int Key { get; init; }

    /// <summary>The port's priority, lower is better.</summary>
    public int PortPriority { get; init; }

    /// <summary>The port's number.</summary>
    public int Port { get; init; }

    /// <summary>The state octet; the properties below are its bits.</summary>
    public int State { get; init; }

    /// <summary><c>active</c> or <c>passive</c>: whether this end sends LACPDUs to a passive partner too.</summary>
    public required string Activity { get; init; }

    /// <summary><c>short</c> (3 s) or <c>long</c> (90 s): after how long without an LACPDU this end expires the other.</summary>
    public required string Timeout { get; init; }

    /// <summary><c>aggregatable</c> or <c>individual</c>.</summary>
    public required string Aggregation { get; init; }

    /// <summary><c>in sync</c> or <c>out of sync</c>: whether this end has attached the link to the right group.</summary>
    public required string Synchronization { get; init; }

    /// <summary>Whether this end accepts frames.</summary>
    public bool Collecting { get; init; }

    /// <summary>Whether this end sends frames.</summary>
    public bool Distributing { get; init; }

    /// <summary>Whether this end uses defaults for the other, because it has received no LACPDU.</summary>
    public bool Defaulted { get; init; }

    /// <summary>Whether this end has not received an LACPDU in time.</summary>
    public bool Expired { get; init; }

    /// <summary>
    /// <c>none</c>, <c>monitoring</c> or <c>churned</c>: whether this end has been out of sync for a minute, as judged by us.
    /// </summary>
    public required string Churn { get; init; }

    /// <summary>Number of times that this end churned.</summary>
    public ulong ChurnCount { get; init; }
}

/// <summary>A state machine.</summary>
/// <param name="State">Its present state.</param>
/// <param name="Since">When it entered the state, in UTC.</param>
public sealed record LacpMachineResource(string State, DateTimeOffset Since);

/// <summary>A transition of a state machine.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Machine"><c>receive</c>, <c>selection</c> or <c>mux</c>.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="Reason">Why, as text.</param>
public sealed record LacpTransitionResource(DateTimeOffset Time, string Machine, string From, string To, string Reason);
