using Tandem.Core.Packets;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Announcing;

/// <summary>A bond's device, or a device above it.</summary>
/// <param name="Link">The device.</param>
/// <param name="Path">Tags of its frames when they leave the bond.</param>
internal sealed record UpperDevice(LinkInfo Link, WirePath Path);

/// <summary>
/// Finds the devices whose frames leave through a bond: VLAN devices and macvlans on it, the bridge of which it is a port, and devices on
/// these in turn. Devices in other network namespaces are invisible.
/// </summary>
internal static class UpperDevices
{
    /// <summary>The bond and the devices above it that are up, each once, lower devices first; empty if the bond is down.</summary>
    /// <param name="links">All interfaces.</param>
    /// <param name="vlans">VLANs of bridges with vlan_filtering.</param>
    /// <param name="bond">The bond's name.</param>
    public static IReadOnlyList<UpperDevice> Of(IReadOnlyList<LinkInfo> links, IReadOnlyList<BridgeVlan> vlans, string bond)
    {
        var up = links.Where(l => l.IsUp).ToList();
        if (up.Find(l => l.Name == bond) is not { } device)
            return [];
        var on = up.Where(l => l.Link is not null && l.LinkNetnsid is null).ToLookup(l => l.Link!.Value);
        var bridges = up.Where(l => l.Kind == "bridge").ToLookup(l => l.Ifindex);
        // Each device is visited once, even if devices form a loop.
        var seen = new HashSet<int> { device.Ifindex };
        var found = new List<UpperDevice> { new(device, WirePath.Bond) };
        for (var i = 0; i < found.Count; i++)
        {
            var lower = found[i];
            foreach (var link in on[lower.Link.Ifindex])
            {
                if (PathOn(lower.Path, link) is { } path && seen.Add(link.Ifindex))
                    found.Add(new UpperDevice(link, path));
            }
            foreach (var bridge in Forwards(lower.Link) ? bridges[lower.Link.Master ?? 0] : [])
            {
                var portVlans = bridge.FiltersVlans ? new PortVlans(vlans, bridge, lower.Link) : null;
                if (lower.Path.Bridge(portVlans) is { } path && seen.Add(bridge.Ifindex))
                    found.Add(new UpperDevice(bridge, path));
            }
        }
        return found;
    }

    private static WirePath? PathOn(WirePath lower, LinkInfo link) =>
        link switch
        {
            { VlanId: { } vlan } => lower.Vlan(new FrameTag(link.VlanProtocol, vlan)),
            { IsMacvlan: true } => lower,
            _ => null,
        };

    // A port that spanning tree blocks sends no frames.
    private static bool Forwards(LinkInfo port) => port.BridgePortState is null or Native.Rt.BR_STATE_FORWARDING;
}
