namespace Tandem.Core.Forwarding;

/// <summary>Why <see cref="BucketChoice"/> chose as it did.</summary>
public enum BucketReason : byte
{
    /// <summary>The flow's hash says the bucket, the table of buckets the member.</summary>
    FlowBucket = 0,

    /// <summary>The destination's IP address says the bucket, the table of buckets the member.</summary>
    DestinationBucket = 1,

    /// <summary>The flow's hash picks the member: there is no table.</summary>
    Hash = 2,

    /// <summary>ARP to an IPv4 peer: it leaves by the member whose address the peer is told.</summary>
    TellsPeer = 3,

    /// <summary>Not balanced: it ends before the headers that would say more.</summary>
    CutOff = 4,

    /// <summary>Not balanced: another station's frame, not the bond's own.</summary>
    OtherStation = 5,

    /// <summary>Not balanced: neither IPv4 nor IPv6.</summary>
    OtherProtocol = 6,

    /// <summary>Not balanced: ARP that is told to nobody in particular, or asks whether an address is free.</summary>
    ArpToAll = 7,

    /// <summary>Not balanced: ARP that cannot be read, or that tells another station's address.</summary>
    OtherArp = 8,

    /// <summary>Not balanced: to a group of stations.</summary>
    ToGroup = 9,

    /// <summary>Not balanced: to all stations.</summary>
    ToAll = 10,

    /// <summary>Not balanced: IGMP, for a switch sees the memberships on one port.</summary>
    Igmp = 11,

    /// <summary>Not balanced: IPv6 neighbour discovery.</summary>
    NeighborDiscovery = 12,

    /// <summary>Not balanced: IPv6 from the unspecified address, which asks whether an address is free.</summary>
    FromNoAddress = 13,
}
