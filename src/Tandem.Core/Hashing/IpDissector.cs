using Tandem.Core.Packets;

namespace Tandem.Core.Hashing;

/// <summary>
/// Extracts the keys of layer2+3 and layer3+4 from the outermost IP header. For ICMP errors it uses the packet inside the error, so that
/// an error takes the path of its flow. IPv6 extension headers are not followed.
/// </summary>
internal static class IpDissector
{
    /// <summary>Fragment offset and more-fragments flag. Not every fragment has the ports, so none uses them.</summary>
    private const int FragmentBits = 0x3fff;

    public static bool Read(ReadOnlySpan<byte> frame, int offset, bool withPorts, ref FlowKeys keys)
    {
        if (!ReadHeader(frame, offset, ref keys, out var protocol, out var next))
            return false;
        if (protocol is IpProtocol.Icmp or IpProtocol.Icmp6)
        {
            var about = TransportDissector.ReadIcmp(frame, next, (byte)protocol, ref keys);
            if (about < 0)
                return true;
            if (!ReadHeader(frame, about, ref keys, out protocol, out next))
                return false;
        }
        if (withPorts && protocol >= 0)
            TransportDissector.ReadPorts(frame, next, (byte)protocol, ref keys);
        return true;
    }

    /// <summary>Reads one IP header. The protocol of a fragment is -1.</summary>
    private static bool ReadHeader(ReadOnlySpan<byte> frame, int offset, ref FlowKeys keys, out int protocol, out int next)
    {
        (protocol, next) = (-1, offset);
        switch (keys.EtherType)
        {
            case EtherType.Ip4 when Words.Has(frame, offset, Ip4Header.Length):
                keys.SetAddresses(frame, offset + Ip4Header.Addresses, Ip4Header.AddressLength);
                if ((Words.ReadNetworkOrder(frame, offset + Ip4Header.Fragment) & FragmentBits) == 0)
                    protocol = frame[offset + Ip4Header.Protocol];
                next = offset + Ip4Header.LengthOf(frame[offset]);
                return true;
            case EtherType.Ip6 when Words.Has(frame, offset, Ip6Header.Length):
                keys.SetAddresses(frame, offset + Ip6Header.Addresses, Ip6Header.AddressLength);
                protocol = frame[offset + Ip6Header.NextHeader];
                next = offset + Ip6Header.Length;
                return true;
            default:
                return false;
        }
    }
}
