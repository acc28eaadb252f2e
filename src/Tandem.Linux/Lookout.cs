using Tandem.Core;
using Tandem.Linux.Netlink;

namespace Tandem.Linux;

/// <summary>The interfaces of a bond.</summary>
/// <param name="Device">The number of its device.</param>
/// <param name="Netnsid">The id of the network namespace where that is; null for this one.</param>
/// <param name="OtherEnd">The number of the device's other end; null if it has none.</param>
/// <param name="Members">The numbers of its members.</param>
public sealed record Outlook(int Device, int? Netnsid, int? OtherEnd, IReadOnlyList<int> Members);

/// <summary>What was seen of a bond's interfaces at one moment, perhaps some ms ago.</summary>
/// <param name="Device">Its device; null if it is gone.</param>
/// <param name="OtherEnd">The device's other end; null if it is gone, or there is none.</param>
/// <param name="OtherEndHasAddresses">Whether the other end has IP addresses.</param>
/// <param name="Members">The members, by number.</param>
public sealed record Sighting(
    LinkInfo? Device,
    LinkInfo? OtherEnd,
    bool OtherEndHasAddresses,
    IReadOnlyDictionary<int, LinkStatus> Members
);

/// <summary>
/// Looks at interfaces for what the kernel sends no news of. It waits for the kernel's lock on interfaces (RTNL), so it is for a thread that
/// decides nothing. One thread at a time, in the network namespace of the thread that made it.
/// </summary>
public sealed class Lookout : IDisposable
{
    private readonly RouteSocket _route = new();
    private readonly Ethtool _ethtool = new();

    /// <summary>Looks at a bond's interfaces.</summary>
    public Sighting Look(Outlook outlook)
    {
        ArgumentNullException.ThrowIfNull(outlook);
        var end = outlook.OtherEnd is { } other ? _route.GetLinkWithoutStatistics(other).Value : null;
        var hasAddresses = end is not null && _route.GetAddresses(end.Ifindex).Value is { Count: > 0 };
        var members = outlook
            .Members.Select(ifindex => _route.GetLinkWithoutStatistics(ifindex).Value)
            .OfType<LinkInfo>()
            .ToDictionary(link => link.Ifindex, StatusOf);
        return new Sighting(DeviceOf(outlook), end, hasAddresses, members);
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

    private LinkInfo? DeviceOf(Outlook outlook)
    {
        if (outlook.Netnsid is not { } elsewhere)
            return _route.GetLink(outlook.Device).Value;
        using var there = new RouteSocket { Netnsid = elsewhere };
        return there.GetLink(outlook.Device).Value;
    }
}
