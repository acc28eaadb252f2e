namespace Tandem.Api;

/// <summary>
/// An interface as the kernel describes it, in the words of <c>ip -d -s -j link show</c>; the JSON is that of <c>ip</c>.
/// </summary>
public sealed record LinkAttributes
{
    /// <summary>The interface's number.</summary>
    public int Ifindex { get; init; }

    /// <summary>The name of the device below, if the kernel names one.</summary>
    public string? Link { get; init; }

    /// <summary>The number of the device below where it is in another namespace (the other end of a veth pair, say).</summary>
    public int? LinkIndex { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Ifname { get; init; }

    /// <summary>BROADCAST, UP, LOWER_UP and so on, in the order of <c>ip</c>; MASTER and SLAVE are added by Tandem.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>Largest payload of a frame in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>The queueing discipline.</summary>
    public string? Qdisc { get; init; }

    /// <summary>The bond (or the kernel's own master) that the interface belongs to.</summary>
    public string? Master { get; init; }

    /// <summary>UP, DOWN, LOWERLAYERDOWN, UNKNOWN and so on.</summary>
    public string? Operstate { get; init; }

    /// <summary>DEFAULT or DORMANT.</summary>
    public string? Linkmode { get; init; }

    /// <summary>The group's name or number.</summary>
    public string? Group { get; init; }

    /// <summary>Length of the transmit queue in frames.</summary>
    public int? Txqlen { get; init; }

    /// <summary>ether, none, loopback and so on.</summary>
    public string? LinkType { get; init; }

    /// <summary>The MAC address.</summary>
    public string? Address { get; init; }

    /// <summary>The broadcast address.</summary>
    public string? Broadcast { get; init; }

    /// <summary>The other namespace's id, where <see cref="LinkIndex"/> is in one.</summary>
    public int? LinkNetnsid { get; init; }

    /// <summary>How many asked for promiscuous mode.</summary>
    public int? Promiscuity { get; init; }

    /// <summary>How many asked for all multicast frames.</summary>
    public int? Allmulti { get; init; }

    /// <summary>Smallest MTU in bytes.</summary>
    public int? MinMtu { get; init; }

    /// <summary>Largest MTU in bytes.</summary>
    public int? MaxMtu { get; init; }

    /// <summary>The kind of device: veth, tun, vlan and so on; null for a plain one.</summary>
    public string? Kind { get; init; }

    /// <summary>How IPv6 makes interface identifiers.</summary>
    public string? Inet6AddrGenMode { get; init; }

    /// <summary>Transmit queues.</summary>
    public int? NumTxQueues { get; init; }

    /// <summary>Receive queues.</summary>
    public int? NumRxQueues { get; init; }

    /// <summary>Largest segment handed to the device, in bytes.</summary>
    public int? GsoMaxSize { get; init; }

    /// <summary>Most packets in a segment handed to the device.</summary>
    public int? GsoMaxSegs { get; init; }

    /// <summary>The kernel's counters.</summary>
    public LinkCounters? Stats64 { get; init; }
}

/// <summary>The kernel's counters of an interface, in the words of <c>ip -s -j link show</c>.</summary>
public sealed record LinkCounters
{
    /// <summary>What was received.</summary>
    public required ReceiveCounters Rx { get; init; }

    /// <summary>What was sent.</summary>
    public required TransmitCounters Tx { get; init; }
}

/// <summary>What an interface received.</summary>
/// <param name="Bytes">Bytes.</param>
/// <param name="Packets">Packets.</param>
/// <param name="Errors">Bad packets.</param>
/// <param name="Dropped">Packets dropped for want of room.</param>
/// <param name="OverErrors">Packets that overran the receiver.</param>
/// <param name="Multicast">Multicast packets.</param>
public sealed record ReceiveCounters(ulong Bytes, ulong Packets, ulong Errors, ulong Dropped, ulong OverErrors, ulong Multicast);

/// <summary>What an interface sent.</summary>
/// <param name="Bytes">Bytes.</param>
/// <param name="Packets">Packets.</param>
/// <param name="Errors">Failures.</param>
/// <param name="Dropped">Packets dropped for want of room.</param>
/// <param name="CarrierErrors">Losses of carrier.</param>
/// <param name="Collisions">Collisions.</param>
public sealed record TransmitCounters(ulong Bytes, ulong Packets, ulong Errors, ulong Dropped, ulong CarrierErrors, ulong Collisions);
