using Tandem.Core.Bonds;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>An IPv4 neighbour of the bond's host that was given one member's address by ARP.</summary>
public sealed class Peer
{
    internal Peer(uint address, uint server, FrameTag? tag, byte bucket) => (Address, Server, Tag, Bucket) = (address, server, tag, bucket);

    /// <summary>The peer's IPv4 address.</summary>
    public uint Address { get; }

    /// <summary>The host's IPv4 address that the peer talks to.</summary>
    public uint Server { get; }

    /// <summary>The peer's VLAN tag; null for none.</summary>
    public FrameTag? Tag { get; }

    /// <summary>The peer's bucket: all peers of a bucket get the same member.</summary>
    public byte Bucket { get; }

    /// <summary>The peer's MAC address.</summary>
    public MacAddress Station { get; internal set; }

    /// <summary>The member whose address the peer was given; null if none can carry frames.</summary>
    public Member? Member { get; internal set; }

    /// <summary>When the peer got this member, in monotonic ns.</summary>
    public long Since { get; internal set; }

    /// <summary>Why the peer got this member, as text.</summary>
    public string Reason { get; internal set; } = "";

    /// <summary>When the peer was last heard, in monotonic ns.</summary>
    internal long Heard { get; set; }

    /// <summary>Number of ARP updates still to send; the next is due at <see cref="NextTelling"/>.</summary>
    internal int TellingsLeft { get; set; }

    internal long NextTelling { get; set; } = Clock.Never;
}
