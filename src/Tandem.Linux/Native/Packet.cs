using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct sockaddr_ll (linux/if_packet.h); the address stands at offset 12.</summary>
[StructLayout(LayoutKind.Sequential, Pack = 4)]
internal struct SockAddrLl
{
    public ushort Family;
    public ushort ProtocolBigEndian;
    public int Ifindex;
    public ushort HardwareType;
    public byte PacketType;
    public byte AddressLength;
    public ulong Address;
}

/// <summary>struct tpacket_auxdata (linux/if_packet.h): metadata with the VLAN tag that the kernel removed from a frame.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TpacketAuxdata
{
    public uint Status;
    public uint Length;
    public uint SnapLength;
    public ushort Mac;
    public ushort Net;
    public ushort VlanTci;
    public ushort VlanTpid;
}

/// <summary>struct tpacket_stats (linux/if_packet.h). Reading resets it.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TpacketStats
{
    public uint Packets;
    public uint Drops;
}

/// <summary>
/// struct virtio_net_hdr (linux/virtio_net.h): the 10-byte form in host byte order, the default of TAP and packet sockets. It precedes
/// each frame and describes segmentation and checksums that are still to be done.
/// </summary>
[StructLayout(LayoutKind.Sequential, Pack = 2)]
internal struct VirtioNetHdr
{
    public const int Size = 10;
    public const byte F_NEEDS_CSUM = 1;
    public const byte GSO_NONE = 0;
    public const byte GSO_TCPV4 = 1;
    public const byte GSO_TCPV6 = 4;

    /// <summary>Since Linux 6.2.</summary>
    public const byte GSO_UDP_L4 = 5;

    /// <summary>Flag: the congestion window was reduced (CWR) before the first segment.</summary>
    public const byte GSO_ECN = 0x80;

    public byte Flags;
    public byte GsoType;
    public ushort HeaderLength;
    public ushort GsoSize;
    public ushort ChecksumStart;
    public ushort ChecksumOffset;
}

/// <summary>Packet sockets (linux/if_packet.h).</summary>
internal static class Packet
{
    public const int SOL_PACKET = 263;
    public const int PACKET_STATISTICS = 6;
    public const int PACKET_AUXDATA = 8;
    public const int PACKET_VNET_HDR = 15;

    /// <summary>Since Linux 4.20.</summary>
    public const int PACKET_IGNORE_OUTGOING = 23;
    public const ushort ETH_P_ALL = 3;

    /// <summary>The priority that pfifo_fast, prio and fq send first (linux/pkt_sched.h).</summary>
    public const int TC_PRIO_CONTROL = 7;
    public const uint TP_STATUS_VLAN_VALID = 1 << 4;
    public const uint TP_STATUS_VLAN_TPID_VALID = 1 << 6;
}
