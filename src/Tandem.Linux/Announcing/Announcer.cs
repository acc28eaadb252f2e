using System.Net;
using System.Net.Sockets;
using Tandem.Core.Packets;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Announcing;

/// <summary>
/// Makes the frames with which a bond tells neighbours and switches where its addresses and groups are now, for the bond's
/// device and, tagged, for VLAN devices on it.
/// </summary>
internal sealed class Announcer(RouteSocket route, string bond, Action<ReadOnlySpan<byte>> send)
{
    private readonly byte[] _frame = new byte[GroupReport.MaxLength];

    /// <summary>A gratuitous ARP request (unless the device has ARP off) or an unsolicited neighbour advertisement for each address.</summary>
    public void Addresses()
    {
        foreach (var (link, tag, addresses) in Devices())
        {
            var isRouter = Sysctl.ReadForwarding6(link.Name);
            foreach (var address in addresses.Where(a => a.IsUsable))
            {
                var isIp4 = address.Address.AddressFamily == AddressFamily.InterNetwork;
                if (isIp4 && link.Flags.HasFlag(LinkFlags.NoArp))
                    continue;
                var octets = address.Address.GetAddressBytes();
                var length = isIp4
                    ? GratuitousArp.Write(_frame, link.Address, octets, tag)
                    : NeighborAdvertisement.Write(_frame, link.Address, octets, isRouter, tag);
                send(_frame.AsSpan(0, length));
            }
        }
    }

    /// <summary>IGMPv3 and MLDv2 reports of all groups.</summary>
    public void Groups()
    {
        foreach (var (link, tag, addresses) in Devices())
        {
            var ip4 = addresses.FirstOrDefault(a => a.Address.AddressFamily == AddressFamily.InterNetwork)?.Address ?? IPAddress.Any;
            foreach (var groups in GroupMemberships.ReadIp4(link.Name).Chunk(GroupReport.MaxGroups * Ip4Header.AddressLength))
                send(_frame.AsSpan(0, GroupReport.WriteIgmp(_frame, link.Address, ip4.GetAddressBytes(), groups, tag)));
            var ip6 = addresses.FirstOrDefault(a => a.Address.IsIPv6LinkLocal && a.IsUsable)?.Address ?? IPAddress.IPv6Any;
            foreach (var groups in GroupMemberships.ReadIp6(link.Name).Chunk(GroupReport.MaxGroups * Ip6Header.AddressLength))
                send(_frame.AsSpan(0, GroupReport.WriteMld(_frame, link.Address, ip6.GetAddressBytes(), groups, tag)));
        }
    }

    /// <summary>The bond's device and the VLAN devices on it that are up, with the tag of their frames and their addresses.</summary>
    private List<(LinkInfo Link, OuterTag? Tag, IReadOnlyList<AddressInfo> Addresses)> Devices()
    {
        var devices = new List<(LinkInfo, OuterTag?, IReadOnlyList<AddressInfo>)>();
        if (route.GetLinks().Value is not { } links || route.GetAddresses().Value is not { } addresses)
            return devices;
        if (links.FirstOrDefault(l => l.Name == bond) is not { } device)
            return devices;
        foreach (var link in links)
        {
            var isVlan = link.VlanId is not null && link.Link == device.Ifindex && link.LinkNetnsid is null;
            if (!link.IsUp || (link.Ifindex != device.Ifindex && !isVlan))
                continue;
            OuterTag? tag = isVlan ? new OuterTag(link.VlanProtocol, link.VlanId!.Value) : null;
            devices.Add((link, tag, [.. addresses.Where(a => a.Ifindex == link.Ifindex)]));
        }
        return devices;
    }
}
