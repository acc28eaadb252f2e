using System.Net;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Members;

/// <summary>
/// Settings of an interface before it joined a bond: everything that <see cref="MemberKeeper.GiveBack"/> needs, also in another process.
/// Plain properties, for JSON.
/// </summary>
public sealed record SavedMember
{
    /// <summary>The interface's ifindex.</summary>
    public required int Ifindex { get; init; }

    /// <summary>The interface's name.</summary>
    public required string Name { get; init; }

    /// <summary>The MAC address.</summary>
    public required string Address { get; init; }

    /// <summary>The MAC address set as a member; null if it kept its own.</summary>
    public string? TakenAddress { get; init; }

    /// <summary>The MTU in bytes.</summary>
    public required int Mtu { get; init; }

    /// <summary>The flags (linux/if.h).</summary>
    public required uint Flags { get; init; }

    /// <summary>net.ipv6.conf.NAME.disable_ipv6; null without IPv6.</summary>
    public int? DisableIpv6 { get; init; }

    /// <summary>How IPv6 generates interface identifiers; null without IPv6.</summary>
    public byte? Inet6AddrGenMode { get; init; }

    /// <summary>The IP addresses.</summary>
    public IReadOnlyList<SavedAddress> Addresses { get; init; } = [];

    /// <summary>The routes, which exist while the interface is up; null if there are none.</summary>
    public IReadOnlyList<SavedRoute>? Routes { get; init; }

    /// <summary>Creates a record of an interface's present settings, without its routes.</summary>
    /// <param name="link">The interface.</param>
    /// <param name="addresses">Its IP addresses.</param>
    /// <param name="disableIpv6">net.ipv6.conf.NAME.disable_ipv6; null without IPv6.</param>
    /// <param name="now">Seconds of the machine's monotonic clock.</param>
    public static SavedMember From(LinkInfo link, IReadOnlyList<AddressInfo> addresses, int? disableIpv6, long now) =>
        new()
        {
            Ifindex = link.Ifindex,
            Name = link.Name,
            Address = link.Address.ToString(),
            Mtu = link.Mtu,
            Flags = (uint)link.Flags,
            DisableIpv6 = disableIpv6,
            Inet6AddrGenMode = link.Inet6AddrGenMode,
            Addresses = [.. addresses.Select(address => SavedAddress.From(address, now))],
        };
}

/// <summary>An IP address of an interface.</summary>
public sealed record SavedAddress
{
    /// <summary>The address.</summary>
    public required string Address { get; init; }

    /// <summary>Prefix length in bits.</summary>
    public required byte PrefixLength { get; init; }

    /// <summary>The peer address of a point-to-point link.</summary>
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

    /// <summary>End of the preferred lifetime, in seconds of the machine's monotonic clock; null for forever.</summary>
    public long? PreferredUntil { get; init; }

    /// <summary>End of the valid lifetime, in seconds of the machine's monotonic clock; null for forever. Then it is not restored any
    /// more.</summary>
    public long? ValidUntil { get; init; }

    internal static SavedAddress From(AddressInfo a, long now) =>
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
            PreferredUntil = Until(a.PreferredSeconds, now),
            ValidUntil = Until(a.ValidSeconds, now),
        };

    /// <summary>
    /// The address with its remaining lifetime; null if it has expired, or the record is malformed.
    /// </summary>
    /// <param name="ifindex">The interface.</param>
    /// <param name="now">Seconds of the machine's monotonic clock.</param>
    internal AddressInfo? For(int ifindex, long now)
    {
        if (!IPAddress.TryParse(Address, out var address) || ValidUntil <= now)
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
            PreferredSeconds = Left(PreferredUntil, now),
            ValidSeconds = Left(ValidUntil, now),
        };
    }

    private static long? Until(uint seconds, long now) => seconds == uint.MaxValue ? null : now + seconds;

    // At most one less than the largest number, which means forever.
    private static uint Left(long? until, long now) => until is { } end ? (uint)Math.Clamp(end - now, 0, uint.MaxValue - 1) : uint.MaxValue;
}
