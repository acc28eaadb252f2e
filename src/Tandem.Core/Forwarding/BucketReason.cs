namespace Tandem.Core.Forwarding;

/// <summary>Why <see cref="BucketChoice"/> chose a member.</summary>
public enum BucketReason : byte
{
    /// <summary>The flow's hash picks the bucket, the table of buckets the member.</summary>
    FlowBucket = 0,

    /// <summary>The destination IP address picks the bucket, the table of buckets the member.</summary>
    DestinationBucket = 1,

    /// <summary>The flow's hash picks the member; there is no table.</summary>
    Hash = 2,

    /// <summary>ARP to an IPv4 peer: it leaves on the member whose address it gives the peer.</summary>
    TellsPeer = 3,

    /// <summary>Not balanced: the frame is cut off within its headers.</summary>
    CutOff = 4,

    /// <summary>Not balanced: the source is another station, not the bond.</summary>
    OtherStation = 5,

    /// <summary>Not balanced: neither IPv4 nor IPv6.</summary>
    OtherProtocol = 6,

    /// <summary>Not balanced: gratuitous ARP, or an ARP probe (RFC 5227).</summary>
    ArpToAll = 7,

    /// <summary>Not balanced: malformed ARP, or ARP about another station's address.</summary>
    OtherArp = 8,

    /// <summary>Not balanced: the destination is a group address.</summary>
    ToGroup = 9,

    /// <summary>Not balanced: the destination is the broadcast or all-nodes address.</summary>
    ToAll = 10,

    /// <summary>Not balanced: IGMP, so that a switch sees all memberships on one port.</summary>
    Igmp = 11,

    /// <summary>Not balanced: IPv6 neighbour discovery.</summary>
    NeighborDiscovery = 12,

    /// <summary>Not balanced: the IPv6 source is the unspecified address (duplicate address detection).</summary>
    FromNoAddress = 13,
}
