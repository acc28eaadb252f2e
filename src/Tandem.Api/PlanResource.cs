namespace Tandem.Api;

/// <summary>The transmit part of the plan that the data path uses now.</summary>
public sealed record PlanResource
{
    /// <summary>Increases with each plan of the bond.</summary>
    public long Generation { get; init; }

    /// <summary><c>none</c>, <c>one</c>, <c>round-robin</c>, <c>hash</c>, <c>broadcast</c> or <c>buckets</c>.</summary>
    public required string Rule { get; init; }

    /// <summary>The hash policy: a value of <c>xmit_hash_policy</c>.</summary>
    public required string Policy { get; init; }

    /// <summary>Frames per turn; 0 picks a member at random for each frame.</summary>
    public uint PacketsPerMember { get; init; }

    /// <summary>Names of the members to pick from. In round-robin an entry is a turn, and a member may have several.</summary>
    public required IReadOnlyList<string> Transmit { get; init; }

    /// <summary>For the rule <c>one</c>: the members that take over if that one fails, in order of preference.</summary>
    public IReadOnlyList<string> Standby { get; init; } = [];

    /// <summary>The member that sends IGMP in round-robin; null if there is none.</summary>
    public string? GroupMember { get; init; }

    /// <summary>Transmit queues of the bond's device that are tied to members.</summary>
    public required IReadOnlyList<PlanQueueResource> Queues { get; init; }

    /// <summary>Parameters of the rule <c>buckets</c>; null for other rules.</summary>
    public PlanBucketsResource? Balancing { get; init; }
}

/// <summary>A transmit queue tied to a member.</summary>
/// <param name="Queue">The queue's number.</param>
/// <param name="Member">The member that sends its frames.</param>
public sealed record PlanQueueResource(int Queue, string Member);

/// <summary>Tables of balance-tlb and balance-alb. Members are indexes into <see cref="PlanResource.Transmit"/>.</summary>
public sealed record PlanBucketsResource
{
    /// <summary>The bond's address: only frames with this source are balanced.</summary>
    public required string Address { get; init; }

    /// <summary>The active member, which carries what is not balanced.</summary>
    public int Active { get; init; }

    /// <summary>The source address of each member's frames.</summary>
    public required IReadOnlyList<string> Sources { get; init; }

    /// <summary>The member of each of the 256 buckets; empty if the hash picks members directly.</summary>
    public required IReadOnlyList<int> Buckets { get; init; }

    /// <summary>The member whose address ARP gives to IPv4 peers, for each of the 256 buckets of peers; empty in balance-tlb.</summary>
    public required IReadOnlyList<int> Peers { get; init; }
}
