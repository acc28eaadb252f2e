namespace Tandem.Api;

/// <summary>How a bond of mode balance-tlb or balance-alb balances traffic.</summary>
public sealed record BalancingResource
{
    /// <summary>Whether sent traffic is balanced by measured load (<c>tlb_dynamic_lb</c>); otherwise by the hash alone, and nothing is
    /// measured.</summary>
    public bool IsDynamic { get; init; }

    /// <summary>Last measured load of sent traffic in no bucket, in bytes/s; the active member carries it.</summary>
    public long UnbalancedBytesPerSecond { get; init; }

    /// <summary>The last moves of buckets, oldest first, at most 32.</summary>
    public required IReadOnlyList<BucketMoveResource> Moves { get; init; }

    /// <summary>The IPv4 peers by address, at most 1024; null in balance-tlb.</summary>
    public IReadOnlyList<PeerResource>? Peers { get; init; }
}

/// <summary>Buckets of sent traffic that moved together from one member to another.</summary>
/// <param name="Time">When, in UTC.</param>
/// <param name="Buckets">Bucket numbers, 0 to 255.</param>
/// <param name="From">The member that carried them; null if none did.</param>
/// <param name="To">The member that carries them now.</param>
/// <param name="BytesPerSecond">Their last measured load.</param>
/// <param name="Reason">Why they moved, as text.</param>
public sealed record BucketMoveResource(
    DateTimeOffset Time,
    IReadOnlyList<int> Buckets,
    string? From,
    string To,
    long BytesPerSecond,
    string Reason
);

/// <summary>An IPv4 neighbour that was given a member's MAC address by ARP.</summary>
public sealed record PeerResource
{
    /// <summary>The peer's IPv4 address.</summary>
    public required string Address { get; init; }

    /// <summary>The host's IPv4 address that the peer talks to.</summary>
    public required string Server { get; init; }

    /// <summary>The peer's VLAN ID; null for none.</summary>
    public int? Vlan { get; init; }

    /// <summary>The peer's MAC address.</summary>
    public required string Station { get; init; }

    /// <summary>The MAC address that the peer was given; null if no member can carry frames.</summary>
    public string? Told { get; init; }

    /// <summary>The member with that address; null if none can carry frames.</summary>
    public string? Member { get; init; }

    /// <summary>When the peer got this member, in UTC.</summary>
    public DateTimeOffset Since { get; init; }

    /// <summary>Why the peer got this member, as text.</summary>
    public required string Reason { get; init; }
}

/// <summary>A member's share in the balancing.</summary>
/// <param name="Address">The source address of the member's frames.</param>
/// <param name="Buckets">Number of the 256 buckets that the member carries; 0 if nothing is measured.</param>
/// <param name="BytesPerSecond">Their last measured load.</param>
public sealed record MemberBalancingResource(string Address, int Buckets, long BytesPerSecond);
