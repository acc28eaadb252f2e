using System.Collections.Concurrent;
using System.Net;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Monitoring;
using Tandem.Linux.Netlink;
using Tandem.Linux.Stack;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Stack;

public class StackWatchTests
{
    private static readonly IPAddress Near = IPAddress.Parse("192.0.2.9");
    private static readonly IPAddress Far = IPAddress.Parse("198.51.100.9");
    private static readonly IPAddress Other = IPAddress.Parse("203.0.113.9");
    private static readonly IPAddress Near6 = IPAddress.Parse("2001:db8::9");
    private static readonly IPAddress Link6 = IPAddress.Parse("fe80::9");

    [Fact]
    public void Ways_lead_by_the_bond_elsewhere_or_nowhere_and_a_gateway_counts_as_nowhere_in_ip4()
    {
        Netns.Require();
        using var here = Host();
        here.Ip("route add 198.51.100.0/24 via 192.0.2.1");
        here.Ip("route add 2001:db8:1::/48 via 2001:db8::1");
        var far6 = IPAddress.Parse("2001:db8:1::9");
        var stack = Read(here, Near, Far, Other, Near6, far6, Link6, IPAddress.Parse("100.64.0.1"))!;

        Assert.True(stack.Addresses.Contains(IPAddress.Parse("192.0.2.5").GetAddressBytes()));
        Assert.False(stack.Addresses.Contains(IPAddress.Parse("203.0.113.5").GetAddressBytes()));
        var way = stack.WayTo(Near);
        Assert.Equal((ProbeRoute.ByBond, IPAddress.Parse("192.0.2.5")), (way.Route, way.Source));
        Assert.Empty(way.Tags);
        Assert.Equal(ProbeWay.None(Far), stack.WayTo(Far));
        Assert.Equal(ProbeRoute.Elsewhere, stack.WayTo(Other).Route);
        Assert.Equal(ProbeRoute.None, stack.WayTo(IPAddress.Parse("100.64.0.1")).Route);
        Assert.Equal((ProbeRoute.ByBond, IPAddress.Parse("2001:db8::5")), (stack.WayTo(Near6).Route, stack.WayTo(Near6).Source));
        Assert.Equal((ProbeRoute.ByBond, IPAddress.Parse("2001:db8::5")), (stack.WayTo(far6).Route, stack.WayTo(far6).Source));
        var link = stack.WayTo(Link6);
        Assert.True(link is { Route: ProbeRoute.ByBond, Source.IsIPv6LinkLocal: true }, link.ToString());
    }

    [Fact]
    public void A_change_of_address_or_route_is_told_soon()
    {
        Netns.Require();
        using var here = Host();
        var told = new ConcurrentQueue<HostStack>();
        using var watch = here.Run(() => new StackWatch(new StackQuestion(Ifindex(here), null, [Far]), told.Enqueue));
        Until.True(() => told.Count == 1, "a first answer");
        here.Ip("addr add 198.51.100.5/24 dev bond0");
        Until.True(() => told.LastOrDefault()?.WayTo(Far).Source.Equals(IPAddress.Parse("198.51.100.5")) == true, "the new address");
        here.Ip("addr del 198.51.100.5/24 dev bond0");
        Until.True(() => told.LastOrDefault()?.WayTo(Far).Route == ProbeRoute.None, "the address is gone");
        watch.Ask(new StackQuestion(Ifindex(here), null, [Near]));
        Until.True(() => told.LastOrDefault()?.WayTo(Near).Route == ProbeRoute.ByBond, "another target");
    }

    [Fact]
    public void A_macvlan_is_a_station_and_has_its_addresses()
    {
        Netns.Require();
        using var here = Host();
        here.Ip("link add mac0 link bond0 address 02:00:00:00:00:77 type macvlan mode bridge");
        here.Ip("link set mac0 up");
        here.Ip("addr add 203.0.113.77/32 dev mac0");
        var stack = Read(here)!;
        Assert.True(stack.Addresses.Contains(IPAddress.Parse("203.0.113.77").GetAddressBytes()));
        Assert.Equal(new HostStation(new MacAddress(0x0200_0000_0077), [], IsVlan: false), Assert.Single(stack.Stations));
    }

    private static Netns Host()
    {
        var here = new Netns();
        here.Ip("link add bond0 type veth peer name peer0");
        here.Ip("link add other0 type veth peer name otherpeer0");
        foreach (var name in new[] { "peer0", "bond0", "otherpeer0", "other0" })
            here.Ip($"link set {name} up");
        here.Ip("addr add 192.0.2.5/24 dev bond0");
        here.Ip("addr add 203.0.113.5/24 dev other0");
        here.Ip("addr add 2001:db8::5/64 dev bond0 nodad");
        here.Ip("addr add fe80::5/64 dev bond0 nodad");
        return here;
    }

    private static int Ifindex(Netns here) =>
        here.Run(() =>
        {
            using var route = new RouteSocket();
            return route.GetLink("bond0").Value!.Ifindex;
        });

    private static HostStack? Read(Netns here, params IPAddress[] targets) =>
        here.Run(() =>
        {
            using var route = new RouteSocket();
            return new StackReader(route).Read(route.GetLink("bond0").Value!.Ifindex, targets);
        });
}
