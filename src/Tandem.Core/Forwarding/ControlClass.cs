using System.Buffers.Binary;
using System.Collections.Immutable;
using Tandem.Core.Packets;

namespace Tandem.Core.Forwarding;

/// <summary>
/// A class of control frames on their way to the brain, with its queue room and rate. Separate limits keep a flood of one class from
/// displacing others, or from taking up the brain's time. Socket filters, plans and budgets are all derived from this table.
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

    /// <summary>LACPDUs: twice the rate that <see cref="Lacp.StormGuard"/> accepts. An exchange between two partners takes three or
    /// four.</summary>
    public static ControlClass Lacpdu { get; } = new(0, ControlFrameKinds.SlowProtocols, 16, 10 * Clock.Millisecond, keepsLast: true);

    /// <summary>
    /// Other slow-protocols frames: twice the rate of markers that the brain answers, and as many at once as it answers in a second.
    /// LACPDUs have room of their own.
    /// </summary>
    public static ControlClass OtherSlow { get; } = new(1, ControlFrameKinds.SlowProtocols, 10, 50 * Clock.Millisecond);

    /// <summary>Unicast ARP, the answers to probes; 16 targets may answer at once. Broadcasts of others take none of its room.</summary>
    public static ControlClass ArpToStation { get; } = new(2, ControlFrameKinds.Arp, 56, 500 * Clock.Microsecond);

    /// <summary>Broadcast ARP of other stations.</summary>
    public static ControlClass ArpToGroup { get; } = new(3, ControlFrameKinds.Arp, 20, 2 * Clock.Millisecond);

    /// <summary>Unicast neighbour solicitations and advertisements.</summary>
    public static ControlClass NeighborToStation { get; } = new(4, ControlFrameKinds.NeighborDiscovery, 56, 500 * Clock.Microsecond);

    /// <summary>Multicast neighbour solicitations and advertisements of other stations.</summary>
    public static ControlClass NeighborToGroup { get; } = new(5, ControlFrameKinds.NeighborDiscovery, 20, 2 * Clock.Millisecond);

    /// <summary>Our own broadcast ARP that came back: probes for 16 targets at once. Frames of others take none of its room.</summary>
    public static ControlClass ArpEcho { get; } = new(6, ControlFrameKinds.Arp, 56, 500 * Clock.Microsecond);

    /// <summary>Our own multicast neighbour solicitations that came back.</summary>
    public static ControlClass NeighborEcho { get; } = new(7, ControlFrameKinds.NeighborDiscovery, 56, 500 * Clock.Microsecond);

    /// <summary>All classes, by <see cref="Index"/>.</summary>
    public static ImmutableArray<ControlClass> All { get; } =
    [Lacpdu, OtherSlow, ArpToStation, ArpToGroup, NeighborToStation, NeighborToGroup, ArpEcho, NeighborEcho];

    /// <summary>Index in <see cref="All"/>.</summary>
    public int Index { get; }

    /// <summary>The bit by which a plan asks for this class.</summary>
    public ControlFrameKinds Kind { get; }

    /// <summary>Number of frames of all classes that may wait when one of this class arrives, and burst size of this class.</summary>
    public int Room { get; }

    /// <summary>Average interval between frames at the sustained rate, in ns.</summary>
    public long Interval { get; }

    /// <summary>Whether the last frame beyond the limit is kept, because it shows the present state.</summary>
    public bool KeepsLast { get; }

    /// <summary>The class of a frame; null if it is no control frame. Up to two VLAN tags are skipped, except for slow
    /// protocols.</summary>
    /// <param name="frame">The frame from its destination address on, of any length.</param>
    /// <param name="hasTag">True if the outermost tag was already removed from the frame.</param>
    /// <param name="own">The source address of our own frames sent last; zero if none was sent.</param>
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
        // At most two tags, as in the eBPF programs.
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

    /// <summary>Whether an IPv6 packet, possibly cut off, is a neighbour solicitation or advertisement without extension
    /// headers.</summary>
    internal static bool IsNeighborDiscovery(ReadOnlySpan<byte> packet) =>
        packet.Length > Ip6Header.Length
        && packet[Ip6Header.NextHeader] == IpProtocol.Icmp6
        && packet[Ip6Header.Length] is SolicitationType or AdvertisementType;
}
