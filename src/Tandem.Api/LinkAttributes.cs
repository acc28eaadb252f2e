namespace Tandem.Api;

/// <summary>
/// An interface as the kernel describes it, with the names and the JSON of <c>ip -d -s -j link show</c>.
/// </summary>
public sealed record LinkAttributes
{
    /// <summary>The interface's ifindex.</summary>
    public int Ifindex { get; init; }

    /// <summary>The name of the device below, if the kernel reports one.</summary>
    public string? Link { get; init; }

    /// <summary>The ifindex of the device below, if it is in another namespace (the other end of a veth pair, say).</summary>
    public int? LinkIndex { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Ifname { get; init; }

    /// <summary>BROADCAST, UP, LOWER_UP and so on, in the order of <c>ip</c>; Tandem adds MASTER and SLAVE.</summary>
    public required IReadOnlyList<string> Flags { get; init; }

    /// <summary>The MTU in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>The queueing discipline.</summary>
    public string? Qdisc { get; init; }

    /// <summary>The bond, or the interface's master in the kernel.</summary>
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

    /// <summary>The ID of the namespace that <see cref="LinkIndex"/> refers to.</summary>
    public int? LinkNetnsid { get; init; }

    /// <summary>Number of requests for promiscuous mode.</summary>
    public int? Promiscuity { get; init; }

    /// <summary>Number of requests for all multicast frames.</summary>
    public int? Allmulti { get; init; }

    /// <summary>Minimum MTU in bytes.</summary>
    public int? MinMtu { get; init; }

    /// <summary>Maximum MTU in bytes.</summary>
    public int? MaxMtu { get; init; }

    /// <summary>The kind of device: veth, tun, vlan and so on; null for hardware.</summary>
    public string? Kind { get; init; }

    /// <summary>How IPv6 generates interface identifiers.</summary>
    public string? Inet6AddrGenMode { get; init; }

    /// <summary>Number of transmit queues.</summary>
    public int? NumTxQueues { get; init; }

    /// <summary>Number of receive queues.</summary>
    public int? NumRxQueues { get; init; }

    /// <summary>Maximum size of a GSO segment, in bytes.</summary>
    public int? GsoMaxSize { get; init; }

    /// <summary>Maximum number of packets in a GSO segment.</summary>
    public int? GsoMaxSegs { get; init; }

    /// <summary>The kernel's counters.</summary>
    public LinkCounters? Stats64 { get; init; }
}

/// <summary>The kernel's counters of an interface, with the names of <c>ip -s -j link show</c>.</summary>
public sealed record LinkCounters
{
    /// <summary>Receive counters.</summary>
    public required ReceiveCounters Rx { get; init; }

    /// <summary>Transmit counters.</summary>
    public required TransmitCounters Tx { get; init; }
}

/// <summary>Receive counters of an interface.</summary>
/// <param name="Bytes">Bytes.</param>
/// <param name="Packets">Packets.</param>
/// <param name="Errors">Bad packets.</param>
/// <param name="Dropped">Packets dropped because a queue was full.</param>
/// <param name="OverErrors">Packets that overran the receiver.</param>
/// <param name="Multicast">Multicast packets.</param>
public sealed record ReceiveCounters(ulong Bytes, ulong Packets, ulong Errors, ulong Dropped, ulong OverErrors, ulong Multicast);

/// <summary>Transmit counters of an interface.</summary>
/// <param name="Bytes">Bytes.</param>
/// <param name="Packets">Packets.</param>
/// <param name="Errors">Failures.</param>
/// <param name="Dropped">Packets dropped because a queue was full.</param>
/// <param name="CarrierErrors">Losses of carrier.</param>
/// <param name="Collisions">Collisions.</param>
public sealed record TransmitCounters(ulong Bytes, ulong Packets, ulong Errors, ulong Dropped, ulong CarrierErrors, ulong Collisions);
