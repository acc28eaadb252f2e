namespace Tandem.Api;

/// <summary>What a bond of mode balance-tlb or balance-alb does to balance traffic.</summary>
public sealed record BalancingResource
{
    /// <summary>Whether what is sent is balanced by its load (<c>tlb_dynamic_lb</c>), else by its hash alone: nothing is measured then.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>Bytes a second of what is in no bucket, as last measured: the active member carries it.</summary>
    public long UnbalancedBytesPerSecond { get; init; }

    /// <summary>The latest moves of buckets, 32 at most, the oldest first.</summary>
    public required IReadOnlyList<BucketMoveResource> Moves { get; init; }

    /// <summary>The IPv4 peers, 1024 at most, by address; null in balance-tlb.</summary>
    public IReadOnlyList<PeerResource>? Peers { get; init; }
}

/// <summary>Buckets of what is sent moved at once from one member to another.</summary>
/// <param name="Time">When, UTC.</param>
/// <param name="Buckets">Their numbers, 0 to 255.</param>
/// <param name="From">The member that carried them; null if none did.</param>
/// <param name="To">The member that carries them.</param>
/// <param name="BytesPerSecond">What was last measured of them.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record BucketMoveResource(
    DateTimeOffset Time,
    IReadOnlyList<int> Buckets,
    string? From,
    string To,
    long BytesPerSecond,
    string Reason
);

/// <summary>A station that was told by ARP by which member to send.</summary>
public sealed record PeerResource
{
    /// <summary>Its IPv4 address.</summary>
    public required string Address { get; init; }

    /// <summary>The host's IPv4 address with which it speaks.</summary>
    public required string Server { get; init; }

    /// <summary>The VLAN in which it speaks; null for none.</summary>
    public int? Vlan { get; init; }

    /// <summary>Its MAC address.</summary>
    public required string Station { get; init; }

    /// <summary>The MAC address that it was told; null if no member can carry frames.</summary>
    public string? Told { get; init; }

    /// <summary>The member whose address that is; null if none can carry frames.</summary>
    public string? Member { get; init; }

    /// <summary>Since when it is that one, UTC.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Why it is that one, in words.</summary>
    public required string Reason { get; init; }
}

/// <summary>The part of one member in balancing.</summary>
/// <param name="Address">The address with which it sends.</param>
/// <param name="Buckets">How many of the 256 buckets it carries; 0 where nothing is measured.</param>
/// <param name="BytesPerSecond">What was last measured of them.</param>
public sealed record MemberBalancingResource(string Address, int Buckets, long BytesPerSecond);
