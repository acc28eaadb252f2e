using System.Text.Json.Nodes;

namespace Tandem.Api;

/// <summary>A bond and its state.</summary>
public sealed record BondResource
{
    /// <summary>The name of the bond and of its device.</summary>
    public required string Name { get; init; }

    /// <summary>Its network namespace: the name that <c>ip netns</c> gave it, or the kernel's (<c>net:[4026532201]</c>); null for the service's own.
    /// </summary>
    public string? Netns { get; init; }

    /// <summary>The device's attributes in the kernel.</summary>
    public required LinkAttributes Link { get; init; }

    /// <summary>All options: keys and types as in <c>linkinfo.info_data</c> of <c>ip -d -j link show</c>.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>The active member's name; null if there is none, or the mode has none.</summary>
    public string? ActiveMember { get; init; }

    /// <summary>The primary's name if it is a member; null otherwise.</summary>
    public string? Primary { get; init; }

    /// <summary>Whether the bond has carrier.</summary>
    public bool Carrier { get; init; }

    /// <summary>Sum of the speeds of members that carry traffic, in Mbit/s; 0 if unknown.</summary>
    public uint SpeedMbps { get; init; }

    /// <summary><c>full</c>, <c>half</c> or <c>unknown</c>.</summary>
    public required string Duplex { get; init; }

    /// <summary>The data path in use: <c>ebpf</c> (kernel data path) or <c>csharp</c> (socket data path).</summary>
    public required string DataPath { get; init; }

    /// <summary>Why this data path is in use, as text.</summary>
    public string? DataPathReason { get; init; }

    /// <summary>The kind of the bond's device: <c>netkit</c> or <c>veth</c> (one end of a pair), or <c>tap</c>.</summary>
    public string? DeviceKind { get; init; }

    /// <summary>Name of the other end of the device's pair; null if it has none.</summary>
    public string? OtherEnd { get; init; }

    /// <summary>The members, in the order in which they joined.</summary>
    public required IReadOnlyList<MemberResource> Members { get; init; }

    /// <summary>LACP state of the bond; null in other modes than 802.3ad.</summary>
    public LacpResource? Lacp { get; init; }

    /// <summary>Balancing of the bond; null in other modes than balance-tlb and balance-alb.</summary>
    public BalancingResource? Balancing { get; init; }

    /// <summary>Frames of the host that were dropped because no member could carry them.</summary>
    public ulong NoMemberDropped { get; init; }

    /// <summary>
    /// Frames of the host that reached the eBPF programs while the plan was being written. The service forwards them; if the bond's
    /// device is one end of a pair, they are lost.
    /// </summary>
    public ulong LeftByKernel { get; init; }
}

/// <summary>A member of a bond and its state.</summary>
public sealed record MemberResource
{
    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>The member's slot in forwarding plans.</summary>
    public int Slot { get; init; }

    /// <summary>The device's attributes in the kernel.</summary>
    public required LinkAttributes Link { get; init; }

    /// <summary>Options and state: keys and types as in <c>linkinfo.info_slave_data</c> of <c>ip -d -j link show</c>.</summary>
    public required JsonObject Data { get; init; }

    /// <summary>Mbit/s; 0 if the device does not report it.</summary>
    public uint SpeedMbps { get; init; }

    /// <summary><c>full</c>, <c>half</c> or <c>unknown</c>.</summary>
    public required string Duplex { get; init; }

    /// <summary>Counters of the data path for this member.</summary>
    public required MemberCounters Counters { get; init; }

    /// <summary>The delay of a damped link (<c>flap_limit</c>) that is back; null if there is none.</summary>
    public DampingResource? Damping { get; init; }

    /// <summary>LACP state of the member; null in other modes than 802.3ad.</summary>
    public LacpMemberResource? Lacp { get; init; }

    /// <summary>The member's share in the balancing; null in other modes than balance-tlb and balance-alb.</summary>
    public MemberBalancingResource? Balancing { get; init; }
}

/// <summary>Damping of a link that flapped and must stay up before it is used again.</summary>
/// <param name="Losses">How often the link was lost within <c>flap_window</c>.</param>
/// <param name="Until">When the link is used again if it stays up, in UTC.</param>
public sealed record DampingResource(int Losses, DateTimeOffset Until);

/// <summary>Counters of the data path for a member, since it joined.</summary>
public sealed record MemberCounters
{
    /// <summary>Frames sent for the host (a large segment counts once).</summary>
    public ulong TxFrames { get; init; }

    /// <summary>Bytes of the frames sent.</summary>
    public ulong TxBytes { get; init; }

    /// <summary>Frames that the member's device refused.</summary>
    public ulong TxDropped { get; init; }

    /// <summary>Frames delivered to the host.</summary>
    public ulong RxFrames { get; init; }

    /// <summary>Bytes of the frames delivered.</summary>
    public ulong RxBytes { get; init; }

    /// <summary>Frames received while the plan delivers none from this member (a standby member, say).</summary>
    public ulong RxSuppressed { get; init; }

    /// <summary>Frames that the bond's device refused, that could not be segmented for it, or that did not fit into the socket's
    /// queue.</summary>
    public ulong RxDropped { get; init; }
}
