using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;

namespace Tandem.Core;

/// <summary>A set of IPv4 and IPv6 addresses. Looks them up by their octets in a frame, without allocating.</summary>
public sealed class IpAddressSet
{
    private readonly FrozenSet<uint> _ip4;
    private readonly FrozenSet<UInt128> _ip6;

    /// <summary>Creates a set.</summary>
    public IpAddressSet(IEnumerable<IPAddress> addresses)
    {
        var octets = addresses.Select(address => address.GetAddressBytes()).ToList();
        _ip4 = octets.Where(each => each.Length == sizeof(uint)).Select(each => BinaryPrimitives.ReadUInt32BigEndian(each)).ToFrozenSet();
        _ip6 = octets.Where(each => each.Length == 16).Select(each => BinaryPrimitives.ReadUInt128BigEndian(each)).ToFrozenSet();
    }

    /// <summary>The empty set.</summary>
    public static IpAddressSet Empty { get; } = new([]);

    /// <summary>Whether the set contains an address, given as 4 (IPv4) or 16 (IPv6) octets.</summary>
    public bool Contains(ReadOnlySpan<byte> address) =>
        address.Length switch
        {
            sizeof(uint) => _ip4.Contains(BinaryPrimitives.ReadUInt32BigEndian(address)),
            16 => _ip6.Contains(BinaryPrimitives.ReadUInt128BigEndian(address)),
            _ => false,
        };

    /// <summary>Whether both sets have the same addresses.</summary>
    public bool SameAs(IpAddressSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _ip4.SetEquals(other._ip4) && _ip6.SetEquals(other._ip6);
    }
}
