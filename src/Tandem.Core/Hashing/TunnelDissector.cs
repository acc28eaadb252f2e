using Tandem.Core.Packets;

namespace Tandem.Core.Hashing;

/// <summary>
/// Extracts the keys of encap2+3 and encap3+4 from the innermost IP header inside IP-in-IP, GRE, PPTP, PPPoE and VLAN tags. Follows IPv6
/// extension headers. Does not look into tunnels over UDP (VXLAN, Geneve), nor into ICMP errors.
/// </summary>
internal static class TunnelDissector
{
    /// <summary>Maximum number of headers followed, as in the driver. Bounds the work for one frame.</summary>
    private const int MaxHeaders = 15;

    private const int FragmentBits = 0x3fff;
    private const int FcoeHeader = 38;
    private const int PtpHeader = 34;

    /// <summary>What the walk reads next.</summary>
    private enum Next : byte
    {
        /// <summary>A header identified by an EtherType.</summary>
        Network,

        /// <summary>A header identified by an IP protocol.</summary>
        Transport,

        /// <summary>Nothing: the keys are complete.</summary>
        Complete,

        /// <summary>Nothing: the next header is unknown or cut off.</summary>
        Unknown,
    }

    /// <summary>Position of the walk: the header at <see cref="Offset"/>.</summary>
    private ref struct Walk
    {
        public required ReadOnlySpan<byte> Frame { get; init; }
        public int Offset;
        public ushort Type;
        public byte Protocol;

        public readonly bool Has(int count) => Words.Has(Frame, Offset, count);

        public readonly ushort At(int position) => Words.ReadNetworkOrder(Frame, Offset + position);
    }

    public static bool Read(ReadOnlySpan<byte> frame, int offset, ref FlowKeys keys)
    {
        var walk = new Walk
        {
            Frame = frame,
            Offset = offset,
            Type = keys.EtherType,
        };
        var next = Next.Network;
        for (var headers = 0; headers < MaxHeaders && next <= Next.Transport; headers++)
            next = next == Next.Network ? ReadNetwork(ref walk, ref keys) : ReadTransport(ref walk, ref keys);
        return next != Next.Unknown;
    }

    private static Next ReadNetwork(ref Walk walk, ref FlowKeys keys) =>
        walk.Type switch
        {
            EtherType.Ip4 => ReadIp4(ref walk, ref keys),
            EtherType.Ip6 => ReadIp6(ref walk, ref keys),
            EtherType.Vlan or EtherType.ServiceVlan => ReadTag(ref walk),
            EtherType.PppoeSession => ReadPppoe(ref walk),
            // Known protocols that contain no keys.
            EtherType.Arp or EtherType.ReverseArp or EtherType.Mpls or EtherType.MplsMulticast => Next.Complete,
            EtherType.Ptp when walk.Has(PtpHeader) => Next.Complete,
            EtherType.Fcoe when walk.Has(FcoeHeader) => Next.Complete,
            _ => Next.Unknown,
        };

    private static Next ReadIp4(ref Walk walk, ref FlowKeys keys)
    {
        if (!walk.Has(Ip4Header.Length))
            return Next.Unknown;
        var length = Ip4Header.LengthOf(walk.Frame[walk.Offset]);
        if (length < Ip4Header.Length)
            return Next.Unknown;
        keys.SetAddresses(walk.Frame, walk.Offset + Ip4Header.Addresses, Ip4Header.AddressLength);
        if ((walk.At(Ip4Header.Fragment) & FragmentBits) != 0)
            return Next.Complete;
        walk.Protocol = walk.Frame[walk.Offset + Ip4Header.Protocol];
        walk.Offset += length;
        return Next.Transport;
    }

    private static Next ReadIp6(ref Walk walk, ref FlowKeys keys)
    {
        if (!walk.Has(Ip6Header.Length))
            return Next.Unknown;
        keys.SetAddresses(walk.Frame, walk.Offset + Ip6Header.Addresses, Ip6Header.AddressLength);
        walk.Protocol = walk.Frame[walk.Offset + Ip6Header.NextHeader];
        walk.Offset += Ip6Header.Length;
        return Next.Transport;
    }

    private static Next ReadTag(ref Walk walk)
    {
        if (!walk.Has(EthernetHeader.TagLength))
            return Next.Unknown;
        walk.Type = walk.At(2);
        walk.Offset += EthernetHeader.TagLength;
        return Next.Network;
    }

