using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct sockaddr_nl (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SockAddrNl
{
    public ushort Family;
    public ushort Pad;
    public uint PortId;
    public uint Groups;
}

/// <summary>struct nlmsghdr (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NlMsgHdr
{
    public const int Size = 16;

    public uint Length;
    public ushort Type;
    public ushort Flags;
    public uint Sequence;
    public uint PortId;
}

/// <summary>struct nlattr (linux/netlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NlAttr
{
    public const int Size = 4;

    public ushort Length;
    public ushort Type;
}

/// <summary>struct ifinfomsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IfInfoMsg
{
    public byte Family;
    public byte Pad;
    public ushort Type;
    public int Index;
    public uint Flags;
    public uint Change;
}

/// <summary>struct rtgenmsg (linux/rtnetlink.h), padded.</summary>
[StructLayout(LayoutKind.Sequential, Size = 4)]
internal struct RtGenMsg
{
    public byte Family;
}

/// <summary>struct ifaddrmsg (linux/if_addr.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct IfAddrMsg
{
    public byte Family;
    public byte PrefixLength;
    public byte Flags;
    public byte Scope;
    public int Index;
}

/// <summary>struct rtmsg (linux/rtnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct RtMsg
{
    public byte Family;
    public byte DestinationLength;
    public byte SourceLength;
    public byte Tos;
    public byte Table;
    public byte Protocol;
    public byte Scope;
    public byte Type;
    public uint Flags;
}

/// <summary>struct ndmsg (linux/neighbour.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NdMsg
{
    public byte Family;
    public byte Pad1;
    public ushort Pad2;
    public int Index;
    public ushort State;
    public byte Flags;
    public byte Type;
}

/// <summary>struct bridge_vlan_info (linux/if_bridge.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct BridgeVlanInfo
{
    public ushort Flags;
    public ushort VlanId;
}

/// <summary>struct nfgenmsg (linux/netfilter/nfnetlink.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct NfGenMsg
{
    public byte Family;
    public byte Version;
    public ushort ResourceIdBigEndian;
}

/// <summary>Netlink in general (linux/netlink.h).</summary>
internal static class Nl
{
    public const int NETLINK_ROUTE = 0;
    public const int NETLINK_NETFILTER = 12;
    public const int SOL_NETLINK = 270;
    public const int NETLINK_ADD_MEMBERSHIP = 1;
    public const int NETLINK_CAP_ACK = 10;
    public const int NETLINK_EXT_ACK = 11;
    public const int NETLINK_GET_STRICT_CHK = 12;

    public const ushort NLM_F_REQUEST = 1;
    public const ushort NLM_F_ACK = 4;
    public const ushort NLM_F_DUMP_INTR = 0x10;
    public const ushort NLM_F_CAPPED = 0x100;
    public const ushort NLM_F_ACK_TLVS = 0x200;
    public const ushort NLM_F_DUMP = 0x300;
    public const ushort NLM_F_REPLACE = 0x100;
    public const ushort NLM_F_EXCL = 0x200;
    public const ushort NLM_F_CREATE = 0x400;
    public const ushort NLM_F_APPEND = 0x800;

    public const ushort NLMSG_ERROR = 2;
    public const ushort NLMSG_DONE = 3;
    public const ushort NLMSGERR_ATTR_MSG = 1;

    /// <summary>NLA_F_NESTED and NLA_F_NET_BYTEORDER are the two highest bits of an attribute's type.</summary>
    public const ushort NLA_F_NESTED = 0x8000;
    public const ushort NLA_TYPE_MASK = 0x3fff;

    public static int Align(int length) => (length + 3) & ~3;
}

/// <summary>
/// Messages and attributes of rtnetlink that Tandem uses (linux/rtnetlink.h, linux/if_link.h, linux/if_addr.h,
/// linux/if_bridge.h, linux/neighbour.h).
/// </summary>
internal static class Rt
{
    public const ushort RTM_NEWLINK = 16;
    public const ushort RTM_DELLINK = 17;
    public const ushort RTM_GETLINK = 18;
    public const ushort RTM_NEWADDR = 20;
    public const ushort RTM_DELADDR = 21;
    public const ushort RTM_GETADDR = 22;
    public const ushort RTM_NEWROUTE = 24;
    public const ushort RTM_GETROUTE = 26;
    public const ushort RTM_NEWNEIGH = 28;
    public const ushort RTM_GETNEIGH = 30;
    public const ushort RTM_GETNSID = 90;
    public const int RTNLGRP_LINK = 1;
    public const int RTNLGRP_TC = 4;
    public const int RTNLGRP_IPV4_IFADDR = 5;
    public const int RTNLGRP_IPV4_ROUTE = 7;
    public const int RTNLGRP_IPV6_IFADDR = 9;
    public const int RTNLGRP_IPV6_ROUTE = 11;

    public const byte RTN_UNICAST = 1;
    public const byte RTN_LOCAL = 2;
    public const byte RTPROT_REDIRECT = 1;
    public const byte RTPROT_KERNEL = 2;
    public const byte RTPROT_RA = 9;
    public const uint RTNH_F_PERVASIVE = 2;
    public const uint RTNH_F_ONLINK = 4;
    public const uint RTM_F_CLONED = 0x200;
    public const ushort RTA_DST = 1;
    public const ushort RTA_OIF = 4;
    public const ushort RTA_GATEWAY = 5;
    public const ushort RTA_PREFSRC = 7;
    public const ushort RTA_MULTIPATH = 9;
    public const ushort RTA_CACHEINFO = 12;
    public const ushort RTA_VIA = 18;
    public const ushort RTA_NH_ID = 30;

    public const ushort NETNSA_NSID = 1;
    public const ushort NETNSA_FD = 3;

    public const ushort IFLA_ADDRESS = 1;
    public const ushort IFLA_BROADCAST = 2;
    public const ushort IFLA_IFNAME = 3;
    public const ushort IFLA_MTU = 4;
    public const ushort IFLA_LINK = 5;
    public const ushort IFLA_QDISC = 6;
    public const ushort IFLA_MASTER = 10;
    public const ushort IFLA_TXQLEN = 13;
    public const ushort IFLA_OPERSTATE = 16;
    public const ushort IFLA_LINKMODE = 17;
    public const ushort IFLA_LINKINFO = 18;
    public const ushort IFLA_STATS64 = 23;
    public const ushort IFLA_AF_SPEC = 26;
    public const ushort IFLA_GROUP = 27;
    public const ushort IFLA_EXT_MASK = 29;
    public const ushort IFLA_PROMISCUITY = 30;
    public const ushort IFLA_NUM_TX_QUEUES = 31;
    public const ushort IFLA_NUM_RX_QUEUES = 32;
    public const ushort IFLA_LINK_NETNSID = 37;
    public const ushort IFLA_GSO_MAX_SEGS = 40;

    /// <summary>Since Linux 4.16.</summary>
    public const ushort IFLA_CARRIER_DOWN_COUNT = 48;
    public const ushort IFLA_GSO_MAX_SIZE = 41;
    public const ushort IFLA_MIN_MTU = 50;
    public const ushort IFLA_MAX_MTU = 51;
    public const ushort IFLA_PERM_ADDRESS = 54;
    public const ushort IFLA_ALLMULTI = 61;

    public const uint RTEXT_FILTER_BRVLAN_COMPRESSED = 1 << 2;
    public const uint RTEXT_FILTER_SKIP_STATS = 1 << 3;

    public const ushort IFLA_IFALIAS = 20;
    public const ushort IFLA_NET_NS_FD = 28;

    /// <summary>Since Linux 4.20.</summary>
    public const ushort IFLA_TARGET_NETNSID = 46;

    /// <summary>Since Linux 5.13.</summary>
    public const ushort IFLA_NEW_IFINDEX = 49;

    public const ushort VETH_INFO_PEER = 1;

    /// <summary>struct ifinfomsg and attributes of the peer.</summary>
    public const ushort IFLA_NETKIT_PEER_INFO = 1;
    public const ushort IFLA_NETKIT_POLICY = 3;
    public const ushort IFLA_NETKIT_PEER_POLICY = 4;
    public const ushort IFLA_NETKIT_MODE = 5;
    public const ushort IFLA_NETKIT_SCRUB = 6;
    public const ushort IFLA_NETKIT_PEER_SCRUB = 7;
    public const uint NETKIT_PASS = 0;
    public const uint NETKIT_DROP = 2;
    public const uint NETKIT_L2 = 0;
    public const uint NETKIT_SCRUB_NONE = 0;

    public const ushort IFLA_INFO_KIND = 1;
    public const ushort IFLA_INFO_DATA = 2;
    public const ushort IFLA_INFO_SLAVE_KIND = 4;
    public const ushort IFLA_INFO_SLAVE_DATA = 5;
    public const ushort IFLA_VLAN_ID = 1;
    public const ushort IFLA_VLAN_PROTOCOL = 5;
    public const ushort IFLA_BR_VLAN_FILTERING = 7;
    public const ushort IFLA_BR_VLAN_PROTOCOL = 8;
    public const ushort IFLA_BRPORT_STATE = 1;
    public const byte BR_STATE_FORWARDING = 3;
    public const ushort IFLA_BRIDGE_VLAN_INFO = 2;
    public const ushort BRIDGE_VLAN_INFO_PVID = 1 << 1;
    public const ushort BRIDGE_VLAN_INFO_UNTAGGED = 1 << 2;
    public const ushort BRIDGE_VLAN_INFO_RANGE_BEGIN = 1 << 3;
    public const ushort BRIDGE_VLAN_INFO_RANGE_END = 1 << 4;
    public const ushort IFLA_INET6_CONF = 2;
    public const ushort IFLA_INET6_ADDR_GEN_MODE = 8;
    public const byte IN6_ADDR_GEN_MODE_EUI64 = 0;
    public const byte IN6_ADDR_GEN_MODE_NONE = 1;

    public const ushort IFA_ADDRESS = 1;
    public const ushort IFA_LOCAL = 2;
    public const ushort IFA_LABEL = 3;
    public const ushort IFA_BROADCAST = 4;
    public const ushort IFA_CACHEINFO = 6;
    public const ushort IFA_FLAGS = 8;
    public const ushort IFA_RT_PRIORITY = 9;

    /// <summary>Since Linux 4.20; in dumps only with NETLINK_GET_STRICT_CHK.</summary>
    public const ushort IFA_TARGET_NETNSID = 10;
    public const uint IFA_F_SECONDARY = 1;
    public const uint IFA_F_TENTATIVE = 0x40;
    public const uint IFA_F_PERMANENT = 0x80;
    public const uint IFA_F_DADFAILED = 8;

    public const ushort NDA_LLADDR = 2;
    public const ushort NDA_VLAN = 5;
    public const ushort NDA_MASTER = 9;
    public const byte NTF_SELF = 1 << 1;
    public const ushort NUD_PERMANENT = 0x80;

    public const ushort ARPHRD_ETHER = 1;
    public const ushort ARPHRD_LOOPBACK = 772;
}
