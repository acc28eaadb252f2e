namespace Tandem.Core.Packets;

/// <summary>IP protocol numbers (protocol or next-header field).</summary>
public static class IpProtocol
{
    /// <summary>IPv6 hop-by-hop options.</summary>
    public const byte HopByHop = 0;

    /// <summary>ICMP for IPv4.</summary>
    public const byte Icmp = 1;

    /// <summary>IGMP.</summary>
    public const byte Igmp = 2;

    /// <summary>IPv4 in IP.</summary>
    public const byte Ip4 = 4;

    /// <summary>TCP.</summary>
    public const byte Tcp = 6;

    /// <summary>UDP.</summary>
    public const byte Udp = 17;

    /// <summary>DCCP.</summary>
    public const byte Dccp = 33;

    /// <summary>IPv6 in IP.</summary>
    public const byte Ip6 = 41;

    /// <summary>IPv6 routing header.</summary>
    public const byte Routing = 43;

    /// <summary>IPv6 fragment header.</summary>
    public const byte Fragment = 44;

    /// <summary>GRE.</summary>
    public const byte Gre = 47;

    /// <summary>IPsec Encapsulating Security Payload.</summary>
    public const byte Esp = 50;

    /// <summary>IPsec Authentication Header.</summary>
    public const byte Ah = 51;

    /// <summary>ICMP for IPv6.</summary>
    public const byte Icmp6 = 58;

    /// <summary>IPv6 destination options.</summary>
    public const byte DestinationOptions = 60;

    /// <summary>SCTP.</summary>
    public const byte Sctp = 132;

    /// <summary>UDP-Lite.</summary>
    public const byte UdpLite = 136;

    /// <summary>MPLS in IP.</summary>
    public const byte Mpls = 137;
}
