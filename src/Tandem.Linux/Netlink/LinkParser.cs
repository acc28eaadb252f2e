using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using Tandem.Core;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>Parses RTM_NEWLINK and RTM_DELLINK messages. Missing or truncated parts read as absent or zero.</summary>
internal static class LinkParser
{
    /// <summary>The interface in a message; null if the message is too short.</summary>
    public static LinkInfo? Parse(in NetlinkMessage message)
    {
        if (!message.TrySplit(out IfInfoMsg header, out var attributes))
            return null;
        var found = new Found();
        var kind = new KindInfo();
        while (attributes.TryNext(out var a))
        {
            if (a.Type == Rt.IFLA_LINKINFO)
                kind = ReadKind(a.Nested);
            else
                found.Take(a);
        }
        return new LinkInfo
        {
            Ifindex = header.Index,
            Flags = (LinkFlags)header.Flags,
            HardwareType = header.Type,
            Name = found.Name,
            Alias = found.Alias,
            AddressBytes = found.Address,
            BroadcastBytes = found.Broadcast,
            BurnedInAddress = found.BurnedInAddress,
            Link = found.Link,
            LinkNetnsid = found.LinkNetnsid,
            Mtu = found.Mtu,
            MinMtu = found.MinMtu,
            MaxMtu = found.MaxMtu,
            Qdisc = found.Qdisc,
            Master = found.Master,
            OperState = found.OperState,
            LinkMode = found.LinkMode,
            Group = found.Group,
            TxQueueLength = found.TxQueueLength,
            Promiscuity = found.Promiscuity,
            CarrierLosses = found.CarrierLosses,
            AllMulti = found.AllMulti,
            Inet6AddrGenMode = found.Inet6.AddrGenMode,
            ForwardsIp6 = found.Inet6.Forwards,
            NumTxQueues = found.NumTxQueues,
            NumRxQueues = found.NumRxQueues,
            GsoMaxSize = found.GsoMaxSize,
            GsoMaxSegs = found.GsoMaxSegs,
            Statistics = found.Statistics,
            Kind = kind.Kind,
            SlaveKind = kind.SlaveKind,
            VlanId = kind.VlanId,
            VlanProtocol = kind.VlanProtocol,
            BridgePortState = kind.BridgePortState,
            FiltersVlans = kind.FiltersVlans,
            BridgeVlanProtocol = kind.BridgeVlanProtocol,
        };
    }

    private static KindInfo ReadKind(AttributeReader attributes)
    {
        var kind = new KindInfo();
        var data = default(AttributeReader);
        var portData = default(AttributeReader);
        while (attributes.TryNext(out var a))
        {
            if (a.Type == Rt.IFLA_INFO_KIND)
                kind.Kind = a.Text;
            else if (a.Type == Rt.IFLA_INFO_SLAVE_KIND)
                kind.SlaveKind = a.Text;
            else if (a.Type == Rt.IFLA_INFO_DATA)
                data = a.Nested;
            else if (a.Type == Rt.IFLA_INFO_SLAVE_DATA)
                portData = a.Nested;
        }
        // The meaning of the data depends on the kind.
        while (kind.Kind == "vlan" && data.TryNext(out var a))
        {
            if (a.Type == Rt.IFLA_VLAN_ID)
                kind.VlanId = a.UInt16;
            else if (a.Type == Rt.IFLA_VLAN_PROTOCOL)
                kind.VlanProtocol = a.UInt16BigEndian;
        }
        while (kind.Kind == "bridge" && data.TryNext(out var a))
        {
            if (a.Type == Rt.IFLA_BR_VLAN_FILTERING)
                kind.FiltersVlans = a.Byte != 0;
            else if (a.Type == Rt.IFLA_BR_VLAN_PROTOCOL)
                kind.BridgeVlanProtocol = a.UInt16BigEndian;
        }
        while (kind.SlaveKind == "bridge" && portData.TryNext(out var a))
        {
            if (a.Type == Rt.IFLA_BRPORT_STATE)
                kind.BridgePortState = a.Byte;
        }
        return kind;
    }

    private static Inet6Info ReadInet6(AttributeReader families)
    {
        var inet6 = new Inet6Info();
        while (families.TryNext(out var family))
        {
            if (family.Type != SocketCalls.AF_INET6)
                continue;
            var attributes = family.Nested;
            while (attributes.TryNext(out var a))
            {
                if (a.Type == Rt.IFLA_INET6_ADDR_GEN_MODE && !a.Value.IsEmpty)
                    inet6.AddrGenMode = a.Byte;
                // An array of all settings; the first (DEVCONF_FORWARDING) is needed.
                else if (a.Type == Rt.IFLA_INET6_CONF)
                    inet6.Forwards = a.Int32 != 0;
            }
        }
        return inet6;
    }