    /// <summary>A PPPoE session header (RFC 2516) and the PPP protocol number, which may be compressed to one byte.</summary>
    private static Next ReadPppoe(ref Walk walk)
    {
        const int Header = 6;
        const ushort VersionTypeAndCodeOfData = 0x1100;
        if (!walk.Has(Header + 2) || walk.At(0) != VersionTypeAndCodeOfData)
            return Next.Unknown;
        var protocol = walk.At(Header);
        var isCompressed = (protocol & 0x0100) != 0;
        if (isCompressed)
            protocol >>= 8;
        walk.Offset += isCompressed ? Header + 1 : Header + 2;
        walk.Type = TypeOfPpp(protocol);
        if (walk.Type != 0)
            return Next.Network;
        // A valid number has an odd last byte and an even first byte (RFC 1661).
        return (protocol & 0x0101) == 0x0001 ? Next.Complete : Next.Unknown;
    }

    private static ushort TypeOfPpp(ushort protocol) =>
        protocol switch
        {
            0x0021 => EtherType.Ip4,
            0x0057 => EtherType.Ip6,
            0x0281 => EtherType.Mpls,
            0x0283 => EtherType.MplsMulticast,
            _ => 0,
        };

    private static Next ReadTransport(ref Walk walk, ref FlowKeys keys)
    {
        switch (walk.Protocol)
        {
            case IpProtocol.Gre:
                return ReadGre(ref walk);
            case IpProtocol.Ip4:
                walk.Type = EtherType.Ip4;
                return Next.Network;
            case IpProtocol.Ip6:
                walk.Type = EtherType.Ip6;
                return Next.Network;
            case IpProtocol.Mpls:
                walk.Type = EtherType.Mpls;
                return Next.Network;
            case IpProtocol.HopByHop or IpProtocol.Routing or IpProtocol.DestinationOptions when walk.Type == EtherType.Ip6:
                return ReadExtension(ref walk);
            case IpProtocol.Fragment when walk.Type == EtherType.Ip6:
                return walk.Has(8) ? Next.Complete : Next.Unknown;
            case IpProtocol.Icmp or IpProtocol.Icmp6:
                TransportDissector.ReadIcmp(walk.Frame, walk.Offset, walk.Protocol, ref keys);
                return Next.Complete;
            default:
                TransportDissector.ReadPorts(walk.Frame, walk.Offset, walk.Protocol, ref keys);
                return Next.Complete;
        }
    }

    private static Next ReadExtension(ref Walk walk)
    {
        if (!walk.Has(2))
            return Next.Unknown;
        walk.Protocol = walk.Frame[walk.Offset];
        walk.Offset += (walk.Frame[walk.Offset + 1] + 1) * 8;
        return Next.Transport;
    }

    /// <summary>GRE (RFC 2784, RFC 2890) and its variant of PPTP (RFC 2637).</summary>
    private static Next ReadGre(ref Walk walk)
    {
        const int Checksum = 0x8000;
        const int Routing = 0x4000;
        const int Key = 0x2000;
        const int Sequence = 0x1000;
        const int Acknowledgement = 0x0080;
        if (!walk.Has(4))
            return Next.Unknown;
        int flags = walk.At(0);
        var type = walk.At(2);
        var isPptp = (flags & 7) == 1;
        if ((flags & 7) > 1 || (flags & Routing) != 0 || (isPptp && (type != EtherType.PptpPpp || (flags & Key) == 0)))
            return Next.Complete;
        var length = 4;
        if ((flags & Checksum) != 0)
            length += 4;
        if ((flags & Key) != 0 && !Words.Has(walk.Frame, walk.Offset + length, 4))
            return Next.Unknown;
        if ((flags & Key) != 0)
            length += 4;
        if ((flags & Sequence) != 0)
            length += 4;
        if (isPptp && (flags & Acknowledgement) != 0)
            length += 4;
        walk.Offset += length;
        walk.Type = type;
        if (isPptp)
            return ReadPptp(ref walk);
        return type == EtherType.TransparentBridging ? ReadInnerEthernet(ref walk) : Next.Network;
    }

    private static Next ReadPptp(ref Walk walk)
    {
        const int PppHeader = 4;
        if (!walk.Has(PppHeader))
            return Next.Unknown;
        walk.Type = TypeOfPpp(walk.At(2)) is var type and (EtherType.Ip4 or EtherType.Ip6) ? type : (ushort)0;
        walk.Offset += PppHeader;
        return Next.Network;
    }

    private static Next ReadInnerEthernet(ref Walk walk)
    {
        if (!walk.Has(EthernetHeader.Length))
            return Next.Unknown;
        walk.Type = walk.At(EthernetHeader.Length - 2);
        walk.Offset += EthernetHeader.Length;
        return Next.Network;
    }
}
