using System.Net;
using System.Net.Sockets;
using Tandem.Core;
using Tandem.Core.Packets;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Announcing;

/// <summary>
/// Builds and sends the announcements of a bond's addresses and groups, for the bond's device and for the devices above it, each with its
/// VLAN tags.
/// </summary>
/// <param name="route">A socket in the bond's network namespace.</param>
/// <param name="bond">The bond's name in that namespace.</param>
/// <param name="send">Sends a frame on the active member.</param>
/// <param name="groupsFolder">The folder with that namespace's group memberships.</param>
internal sealed class Announcer(
    RouteSocket route,
    string bond,
    Action<ReadOnlySpan<byte>> send,
    string groupsFolder = GroupMemberships.Here
)
{
    private readonly byte[] _frame = new byte[GroupReport.MaxLength];

    /// <summary>
    /// Sends a gratuitous ARP request (unless the device has ARP off) or an unsolicited neighbour advertisement for each address, and a
    /// reverse ARP request for each station behind a bridge or in another network namespace.
    /// </summary>
    /// <param name="ofOthers">True to leave out devices that have the bond's own MAC address.</param>
    public void Addresses(bool ofOthers)
    {
        if (route.GetAddresses().Value?.Where(a => a.IsUsable).ToLookup(a => a.Ifindex) is not { } addresses)
            return;
        var devices = Devices();
        var announced = new HashSet<MacAddress>();
        foreach (var (link, path) in devices)
        {
            if (path.Tags is not { } tags || (ofOthers && link.Address == devices[0].Link.Address))
                continue;
            foreach (var address in addresses[link.Ifindex])
            {
                var isIp4 = address.Address.AddressFamily == AddressFamily.InterNetwork;
                if (isIp4 && link.Flags.HasFlag(LinkFlags.NoArp))
                    continue;
                var octets = address.Address.GetAddressBytes();
                Send(
                    isIp4
                        ? GratuitousArp.Write(_frame, link.Address, octets, tags)
                        : NeighborAdvertisement.Write(_frame, link.Address, octets, link.ForwardsIp6, tags)
                );
                announced.Add(link.Address);
            }
        }
        foreach (var station in StationsBehind.Of(devices, route.GetForwardingEntries().Value ?? [], announced))
            Send(StationAnnouncement.Write(_frame, station.Address, station.Tags));
    }

    /// <summary>Sends IGMPv3 and MLDv2 reports of all groups.</summary>
    public void Groups()
    {
        if (route.GetAddresses().Value?.ToLookup(a => a.Ifindex) is not { } addresses)
            return;
        var memberships = GroupMemberships.Read(groupsFolder);
        foreach (var (link, path) in Devices())
        {
            if (path.Tags is not { } tags)
                continue;
            var own = addresses[link.Ifindex];
            var ip4 = own.FirstOrDefault(a => a.Address.AddressFamily == AddressFamily.InterNetwork)?.Address ?? IPAddress.Any;
            foreach (var groups in memberships.Ip4(link.Name).Chunk(GroupReport.MaxGroups * Ip4Header.AddressLength))
                Send(GroupReport.WriteIgmp(_frame, link.Address, ip4.GetAddressBytes(), groups, tags));
            var ip6 = own.FirstOrDefault(a => a.Address.IsIPv6LinkLocal && a.IsUsable)?.Address ?? IPAddress.IPv6Any;
            foreach (var groups in memberships.Ip6(link.Name).Chunk(GroupReport.MaxGroups * Ip6Header.AddressLength))
                Send(GroupReport.WriteMld(_frame, link.Address, ip6.GetAddressBytes(), groups, tags));
        }
    }

    private IReadOnlyList<UpperDevice> Devices()
    {
        if (route.GetLinks().Value is not { } links)
            return [];
        // There may be thousands of VLANs, and most bridges do not filter by them.
        var vlans = links.Any(l => l.FiltersVlans) ? route.GetBridgeVlans().Value : null;
        return UpperDevices.Of(links, vlans ?? [], bond);
    }

    private void Send(int length) => send(_frame.AsSpan(0, length));
}
