using Tandem.Core.Packets;

namespace Tandem.Core.Hashing;

/// <summary>Extracts the word of a transport header that distinguishes flows between two hosts.</summary>
internal static class TransportDissector
{
    private const int IcmpHeader = 8;

    /// <summary>Extracts ports or SPI, if the protocol has them and the frame contains them.</summary>
    public static void ReadPorts(ReadOnlySpan<byte> frame, int offset, byte protocol, ref FlowKeys keys)
    {
        var kind = protocol switch
        {
            IpProtocol.Tcp or IpProtocol.Udp or IpProtocol.Dccp or IpProtocol.Sctp or IpProtocol.UdpLite => TransportKey.Ports,
            IpProtocol.Esp or IpProtocol.Ah => TransportKey.SecurityIndex,
            _ => TransportKey.None,
        };
        // The SPI is the first word of ESP and the second of AH.
        if (protocol == IpProtocol.Ah)
            offset += sizeof(uint);
        if (kind != TransportKey.None && Words.Has(frame, offset, sizeof(uint)))
            keys.SetTransport(kind, offset, Words.Read(frame, offset));
    }

    /// <summary>Extracts the identifier of an ICMP message that has one, and finds the packet inside an ICMP error.</summary>
    /// <param name="frame">The frame.</param>
    /// <param name="offset">Offset of the ICMP header.</param>
    /// <param name="protocol">ICMP for IPv4 or for IPv6.</param>
    /// <param name="keys">Receives the word.</param>
    /// <returns>Offset of the packet inside the error; -1 if the message is no error.</returns>
    public static int ReadIcmp(ReadOnlySpan<byte> frame, int offset, byte protocol, ref FlowKeys keys)
    {
        if (!Words.Has(frame, offset, IcmpHeader))
            return -1;
        var type = frame[offset];
        // Echo and timestamp of ICMP, echo of ICMPv6. Like the driver, tests both lists for either protocol.
        if (type is 0 or 8 or 13 or 14 or 128 or 129)
        {
            // Identifier 0 would read as no identifier.
            uint identifier = Math.Max(Words.ReadNetworkOrder(frame, offset + 4), (ushort)1);
            keys.SetTransport(TransportKey.IcmpIdentifier, offset, type | (uint)frame[offset + 1] << 8 | identifier << 16);
            return -1;
        }
        var isError = protocol == IpProtocol.Icmp ? type is 3 or 4 or 5 or 11 or 12 : type is >= 1 and <= 4;
        return isError ? offset + IcmpHeader : -1;
    }
}
