using System.Diagnostics.CodeAnalysis;
using Tandem.Core;

namespace Tandem.Linux.Netlink;

/// <summary>Flags of an interface (linux/if.h).</summary>
[Flags]
[SuppressMessage("Naming", "CA1711", Justification = "Flags are what the kernel and every tool call them.")]
public enum LinkFlags : uint
{
    /// <summary>None.</summary>
    None = 0,

    /// <summary>IFF_UP: administratively up.</summary>
    Up = 1,

    /// <summary>IFF_BROADCAST.</summary>
    Broadcast = 1 << 1,

    /// <summary>IFF_DEBUG.</summary>
    Debug = 1 << 2,

    /// <summary>IFF_LOOPBACK.</summary>
    Loopback = 1 << 3,

    /// <summary>IFF_POINTOPOINT.</summary>
    PointToPoint = 1 << 4,

    /// <summary>IFF_NOTRAILERS.</summary>
    NoTrailers = 1 << 5,

    /// <summary>IFF_RUNNING: operationally up.</summary>
    Running = 1 << 6,

    /// <summary>IFF_NOARP.</summary>
    NoArp = 1 << 7,

    /// <summary>IFF_PROMISC as set by the user; see also <see cref="LinkInfo.Promiscuity"/>.</summary>
    Promiscuous = 1 << 8,

    /// <summary>IFF_ALLMULTI.</summary>
    AllMulticast = 1 << 9,

    /// <summary>IFF_MASTER.</summary>
    Master = 1 << 10,

    /// <summary>IFF_SLAVE.</summary>
    Slave = 1 << 11,

    /// <summary>IFF_MULTICAST.</summary>
    Multicast = 1 << 12,

    /// <summary>IFF_PORTSEL.</summary>
    PortSelect = 1 << 13,

    /// <summary>IFF_AUTOMEDIA.</summary>
    AutoMedia = 1 << 14,

    /// <summary>IFF_DYNAMIC.</summary>
    Dynamic = 1 << 15,

    /// <summary>IFF_LOWER_UP: carrier.</summary>
    LowerUp = 1 << 16,

    /// <summary>IFF_DORMANT.</summary>
    Dormant = 1 << 17,

    /// <summary>IFF_ECHO.</summary>
    Echo = 1 << 18,
}

/// <summary>An interface as the kernel describes it: everything that <c>ip -d -s link show</c> prints.</summary>
public sealed record LinkInfo
{
    /// <summary>The interface's ifindex.</summary>
    public required int Ifindex { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>Ifindex of the device below (IFLA_LINK); null if there is none, 0 if the other end of a pair is invisible here.</summary>
    public int? Link { get; init; }

    /// <summary>ID of the namespace that <see cref="Link"/> refers to; null for this one.</summary>
    public int? LinkNetnsid { get; init; }

    /// <summary>The interface's flags.</summary>
    public LinkFlags Flags { get; init; }

    /// <summary>The hardware type (ARPHRD_*): 1 for Ethernet, 772 for the loopback.</summary>
    public ushort HardwareType { get; init; }

    /// <summary>MTU in bytes.</summary>
    public int Mtu { get; init; }

    /// <summary>Minimum MTU; 0 if unknown.</summary>
    public int MinMtu { get; init; }

    /// <summary>Maximum MTU; 0 if unlimited.</summary>
    public int MaxMtu { get; init; }

    /// <summary>The queueing discipline.</summary>
    public string? Qdisc { get; init; }

    /// <summary>Ifindex of the master in the kernel; null if there is none.</summary>
    public int? Master { get; init; }

    /// <summary>IF_OPER_*: 0 unknown, 2 down, 3 lower layer down, 5 dormant, 6 up.</summary>
    public byte OperState { get; init; }

    /// <summary>0 default, 1 dormant.</summary>
    public byte LinkMode { get; init; }

    /// <summary>The group's number; 0 is the default group.</summary>
    public uint Group { get; init; }

    /// <summary>Length of the transmit queue in frames.</summary>
    public int TxQueueLength { get; init; }

    /// <summary>The hardware address, in the length of the hardware type.</summary>
    public required byte[] AddressBytes { get; init; }

    /// <summary>The broadcast address.</summary>
    public required byte[] BroadcastBytes { get; init; }

    /// <summary>The burned-in address of the hardware (IFLA_PERM_ADDRESS); null if the device has none.</summary>
    public MacAddress? BurnedInAddress { get; init; }

    /// <summary>Number of requests for promiscuous mode.</summary>
    public int Promiscuity { get; init; }

    /// <summary>Number of carrier losses since the interface was created; shows which of two descriptions is later. 0 before Linux
    /// 4.16.</summary>
    public uint CarrierLosses { get; init; }

    /// <summary>Number of requests for all multicast frames; null before Linux 6.0.</summary>
    public int? AllMulti { get; init; }

    /// <summary>The alias (<c>ip link set alias</c>); null if there is none.</summary>
    public string? Alias { get; init; }

    /// <summary>The kind of device (veth, tun, vlan and so on); null for hardware.</summary>
    public string? Kind { get; init; }

    /// <summary>The kind of the master in the kernel.</summary>
    public string? SlaveKind { get; init; }

    /// <summary>BR_STATE_* of a bridge port: 0 disabled, 1 listening, 2 learning, 3 forwarding, 4 blocking; null for others.</summary>
    public byte? BridgePortState { get; init; }

    /// <summary>Whether it is a bridge with vlan_filtering.</summary>
    public bool FiltersVlans { get; init; }

    /// <summary>EtherType of the tags that a bridge filters by: 0x8100 or 0x88a8; 0 for others.</summary>
    public ushort BridgeVlanProtocol { get; init; }

    /// <summary>VLAN ID of a VLAN device; null for others.</summary>
    public ushort? VlanId { get; init; }

    /// <summary>EtherType of a VLAN device's tag: 0x8100 or 0x88a8.</summary>
    public ushort VlanProtocol { get; init; }

    /// <summary>IN6_ADDR_GEN_MODE_*: 0 eui64, 1 none, 2 stable secret, 3 random; null without IPv6.</summary>
    public byte? Inet6AddrGenMode { get; init; }

    /// <summary>Whether it forwards IPv6.</summary>
    public bool ForwardsIp6 { get; init; }

    /// <summary>Number of transmit queues.</summary>
    public int NumTxQueues { get; init; }

    /// <summary>Number of receive queues.</summary>
    public int NumRxQueues { get; init; }

    /// <summary>Maximum size of a GSO segment, in bytes.</summary>
    public int GsoMaxSize { get; init; }

    /// <summary>Maximum number of packets in a GSO segment.</summary>
    public int GsoMaxSegs { get; init; }

    /// <summary>The kernel's counters.</summary>
    public LinkStatistics Statistics { get; init; }

    /// <summary>The MAC address; zero for hardware addresses of other length.</summary>
    public MacAddress Address => AddressBytes.Length == MacAddress.Length ? MacAddress.Read(AddressBytes) : default;

    /// <summary>Whether it is an Ethernet device.</summary>
    public bool IsEthernet => HardwareType == Native.Rt.ARPHRD_ETHER;

    /// <summary>Whether it is a macvlan or macvtap: a device with an address of its own on another device.</summary>
    public bool IsMacvlan => Kind is "macvlan" or "macvtap";

    /// <summary>Whether it is administratively up.</summary>
    public bool IsUp => Flags.HasFlag(LinkFlags.Up);

    /// <summary>Whether it is up and has carrier.</summary>
    public bool IsRunning => IsUp && Flags.HasFlag(LinkFlags.LowerUp);
}
