using System.Collections.Immutable;
using System.Net;
using System.Net.Sockets;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Monitoring;
using Tandem.Core.Packets;

namespace Tandem.Simulation;

/// <summary>The IP configuration of a simulated host on its bond.</summary>
public static class Stacks
{
    /// <summary>The host's IPv4 address.</summary>
    public const string Ip4 = "192.0.2.1";

    /// <summary>The host's IPv6 address.</summary>
    public const string Ip6 = "2001:db8::1";

    private static readonly IpAddressSet Own = new([IPAddress.Parse(Ip4), IPAddress.Parse(Ip6)]);

    /// <summary>Both addresses on the bond, or on a VLAN device above it, and a way to all targets there.</summary>
    public static HostStack OnBond(IReadOnlyList<IPAddress> targets, params FrameTag[] tags) =>
        new()
        {
            Addresses = Own,
            OwnAddresses = Own,
            Ways = [.. targets.Select(target => By(target, tags))],
        };

    /// <summary>No address and no way.</summary>
    public static HostStack WithoutRoutes(IReadOnlyList<IPAddress> targets) => new() { Ways = [.. targets.Select(ProbeWay.None)] };

    /// <summary>Both addresses, and all targets on other interfaces.</summary>
    public static HostStack Elsewhere(IReadOnlyList<IPAddress> targets) =>
        OnBond(targets) with
        {
            Ways = [.. targets.Select(target => new ProbeWay(target, ProbeRoute.Elsewhere, [], ProbeWay.Unspecified(target)))],
        };

    /// <summary>The way by the bond.</summary>
    public static ProbeWay By(IPAddress target, params FrameTag[] tags) =>
        new(
            target,
            ProbeRoute.ByBond,
            tags.ToImmutableArray(),
            IPAddress.Parse(target.AddressFamily == AddressFamily.InterNetwork ? Ip4 : Ip6)
        );
}