    private static LinkStatistics ReadStatistics(ReadOnlySpan<byte> value)
    {
        // Newer kernels append counters; older ones have fewer.
        var statistics = default(LinkStatistics);
        var target = MemoryMarshal.AsBytes(new Span<LinkStatistics>(ref statistics));
        value[..Math.Min(value.Length, Unsafe.SizeOf<LinkStatistics>())].CopyTo(target);
        return statistics;
    }

    private struct KindInfo
    {
        public string? Kind;
        public string? SlaveKind;
        public ushort? VlanId;
        public ushort VlanProtocol;
        public byte? BridgePortState;
        public bool FiltersVlans;
        public ushort BridgeVlanProtocol;
    }

    private struct Inet6Info
    {
        public byte? AddrGenMode;
        public bool Forwards;
    }

    /// <summary>Attributes of one message, collected before the record is created.</summary>
    private struct Found()
    {
        public string Name = "";
        public string? Alias;
        public byte[] Address = [];
        public byte[] Broadcast = [];
        public MacAddress? BurnedInAddress;
        public int? Link;
        public int? LinkNetnsid;
        public int Mtu;
        public int MinMtu;
        public int MaxMtu;
        public string? Qdisc;
        public int? Master;
        public byte OperState;
        public byte LinkMode;
        public uint Group;
        public int TxQueueLength;
        public int Promiscuity;
        public uint CarrierLosses;
        public int? AllMulti;
        public Inet6Info Inet6;
        public int NumTxQueues;
        public int NumRxQueues;
        public int GsoMaxSize;
        public int GsoMaxSegs;
        public LinkStatistics Statistics;

        public void Take(in NetlinkAttribute a)
        {
            switch (a.Type)
            {
                case Rt.IFLA_IFNAME:
                    Name = a.Text;
                    break;
                case Rt.IFLA_IFALIAS:
                    Alias = a.Text;
                    break;
                case Rt.IFLA_ADDRESS:
                    Address = a.Value.ToArray();
                    break;
                case Rt.IFLA_BROADCAST:
                    Broadcast = a.Value.ToArray();
                    break;
                case Rt.IFLA_PERM_ADDRESS when a.Value.Length == MacAddress.Length:
                    BurnedInAddress = MacAddress.Read(a.Value);
                    break;
                case Rt.IFLA_LINK:
                    Link = a.Int32;
                    break;
                case Rt.IFLA_LINK_NETNSID:
                    LinkNetnsid = a.Int32;
                    break;
                case Rt.IFLA_MTU:
                    Mtu = a.Int32;
                    break;
                case Rt.IFLA_MIN_MTU:
                    MinMtu = a.Int32;
                    break;
                case Rt.IFLA_MAX_MTU:
                    MaxMtu = a.Int32;
                    break;
                case Rt.IFLA_QDISC:
                    Qdisc = a.Text;
                    break;
                case Rt.IFLA_MASTER:
                    Master = a.Int32;
                    break;
                case Rt.IFLA_OPERSTATE:
                    OperState = a.Byte;
                    break;
                case Rt.IFLA_LINKMODE:
                    LinkMode = a.Byte;
                    break;
                case Rt.IFLA_GROUP:
                    Group = a.UInt32;
                    break;
                case Rt.IFLA_TXQLEN:
                    TxQueueLength = a.Int32;
                    break;
                case Rt.IFLA_PROMISCUITY:
                    Promiscuity = a.Int32;
                    break;
                case Rt.IFLA_CARRIER_DOWN_COUNT:
                    CarrierLosses = a.UInt32;
                    break;
                case Rt.IFLA_ALLMULTI:
                    AllMulti = a.Int32;
                    break;
                case Rt.IFLA_AF_SPEC:
                    Inet6 = ReadInet6(a.Nested);
                    break;
                case Rt.IFLA_NUM_TX_QUEUES:
                    NumTxQueues = a.Int32;
                    break;
                case Rt.IFLA_NUM_RX_QUEUES:
                    NumRxQueues = a.Int32;
                    break;
                case Rt.IFLA_GSO_MAX_SIZE:
                    GsoMaxSize = a.Int32;
                    break;
                case Rt.IFLA_GSO_MAX_SEGS:
                    GsoMaxSegs = a.Int32;
                    break;
                case Rt.IFLA_STATS64:
                    Statistics = ReadStatistics(a.Value);
                    break;
                default:
                    break;
            }
        }
    }
}
