using Tandem.Core;
using Tandem.Core.Packets;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Announcing;

/// <summary>A station whose frames leave by a bond.</summary>
/// <param name="Address">Its address.</param>
/// <param name="Tags">The VLAN tags of its frames, the outermost first.</param>
internal sealed record Station(MacAddress Address, FrameTag[] Tags);

/// <summary>
/// Finds the stations whose frames leave by a bond, but whose IP addresses are not known here: virtual machines and containers
/// behind a bridge, and macvlans that a container has in its own network namespace.
/// </summary>
internal static class StationsBehind
{
    /// <summary>Most stations, so that a move does not become a storm of broadcasts.</summary>
    public const int Most = 1024;

    /// <summary>The stations, at most <see cref="Most"/>.</summary>
    /// <param name="devices">The bond and the devices above it.</param>
    /// <param name="entries">All that bridges and interfaces know.</param>
    /// <param name="announced">Stations that have been announced with their IP addresses.</param>
    public static IReadOnlyList<Station> Of(
        IReadOnlyList<UpperDevice> devices,
        IReadOnlyList<ForwardingEntry> entries,
        IReadOnlySet<MacAddress> announced
    )
    {
        var ownEntries = entries.Where(e => e.Bridge is null).ToLookup(e => e.Ifindex);
        var bridgeEntries = entries.Where(e => e.Bridge is not null && !e.IsPermanent).ToLookup(e => e.Bridge!.Value);
        var wire = devices.Select(d => d.Link.Ifindex).ToHashSet();
        // A device that never sends is not announced, but a macvlan is the door of a container or of a machine.
        var known = devices.Where(d => !d.Link.IsMacvlan).Select(d => d.Link.Address).Concat(announced).ToHashSet();
        var stations = new List<Station>();
        // A device also listens for what devices above it listen for, so the upper ones come first.
        foreach (var (link, path) in devices.Reverse())
        {
            foreach (var entry in ownEntries[link.Ifindex])
            {
                if (entry.Address.IsValidUnicast && path.Tags is { } tags && known.Add(entry.Address))
                    stations.Add(new Station(entry.Address, tags));
            }
            // What a bridge learned on a port that itself leads to the bond is outside.
            foreach (var entry in bridgeEntries[link.Ifindex].Where(e => !wire.Contains(e.Ifindex)))
            {
                if (entry.Address.IsValidUnicast && path.TagsOf(entry.Vlan) is { } tags)
                    stations.Add(new Station(entry.Address, tags));
            }
        }
        return stations.Count <= Most ? stations : stations.GetRange(0, Most);
    }
}
