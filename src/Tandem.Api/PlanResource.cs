namespace Tandem.Api;

/// <summary>How the frames of the host are given to members: what the data path carries out now.</summary>
public sealed record PlanResource
{
    /// <summary>Counts up with each plan of the bond.</summary>
    public long Generation { get; init; }

    /// <summary><c>none</c>, <c>one</c>, <c>round-robin</c>, <c>hash</c>, <c>broadcast</c> or <c>buckets</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>What the hash is made of: a value of <c>xmit_hash_policy</c>.</summary>
    public required string Policy { get; init; }

    /// <summary>Frames that a member carries before the turn passes on; 0 picks at random.</summary>
    public uint PacketsPerMember { get; init; }

    /// <summary>Names of the members to pick from, by place. In round-robin a place is a turn, and a member may have several.</summary>
    public required IReadOnlyList<string> Transmit { get; init; }

    /// <summary>For the rule <c>one</c>: the members that carry the frames if that one fails, in order of preference.</summary>
    public IReadOnlyList<string> Standby { get; init; } = [];

    /// <summary>The member that carries IGMP in round-robin; null if none does.</summary>
    public string? GroupMember { get; init; }

    /// <summary>Transmit queues of the bond's device that are tied to a member.</summary>
    public required IReadOnlyList<PlanQueueResource> Queues { get; init; }

    /// <summary>What the rule <c>buckets</c> needs; null for the others.</summary>
    public PlanBucketsResource? Balancing { get; init; }
}

/// <summary>A transmit queue that is tied to a member.</summary>
/// <param name="Queue">Its number.</param>
/// <param name="Member">The member that carries its frames.</param>
public sealed record PlanQueueResource(int Queue, string Member);

/// <summary>The tables of balance-tlb and balance-alb; members appear by their place in <see cref="PlanResource.Transmit"/>.</summary>
public sealed record PlanBucketsResource
{
    /// <summary>The bond's address: only what it sends is balanced.</summary>
    public required string Address { get; init; }

    /// <summary>The active member, which carries what is not balanced.</summary>
    public int Active { get; init; }

    /// <summary>The address with which each member sends.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>The member of each of 256 buckets; empty where the hash picks among the members.</summary>
    public required IReadOnlyList<int> Buckets { get; init; }

    /// <summary>The member whose address IPv4 peers are told, for each of 256 buckets of peers; empty in balance-tlb.</summary>
    public required IReadOnlyList<int> Peers { get; init; }
}
