namespace Tandem.Core.Packets;

/// <summary>Where things stand in an IPv4 header (RFC 791).</summary>
public static class Ip4Header
{
    /// <summary>Bytes without options.</summary>
    public const int Length = 20;

    /// <summary>Bytes of an address.</summary>
    public const int AddressLength = 4;

    /// <summary>The fragment's flags and offset.</summary>
    public const int Fragment = 6;

    /// <summary>The protocol.</summary>
    public const int Protocol = 9;

    /// <summary>The source address; the destination address follows.</summary>
    public const int Addresses = 12;

    /// <summary>Bytes with options, from the header's first byte.</summary>
    public static int LengthOf(byte first) => (first & 0x0f) * 4;
}

/// <summary>Where things stand in an IPv6 header (RFC 8200).</summary>
public static class Ip6Header
{
    /// <summary>Bytes without extension headers.</summary>
    public const int Length = 40;

    /// <summary>Bytes of an address.</summary>
    public const int AddressLength = 16;

    /// <summary>What follows.</summary>
    public const int NextHeader = 6;

    /// <summary>The hop limit.</summary>
    public const int HopLimit = 7;

    /// <summary>Receivers of neighbour discovery drop what may have crossed a router: a hop limit other than this.</summary>
    public const byte NeighborHopLimit = 255;

    /// <summary>The source address; the destination address follows.</summary>
    public const int Addresses = 8;
}
