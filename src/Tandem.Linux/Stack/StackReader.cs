using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Monitoring;
using Tandem.Linux.Announcing;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Stack;

/// <summary>Reads the IP configuration on bonds. Data common to all bonds is requested once per reader.</summary>
/// <param name="route">A route socket in the network namespace of the bonds' devices.</param>
internal sealed class StackReader(RouteSocket route)
{
    private readonly Lazy<IReadOnlyList<LinkInfo>?> _links = new(() => route.GetLinks().Value);
    private readonly Lazy<ILookup<int, AddressInfo>?> _addresses = new(() =>
        route.GetAddresses().Value?.Where(a => a.IsUsable).ToLookup(a => a.Ifindex)
    );
    private readonly Lazy<IReadOnlyList<BridgeVlan>?> _vlans = new(() => route.GetBridgeVlans().Value);

    /// <summary>The present IP configuration; null if the bond's device does not exist, or the kernel does not answer.</summary>
    /// <param name="ifindex">The bond's device.</param>
    /// <param name="targets">The addresses whose routes are needed.</param>
    public HostStack? Read(int ifindex, IReadOnlyList<IPAddress> targets)
    {
        if (_links.Value is not { } links || links.FirstOrDefault(l => l.Ifindex == ifindex) is not { } bond)
            return null;
        if (_addresses.Value is not { } addresses)
            return null;
        var vlans = links.Any(l => l.FiltersVlans) ? _vlans.Value : null;
        var devices = UpperDevices.Of(links, vlans ?? [], bond.Name);
        return new HostStack
        {
            Addresses = SetOf(devices),
            OwnAddresses = SetOf(devices.Where(device => device.Link.Address == bond.Address)),
            Stations = [.. devices.Select(StationOf).OfType<HostStation>()],
            Ways = [.. targets.Select(target => WayTo(target, ifindex, devices, addresses))],
        };

        IpAddressSet SetOf(IEnumerable<UpperDevice> some) =>
            new(some.SelectMany(device => addresses[device.Link.Ifindex]).Select(a => a.Address));
    }

    private static HostStation? StationOf(UpperDevice device) =>
        device is { Link: { IsMacvlan: true } or { VlanId: not null }, Path.Tags: { } tags }
            ? new HostStation(device.Link.Address, [.. tags], device.Link.VlanId is not null)
            : null;

    private ProbeWay WayTo(IPAddress target, int bond, IReadOnlyList<UpperDevice> devices, ILookup<int, AddressInfo> addresses)
    {
        // Each interface has a route to all link-local addresses: only the bond's is of interest.
        var found = route.GetRoute(target, target.IsIPv6LinkLocal ? bond : null).Value;
        if (found is null || (found.HasGateway && target.AddressFamily == AddressFamily.InterNetwork))
            return ProbeWay.None(target);
        var device = devices.FirstOrDefault(d => d.Link.Ifindex == found.Ifindex);
        if (device?.Path.Tags is not { } tags)
            return new ProbeWay(target, ProbeRoute.Elsewhere, [], ProbeWay.Unspecified(target));
        // A tag with VLAN ID 0 has a priority only.
        var real = tags.Where(tag => tag.VlanId != 0).ToImmutableArray();
        return new ProbeWay(target, ProbeRoute.ByBond, real, SourceFor(target, found, addresses[found.Ifindex]));
    }

    // The kernel may choose an address of another interface if this one has none: neighbours would send their answer to that interface.
    private static IPAddress SourceFor(IPAddress target, RouteInfo found, IEnumerable<AddressInfo> own)
    {
        if (found.Source is { } source && own.Any(a => a.Address.Equals(source)))
            return source;
        return own.FirstOrDefault(a =>
                a.Family == (target.AddressFamily == AddressFamily.InterNetwork ? SocketCalls.AF_INET : SocketCalls.AF_INET6)
            )?.Address
            ?? ProbeWay.Unspecified(target);
    }
}
