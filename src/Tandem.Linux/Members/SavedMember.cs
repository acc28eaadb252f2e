using System.Net;
using Tandem.Linux.Netlink;

namespace Tandem.Linux;

/// <summary>
/// What an interface was like before Tandem took it: all that <see cref="MemberKeeper.GiveBack"/> needs, also in another
/// process. Plain properties, so that it can be kept as JSON.
/// </summary>
public sealed record SavedMember
{
    /// <summary>The interface's number.</summary>
    public required int Ifindex { get; init; }

    /// <summary>Its name.</summary>
    public required string Name { get; init; }

    /// <summary>The MAC address that it had.</summary>
    public required string Address { get; init; }

    /// <summary>The MAC address that it was given as a member; null if it kept its own.</summary>
    public string? TakenAddress { get; init; }

    /// <summary>The MTU that it had, in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>The flags that it had (linux/if.h).</summary>
    public required uint Flags { get; init; }

    /// <summary>net.ipv6.conf.NAME.disable_ipv6; null where IPv6 is not there.</summary>
    public int? DisableIpv6 { get; init; }

    /// <summary>How IPv6 made interface identifiers; null where IPv6 is not there.</summary>
    public byte? Inet6AddrGenMode { get; init; }

    /// <summary>The IP addresses that it had.</summary>
    public IReadOnlyList<SavedAddress> Addresses { get; init; } = [];

    /// <summary>Describes an interface as it is now.</summary>
    public static SavedMember From(LinkInfo link, IReadOnlyList<AddressInfo> addresses, int? disableIpv6) =>
        new()
        {
            Ifindex = link.Ifindex,
            Name = link.Name,
            Address = link.Address.ToString(),
            Mtu = link.Mtu,
            Flags = (uint)link.Flags,
            DisableIpv6 = disableIpv6,
            Inet6AddrGenMode = link.Inet6AddrGenMode,
            Addresses = [.. addresses.Select(SavedAddress.From)],
        };
}

/// <summary>An IP address that an interface had.</summary>
public sealed record SavedAddress
{
    /// <summary>The address.</summary>
    public required string Address { get; init; }

    /// <summary>Bits of the network's prefix.</summary>
    public required byte PrefixLength { get; init; }

    /// <summary>The other end of a point-to-point link.</summary>
    public string? Peer { get; init; }

    /// <summary>The broadcast address.</summary>
    public string? Broadcast { get; init; }

    /// <summary>RT_SCOPE_*.</summary>
    public byte Scope { get; init; }

    /// <summary>IFA_F_*.</summary>
    public uint Flags { get; init; }

    /// <summary>The label.</summary>
    public string? Label { get; init; }

    /// <summary>Metric of the prefix route; 0 for the default.</summary>
    public uint RoutePriority { get; init; }

    internal static SavedAddress From(AddressInfo a) =>
        new()
        {
            Address = a.Address.ToString(),
            PrefixLength = a.PrefixLength,
            Peer = a.Peer?.ToString(),
            Broadcast = a.Broadcast?.ToString(),
            Scope = a.Scope,
            Flags = a.Flags,
            Label = a.Label,
            RoutePriority = a.RoutePriority,
        };

    /// <summary>The address for an interface; null if the record is not one that Tandem wrote.</summary>
    internal AddressInfo? For(int ifindex)
    {
        if (!IPAddress.TryParse(Address, out var address))
            return null;
        return new AddressInfo
        {
            Ifindex = ifindex,
            Address = address,
            PrefixLength = PrefixLength,
            Peer = IPAddress.TryParse(Peer, out var peer) ? peer : null,
            Broadcast = IPAddress.TryParse(Broadcast, out var broadcast) ? broadcast : null,
            Scope = Scope,
            Flags = Flags,
            Label = Label,
            RoutePriority = RoutePriority,
        };
    }
}
