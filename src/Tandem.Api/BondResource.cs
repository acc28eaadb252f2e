using System.Text.Json.Nodes;

namespace Tandem.Api;

/// <summary>A bond as the service sees it.</summary>
public sealed record BondResource
{
    /// <summary>The name, which is also the name of its device.</summary>
    public required string Name { get; init; }

    /// <summary>The device's attributes as the kernel has them.</summary>
    public required LinkAttributes Link { get; init; }

    /// <summary>All options: keys and types as in <c>linkinfo.info_data</c> of <c>ip -d -j link show</c>.</summary>
    public required JsonObject Options { get; init; }

    /// <summary>The active member's name in the modes that have one; null if there is none.</summary>
    public string? ActiveMember { get; init; }

    /// <summary>The primary's name if it is a member; null otherwise.</summary>
    public string? Primary { get; init; }

    /// <summary>Whether the bond has carrier.</summary>
    public bool Carrier { get; init; }

    /// <summary>Mbit/s of all members that carry traffic; 0 if unknown.</summary>
    public uint SpeedMbps { get; init; }

    /// <summary><c>full</c>, <c>half</c> or <c>unknown</c>.</summary>
    public required string Duplex { get; init; }

    /// <summary>What carries the frames now: <c>ebpf</c> (programs in the kernel) or <c>csharp</c> (the service).</summary>
    public required string DataPath { get; init; }

    /// <summary>Why it does, in words.</summary>
    public string? DataPathReason { get; init; }

    /// <summary>What its device is: <c>netkit</c> or <c>veth</c> (one end of a pair), or <c>tap</c>.</summary>
    public string? DeviceKind { get; init; }

    /// <summary>The name of the device's other end; null if it has none.</summary>
    public string? OtherEnd { get; init; }

    /// <summary>The members in the order in which they joined.</summary>
    public required IReadOnlyList<MemberResource> Members { get; init; }

    /// <summary>What LACP knows of the bond; null in other modes than 802.3ad.</summary>
    public LacpResource? Lacp { get; init; }

    /// <summary>What the bond does to balance traffic; null in other modes than balance-tlb and balance-alb.</summary>
    public BalancingResource? Balancing { get; init; }

    /// <summary>Frames of the host that no member could carry.</summary>
    public ulong NoMemberDropped { get; init; }

    /// <summary>
    /// Frames of the host whose plan was written over while a program in the kernel read it: left to the service, or lost where the device is
    /// one end of a pair.
    /// </summary>
    public ulong LeftByKernel { get; init; }
}

/// <summary>A member of a bond as the service sees it.</summary>
public sealed record MemberResource
{
    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>Its place in forwarding plans.</summary>
    public int Slot { get; init; }

    /// <summary>The device's attributes as the kernel has them.</summary>
    public required LinkAttributes Link { get; init; }

    /// <summary>Options and state: keys and types as in <c>linkinfo.info_slave_data</c> of <c>ip -d -j link show</c>.</summary>
    public required JsonObject Data { get; init; }

    /// <summary>Mbit/s; 0 if the device does not say.</summary>
    public uint SpeedMbps { get; init; }

    /// <summary><c>full</c>, <c>half</c> or <c>unknown</c>.</summary>
    public required string Duplex { get; init; }

    /// <summary>What the data path counted on this member.</summary>
    public required MemberCounters Counters { get; init; }

    /// <summary>Why the link waits although it is back, where it is damped (<c>flap_limit</c>); else null.</summary>
    public DampingResource? Damping { get; init; }

    /// <summary>What LACP knows of the member; null in other modes than 802.3ad.</summary>
    public LacpMemberResource? Lacp { get; init; }

    /// <summary>The member's part in balancing; null in other modes than balance-tlb and balance-alb.</summary>
    public MemberBalancingResource? Balancing { get; init; }
}

/// <summary>A link that flapped and has to hold before it is used again.</summary>
/// <param name="Losses">How often it was lost within <c>flap_window</c>.</param>
/// <param name="Until">When it is used if it is not lost before.</param>
public sealed record DampingResource(int Losses, DateTimeOffset Until);

/// <summary>What the data path counted on a member since it joined.</summary>
public sealed record MemberCounters
{
    /// <summary>Frames sent for the host (a large segment counts once).</summary>
    public ulong TxFrames { get; init; }

    /// <summary>Bytes of those frames.</summary>
    public ulong TxBytes { get; init; }

    /// <summary>Frames that the member's device did not take.</summary>
    public ulong TxDropped { get; init; }

    /// <summary>Frames delivered to the host.</summary>
    public ulong RxFrames { get; init; }

    /// <summary>Bytes of those frames.</summary>
    public ulong RxBytes { get; init; }

    /// <summary>Frames that arrived while the plan delivers nothing from this member (a standby, say).</summary>
    public ulong RxSuppressed { get; init; }

    /// <summary>Frames that the bond's device did not take, that could not be cut for it, or that the socket's queue had no room for.</summary>
    public ulong RxDropped { get; init; }
}
