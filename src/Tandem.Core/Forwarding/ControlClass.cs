using System.Buffers.Binary;
using System.Collections.Immutable;
using Tandem.Core.Lacp;
using Tandem.Core.Packets;

namespace Tandem.Core.Forwarding;

/// <summary>
/// A class of control frames on their way to the brain, and what it is worth: so that a flood of one class takes nothing from another, and
/// none of them takes the brain's time. Which frames the sockets hear, what the plan can ask for and how much of each may wait follow from
/// this table.
/// </summary>
public sealed class ControlClass
{
    private const byte LacpSubtype = 1;
    private const byte SolicitationType = 135;
    private const byte AdvertisementType = 136;

    private ControlClass(int index, ControlFrameKinds kind, int room, long interval, bool keepsLast = false)
    {
        (Index, Kind, Room, Interval, KeepsLast) = (index, kind, room, interval, keepsLast);
    }

    /// <summary>LACPDUs: twice what the brain takes in of a storm. Between two partners an exchange is of three or four.</summary>
    public static ControlClass Lacpdu { get; } = new(0, ControlFrameKinds.SlowProtocols, 16, 10 * Clock.Millisecond, keepsLast: true);

    /// <summary>
    /// Other frames of slow protocols: twice the markers that the brain answers in a second, and at once as many as it answers. An exchange of
    /// LACPDUs finds room beside those.
    /// </summary>
    public static ControlClass OtherSlow { get; } = new(1, ControlFrameKinds.SlowProtocols, 10, 50 * Clock.Millisecond);

    /// <summary>ARP to one station: what answers a probe. No broadcast of others takes its room; 16 targets may answer at once.</summary>
    public static ControlClass ArpToStation { get; } = new(2, ControlFrameKinds.Arp, 56, 500 * Clock.Microsecond);

    /// <summary>ARP of others to all.</summary>
    public static ControlClass ArpToGroup { get; } = new(3, ControlFrameKinds.Arp, 20, 2 * Clock.Millisecond);

    /// <summary>Neighbour solicitations and advertisements to one station.</summary>
    public static ControlClass NeighborToStation { get; } = new(4, ControlFrameKinds.NeighborDiscovery, 56, 500 * Clock.Microsecond);

    /// <summary>Neighbour solicitations and advertisements of others to a group.</summary>
    public static ControlClass NeighborToGroup { get; } = new(5, ControlFrameKinds.NeighborDiscovery, 20, 2 * Clock.Millisecond);

    /// <summary>ARP of our own that came back: probes for 16 targets at once. No storm of others takes its room.</summary>
    public static ControlClass ArpEcho { get; } = new(6, ControlFrameKinds.Arp, 56, 500 * Clock.Microsecond);

    /// <summary>Neighbour solicitations of our own that came back.</summary>
    public static ControlClass NeighborEcho { get; } = new(7, ControlFrameKinds.NeighborDiscovery, 56, 500 * Clock.Microsecond);

    /// <summary>All classes, by <see cref="Index"/>.</summary>
    public static ImmutableArray<ControlClass> All { get; } =
    [Lacpdu, OtherSlow, ArpToStation, ArpToGroup, NeighborToStation, NeighborToGroup, ArpEcho, NeighborEcho];

    /// <summary>Its place in <see cref="All"/>.</summary>
    public int Index { get; }

    /// <summary>The bit by which a plan asks for it.</summary>
    public ControlFrameKinds Kind { get; }

    /// <summary>So many frames may wait when one of it comes, and so many of it come at once.</summary>
    public int Room { get; }

    /// <summary>In the long run one frame in this many ns.</summary>
    public long Interval { get; }

    /// <summary>Whether the last of too many is worth more than those before it: it says how things are now.</summary>
    public bool KeepsLast { get; }

    /// <summary>The class of a frame; null if it is no control frame. Tags are looked past, but a slow protocol has none.</summary>
    /// <param name="frame">The frame from its destination address on, of any length.</param>
    /// <param name="hasTag">True if the outermost tag of the frame was already taken off.</param>
    /// <param name="own">The station from which frames of our own were last sent; zero if none was.</param>
    public static ControlClass? Of(ReadOnlySpan<byte> frame, bool hasTag, MacAddress own = default)
    {
        if (frame.Length < EthernetHeader.Length)
            return null;
        if (!hasTag && SlowProtocols.IsOne(frame))
            return frame.Length >= SlowProtocols.FrameLength && frame[EthernetHeader.Length] == LacpSubtype ? Lacpdu : OtherSlow;
        var isToGroup = (frame[0] & 1) != 0;
        var isEcho = isToGroup && !own.IsZero && MacAddress.Read(frame[MacAddress.Length..]) == own;
        var payload = EthernetHeader.Length;
        var type = TypeBefore(frame, payload);
        // As many tags as the programs look past.
        for (var tags = hasTag ? 1 : 0; tags < 2 && EtherType.IsVlan(type) && frame.Length >= payload + EthernetHeader.TagLength; tags++)
        {
            payload += EthernetHeader.TagLength;
            type = TypeBefore(frame, payload);
        }
        if (type == EtherType.Arp)
            return isEcho ? ArpEcho
                : isToGroup ? ArpToGroup
                : ArpToStation;
        if (type != EtherType.Ip6 || !IsNeighborDiscovery(frame[payload..]))
            return null;
        return isEcho ? NeighborEcho
            : isToGroup ? NeighborToGroup
            : NeighborToStation;
    }

    private static ushort TypeBefore(ReadOnlySpan<byte> frame, int payload) =>
        BinaryPrimitives.ReadUInt16BigEndian(frame[(payload - sizeof(ushort))..]);

    /// <summary>Whether an IPv6 packet, whole or cut off, is a neighbour solicitation or advertisement right behind its header.</summary>
    internal static bool IsNeighborDiscovery(ReadOnlySpan<byte> packet) =>
        packet.Length > Ip6Header.Length
        && packet[Ip6Header.NextHeader] == IpProtocol.Icmp6
        && packet[Ip6Header.Length] is SolicitationType or AdvertisementType;
}
