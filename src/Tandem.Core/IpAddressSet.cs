using System.Buffers.Binary;
using System.Collections.Frozen;
using System.Net;

namespace Tandem.Core;

/// <summary>IPv4 and IPv6 addresses that can be looked up by their octets, as they stand in a frame, without allocation.</summary>
public sealed class IpAddressSet
{
    private readonly FrozenSet<uint> _ip4;
    private readonly FrozenSet<UInt128> _ip6;

    /// <summary>Makes a set.</summary>
    public IpAddressSet(IEnumerable<IPAddress> addresses)
    {
        var octets = addresses.Select(address => address.GetAddressBytes()).ToList();
        _ip4 = octets.Where(each => each.Length == sizeof(uint)).Select(each => BinaryPrimitives.ReadUInt32BigEndian(each)).ToFrozenSet();
        _ip6 = octets.Where(each => each.Length == 16).Select(each => BinaryPrimitives.ReadUInt128BigEndian(each)).ToFrozenSet();
    }

    /// <summary>No address.</summary>
    public static IpAddressSet Empty { get; } = new([]);

    /// <summary>Whether an address is one of the set: 4 octets of IPv4 or 16 of IPv6.</summary>
    public bool Contains(ReadOnlySpan<byte> address) =>
        address.Length switch
        {
            sizeof(uint) => _ip4.Contains(BinaryPrimitives.ReadUInt32BigEndian(address)),
            16 => _ip6.Contains(BinaryPrimitives.ReadUInt128BigEndian(address)),
            _ => false,
        };

    /// <summary>Whether two sets have the same addresses.</summary>
    public bool SameAs(IpAddressSet other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return _ip4.SetEquals(other._ip4) && _ip6.SetEquals(other._ip6);
    }
}
