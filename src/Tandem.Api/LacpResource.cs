namespace Tandem.Api;

/// <summary>What LACP knows of a bond of mode 802.3ad.</summary>
public sealed record LacpResource
{
    /// <summary>Our system.</summary>
    public required LacpSystemResource System { get; init; }

    /// <summary>The group that carries traffic, or would; null if no partner is known.</summary>
    public LacpAggregatorResource? Active { get; init; }

    /// <summary>The member that carries traffic alone because no partner answers (<c>lacp_fallback</c>); null if none does.</summary>
    public string? FallbackMember { get; init; }
}

/// <summary>The name of a system: the lower one of two decides, by the priority first.</summary>
/// <param name="Priority">0 to 65535, lower is better.</param>
/// <param name="Address">A MAC address of the system.</param>
public sealed record LacpSystemResource(int Priority, string Address);

/// <summary>A group of links to the same partner.</summary>
public sealed record LacpAggregatorResource
{
    /// <summary>Its number.</summary>
    public int Id { get; init; }

    /// <summary>The partner.</summary>
    public required LacpSystemResource Partner { get; init; }

    /// <summary>Our key, which links of a group have in common.</summary>
    public int ActorKey { get; init; }

    /// <summary>The partner's key.</summary>
    public int PartnerKey { get; init; }

    /// <summary>True if the group is one link that may not be aggregated with others.</summary>
    public bool IsIndividual { get; init; }

    /// <summary>Its links, whether they work or not.</summary>
    public int Links { get; init; }

    /// <summary>Links that are up.</summary>
    public int LinksUp { get; init; }

    /// <summary>Links that are up and not drained, and on which the partner is heard.</summary>
    public int LinksUsable { get; init; }

    /// <summary>The sum of their speeds in Mbit/s.</summary>
    public long BandwidthMbps { get; init; }
}

/// <summary>What LACP knows of a member: a port in the words of the standard.</summary>
public sealed record LacpMemberResource
{
    /// <summary>The number of the group to which the link belongs; while no partner is known, of one of its own.</summary>
    public int Aggregator { get; init; }

    /// <summary>Frames of the host leave on it.</summary>
    public bool IsCarrying { get; init; }

    /// <summary>Why it carries no traffic, and what it waits for, in words; null if it carries traffic.</summary>
    public string? WaitsFor { get; init; }

    /// <summary>What we say of ourselves.</summary>
    public required LacpEndResource Actor { get; init; }

    /// <summary>What the partner said of itself, or what is assumed of it (<c>defaulted</c> of our own state).</summary>
    public required LacpEndResource Partner { get; init; }

    /// <summary>The last LACPDU of the partner came at this time, UTC; null if there was none.</summary>
    public DateTimeOffset? LastHeard { get; init; }

    /// <summary>The receive machine: <c>current</c> if the partner was heard in time.</summary>
    public required LacpMachineResource Receive { get; init; }

    /// <summary>The mux machine: <c>distributing</c> if frames are sent and received.</summary>
    public required LacpMachineResource Mux { get; init; }

    /// <summary><c>unselected</c>, <c>selected</c> or <c>standby</c>.</summary>
    public required string Selection { get; init; }

    /// <summary>How often LACPDUs are sent unasked: <c>never</c>, <c>each second</c> or <c>every 30 s</c>.</summary>
    public required string Periodic { get; init; }

    /// <summary><c>off</c>, <c>draining</c> or <c>drained</c>.</summary>
    public required string Drain { get; init; }

    /// <summary>PDUs by kind and by defect, and what else was counted since the member joined; all names are always there.</summary>
    public required IReadOnlyDictionary<string, ulong> Counters { get; init; }

    /// <summary>The last ten transitions of the machines, the oldest first.</summary>
    public required IReadOnlyList<LacpTransitionResource> Transitions { get; init; }
}

/// <summary>One end of a link.</summary>
public sealed record LacpEndResource
{
    /// <summary>The system that the port belongs to.</summary>
    public required LacpSystemResource System { get; init; }

    /// <summary>Ports of one system with the same key may be aggregated.</summary>
    public int Key { get; init; }

    /// <summary>The port's priority, lower is better.</summary>
    public int PortPriority { get; init; }

    /// <summary>The port's number.</summary>
    public int Port { get; init; }

    /// <summary>The state octet; the words below say the same.</summary>
    public int State { get; init; }

    /// <summary><c>active</c> or <c>passive</c>: whether it sends without being asked.</summary>
    public required string Activity { get; init; }

    /// <summary><c>short</c> (3 s) or <c>long</c> (90 s): after how long of silence it gives the other end up.</summary>
    public required string Timeout { get; init; }

    /// <summary><c>aggregatable</c> or <c>individual</c>.</summary>
    public required string Aggregation { get; init; }

    /// <summary><c>in sync</c> or <c>out of sync</c>: whether the link is in the group that this end thinks right.</summary>
    public required string Synchronization { get; init; }

    /// <summary>Frames that arrive are accepted.</summary>
    public bool Collecting { get; init; }

    /// <summary>Frames are sent.</summary>
    public bool Distributing { get; init; }

    /// <summary>What this end holds of the other is an assumption, not learnt.</summary>
    public bool Defaulted { get; init; }

    /// <summary>This end has not heard the other in time.</summary>
    public bool Expired { get; init; }

    /// <summary>
    /// <c>none</c>, <c>monitoring</c> or <c>churned</c>: whether this end has been out of sync for a minute, as seen from here.
    /// </summary>
    public required string Churn { get; init; }

    /// <summary>How often it churned.</summary>
    public ulong ChurnCount { get; init; }
}

/// <summary>A state machine.</summary>
/// <param name="State">Its state.</param>
/// <param name="Since">Since when, UTC.</param>
public sealed record LacpMachineResource(string State, DateTimeOffset Since);

/// <summary>A state machine went from one state to another.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Machine"><c>receive</c>, <c>selection</c> or <c>mux</c>.</param>
/// <param name="From">The state before.</param>
/// <param name="To">The state after.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record LacpTransitionResource(DateTimeOffset Time, string Machine, string From, string To, string Reason);
