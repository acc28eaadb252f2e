using System.Collections.Frozen;
using Tandem.Core;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Interfaces;

/// <summary>The interfaces of a bond.</summary>
/// <param name="Device">Ifindex of its device.</param>
/// <param name="Netnsid">ID of the device's network namespace; null for this one.</param>
/// <param name="OtherEnd">Ifindex of the device's other end; null if it has none.</param>
/// <param name="Members">Ifindexes of its members.</param>
public sealed record Outlook(int Device, int? Netnsid, int? OtherEnd, IReadOnlyList<int> Members);

/// <summary>State of a bond's interfaces at one moment, possibly some ms ago.</summary>
/// <param name="Device">The bond's device; null if it is gone.</param>
/// <param name="OtherEnd">The device's other end; null if it is gone, or there is none.</param>
/// <param name="OtherEndHasAddresses">Whether the other end has IP addresses.</param>
/// <param name="Members">The members, by ifindex.</param>
public sealed record Sighting(
    LinkInfo? Device,
    LinkInfo? OtherEnd,
    bool OtherEndHasAddresses,
    IReadOnlyDictionary<int, LinkStatus> Members
);

/// <summary>An interface, with names that can be resolved only in its network namespace.</summary>
/// <param name="Link">The interface.</param>
/// <param name="Below">The name of the interface below it; null if there is none in the same namespace.</param>
/// <param name="Master">The name of the bond or bridge whose port it is; null if there is none.</param>
public sealed record NamedLink(LinkInfo Link, string? Below, string? Master);

/// <summary>A bond's interfaces with their counters at one moment.</summary>
/// <param name="Device">The bond's device; null if it is gone.</param>
/// <param name="OtherEnd">The device's other end; null if it is gone, or there is none.</param>
/// <param name="Members">The existing members, by ifindex.</param>
/// <param name="Refused">Frames that members dropped, by the member's ifindex.</param>
public sealed record LinkReading(
    NamedLink? Device,
    LinkInfo? OtherEnd,
    IReadOnlyDictionary<int, NamedLink> Members,
    IReadOnlyDictionary<int, RefusedFrames> Refused
)
{
    /// <summary>An empty reading.</summary>
    public static LinkReading None { get; } =
        new(null, null, FrozenDictionary<int, NamedLink>.Empty, FrozenDictionary<int, RefusedFrames>.Empty);
}

/// <summary>
/// Reads interfaces for changes that the kernel does not report. Waits for the kernel's lock on interfaces (RTNL), so it must not run on
/// the writer's thread. Used by one thread at a time, in the network namespace of the thread that created it.
/// </summary>
public sealed class Lookout : IDisposable
{
    private readonly RouteSocket _route = new();
    private readonly Ethtool _ethtool = new();

    /// <summary>Reads a bond's interfaces.</summary>
    public Sighting Look(Outlook outlook)
    {
        ArgumentNullException.ThrowIfNull(outlook);
        var end = outlook.OtherEnd is { } other ? _route.GetLinkWithoutStatistics(other).Value : null;
        var hasAddresses = end is not null && _route.GetAddresses(end.Ifindex).Value is { Count: > 0 };
        var members = outlook
            .Members.Select(ifindex => _route.GetLinkWithoutStatistics(ifindex).Value)
            .OfType<LinkInfo>()
            .ToDictionary(link => link.Ifindex, StatusOf);
        var device = InNamespaceOf(outlook, route => route.GetLink(outlook.Device).Value);
        return new Sighting(device, end, hasAddresses, members);
    }

    /// <summary>Reads a bond's interfaces with their counters.</summary>
    public LinkReading Read(Outlook outlook)
    {
        ArgumentNullException.ThrowIfNull(outlook);
        var members = outlook.Members.Select(ifindex => _route.GetLink(ifindex).Value).OfType<LinkInfo>().ToList();
        return new LinkReading(
            InNamespaceOf(outlook, route => route.GetLink(outlook.Device).Value is { } device ? Named(route, device) : null),
            outlook.OtherEnd is { } end ? _route.GetLink(end).Value : null,
            members.ToDictionary(link => link.Ifindex, link => Named(_route, link)),
            members.ToDictionary(link => link.Ifindex, _route.GetRefused)
        );
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        _ethtool.Dispose();
        _route.Dispose();
    }

    private LinkStatus StatusOf(LinkInfo link)
    {
        var (speed, duplex) = _ethtool.ReadSpeed(link.Name);
        return new LinkStatus(link.IsUp, link.Flags.HasFlag(LinkFlags.LowerUp), speed, duplex);
    }

    private static NamedLink Named(RouteSocket route, LinkInfo link)
    {
        var below = link is { Link: > 0, LinkNetnsid: null } ? NameOf(route, link.Link.Value) : null;
        return new NamedLink(link, below, link.Master is { } master ? NameOf(route, master) : null);
    }

    private static string? NameOf(RouteSocket route, int ifindex) => route.GetLinkWithoutStatistics(ifindex).Value?.Name;

    private T InNamespaceOf<T>(Outlook outlook, Func<RouteSocket, T> read)
    {
        if (outlook.Netnsid is not { } elsewhere)
            return read(_route);
        using var there = new RouteSocket { Netnsid = elsewhere };
        return read(there);
    }
}
