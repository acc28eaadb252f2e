using System.Buffers.Binary;
using System.Net;
using System.Net.Sockets;
using Tandem.Core.Packets;

namespace Tandem.Core.Explaining;

/// <summary>A flow given by its addresses and ports instead of a frame.</summary>
/// <param name="Source">Source address and port.</param>
/// <param name="Destination">Destination address and port, of the same address family.</param>
/// <param name="Protocol">The IP protocol.</param>
public sealed record FlowDescription(IPEndPoint Source, IPEndPoint Destination, byte Protocol)
{
    /// <summary>IP protocols with a name.</summary>
    private static readonly (string Name, byte Number)[] Names =
    [
        ("tcp", IpProtocol.Tcp),
        ("udp", IpProtocol.Udp),
        ("sctp", IpProtocol.Sctp),
        ("dccp", IpProtocol.Dccp),
        ("udplite", IpProtocol.UdpLite),
        ("icmp", IpProtocol.Icmp),
        ("icmpv6", IpProtocol.Icmp6),
        ("gre", IpProtocol.Gre),
        ("esp", IpProtocol.Esp),
        ("ah", IpProtocol.Ah),
    ];

    /// <summary>Source MAC address.</summary>
    public MacAddress SourceMac { get; init; } = new(0x0200_0000_0001);

    /// <summary>Destination MAC address.</summary>
    public MacAddress DestinationMac { get; init; } = new(0x0200_0000_0002);

    /// <summary>VLAN ID; 0 for none.</summary>
    public ushort Vlan { get; init; }

    /// <summary>The names that <see cref="TryParseProtocol"/> accepts.</summary>
    public static string ProtocolNames => string.Join(", ", Names.Select(entry => entry.Name));

    /// <summary>Parses the name or number of an IP protocol.</summary>
    public static bool TryParseProtocol(string text, out byte protocol)
    {
        foreach (var (name, number) in Names)
        {
            protocol = number;
            if (name == text)
                return true;
        }
        return byte.TryParse(text, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture, out protocol);
    }

    /// <summary>Builds a frame of the flow, with an empty payload and without checksums.</summary>
    public byte[] BuildFrame()
    {
        const int TransportHeader = 20;
        var isIp4 = Source.AddressFamily == AddressFamily.InterNetwork;
        var tag = Vlan == 0 ? 0 : EthernetHeader.TagLength;
        var ip = isIp4 ? Ip4Header.Length : Ip6Header.Length;
        var frame = new byte[EthernetHeader.Length + tag + ip + TransportHeader];
        DestinationMac.Write(frame);
        SourceMac.Write(frame.AsSpan(MacAddress.Length));
        if (tag != 0)
        {
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(2 * MacAddress.Length), EtherType.Vlan);
            BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(EthernetHeader.Length), Vlan);
        }
        var packet = frame.AsSpan(EthernetHeader.Length + tag);
        BinaryPrimitives.WriteUInt16BigEndian(frame.AsSpan(EthernetHeader.Length + tag - 2), isIp4 ? EtherType.Ip4 : EtherType.Ip6);
        if (isIp4)
        {
            packet[0] = 0x45;
            BinaryPrimitives.WriteUInt16BigEndian(packet[2..], (ushort)packet.Length);
            (packet[8], packet[Ip4Header.Protocol]) = (64, Protocol);
        }
        else
        {
            packet[0] = 0x60;
            BinaryPrimitives.WriteUInt16BigEndian(packet[4..], TransportHeader);
            (packet[Ip6Header.NextHeader], packet[7]) = (Protocol, 64);
        }
        var addresses = packet[(isIp4 ? Ip4Header.Addresses : Ip6Header.Addresses)..];
        Source.Address.TryWriteBytes(addresses, out var length);
        Destination.Address.TryWriteBytes(addresses[length..], out _);
        BinaryPrimitives.WriteUInt16BigEndian(packet[ip..], (ushort)Source.Port);
        BinaryPrimitives.WriteUInt16BigEndian(packet[(ip + 2)..], (ushort)Destination.Port);
        return frame;
    }
}
