namespace Tandem.Core.Packets;

/// <summary>Offsets in an IPv4 header (RFC 791).</summary>
public static class Ip4Header
{
    /// <summary>Length without options, in bytes.</summary>
    public const int Length = 20;

    /// <summary>Length of an address, in bytes.</summary>
    public const int AddressLength = 4;

    /// <summary>Fragment flags and offset.</summary>
    public const int Fragment = 6;

    /// <summary>The protocol.</summary>
    public const int Protocol = 9;

    /// <summary>The source address; the destination address follows.</summary>
    public const int Addresses = 12;

    /// <summary>Length with options in bytes, from the header's first byte.</summary>
    public static int LengthOf(byte first) => (first & 0x0f) * 4;
}

/// <summary>Offsets in an IPv6 header (RFC 8200).</summary>
public static class Ip6Header
{
    /// <summary>Length without extension headers, in bytes.</summary>
    public const int Length = 40;

    /// <summary>Length of an address, in bytes.</summary>
    public const int AddressLength = 16;

    /// <summary>The next header.</summary>
    public const int NextHeader = 6;

    /// <summary>The hop limit.</summary>
    public const int HopLimit = 7;

    /// <summary>The hop limit of neighbour discovery. Receivers drop packets with another, which may have crossed a router.</summary>
    public const byte NeighborHopLimit = 255;

    /// <summary>The source address; the destination address follows.</summary>
    public const int Addresses = 8;
}
