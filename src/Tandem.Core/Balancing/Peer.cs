using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>A station that speaks ARP with the bond's host, and was told by which member to send.</summary>
public sealed class Peer
{
    internal Peer(uint address, uint server, FrameTag? tag, byte bucket) => (Address, Server, Tag, Bucket) = (address, server, tag, bucket);

    /// <summary>Its IPv4 address.</summary>
    public uint Address { get; }

    /// <summary>The host's IPv4 address with which it speaks.</summary>
    public uint Server { get; }

    /// <summary>The VLAN in which it speaks; null for none.</summary>
    public FrameTag? Tag { get; }

    /// <summary>Its bucket: those of one bucket are told the same member.</summary>
    public byte Bucket { get; }

    /// <summary>Its MAC address.</summary>
    public MacAddress Station { get; internal set; }

    /// <summary>The member that it was told; null if none can carry frames.</summary>
    public Member? Member { get; internal set; }

    /// <summary>Since when it is that one (monotonic ns).</summary>
    public long Since { get; internal set; }

    /// <summary>Why it is that one, in words.</summary>
    public string Reason { get; internal set; } = "";

    /// <summary>When it was last heard (monotonic ns).</summary>
    internal long Heard { get; set; }

    /// <summary>How often it is still to be told, and when next.</summary>
    internal int TellingsLeft { get; set; }

    internal long NextTelling { get; set; } = Clock.Never;
}
