using Tandem.Core;
using Tandem.Core.Packets;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Announcing;

/// <summary>A station whose frames leave through a bond.</summary>
/// <param name="Address">The station's MAC address.</param>
/// <param name="Tags">VLAN tags of its frames, outermost first.</param>
internal sealed record Station(MacAddress Address, FrameTag[] Tags);

/// <summary>
/// Finds stations whose frames leave through a bond, but whose IP addresses are unknown here: virtual machines and containers behind a
/// bridge, and macvlans in other network namespaces.
/// </summary>
internal static class StationsBehind
{
    /// <summary>Maximum number of stations, so that a failover does not cause a broadcast storm.</summary>
    public const int Most = 1024;

    /// <summary>The stations, at most <see cref="Most"/>.</summary>
    /// <param name="devices">The bond and the devices above it.</param>
    /// <param name="entries">Forwarding database entries of bridges and interfaces.</param>
    /// <param name="announced">Stations that were announced with their IP addresses.</param>
    public static IReadOnlyList<Station> Of(
        IReadOnlyList<UpperDevice> devices,
        IReadOnlyList<ForwardingEntry> entries,
        IReadOnlySet<MacAddress> announced
    )
    {
        var ownEntries = entries.Where(e => e.Bridge is null).ToLookup(e => e.Ifindex);
        var bridgeEntries = entries.Where(e => e.Bridge is not null && !e.IsPermanent).ToLookup(e => e.Bridge!.Value);
        var wire = devices.Select(d => d.Link.Ifindex).ToHashSet();
        // Other devices without IP addresses send nothing, but a macvlan may belong to a container or a virtual machine.
        var known = devices.Where(d => !d.Link.IsMacvlan).Select(d => d.Link.Address).Concat(announced).ToHashSet();
        var stations = new List<Station>();
        // A device also has the addresses that devices above it listen for, so upper devices come first.
        foreach (var (link, path) in devices.Reverse())
        {
            foreach (var entry in ownEntries[link.Ifindex])
            {
                if (entry.Address.IsValidUnicast && path.Tags is { } tags && known.Add(entry.Address))
                    stations.Add(new Station(entry.Address, tags));
            }
            // Entries on a port that leads to the bond are stations outside.
            foreach (var entry in bridgeEntries[link.Ifindex].Where(e => !wire.Contains(e.Ifindex)))
            {
                if (entry.Address.IsValidUnicast && path.TagsOf(entry.Vlan) is { } tags)
                    stations.Add(new Station(entry.Address, tags));
            }
        }
        return stations.Count <= Most ? stations : stations.GetRange(0, Most);
    }
}
