using System.Net;
using Tandem.Core;
using Tandem.Linux.Netlink;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Netlink;

public class RouteSocketTests
{
    [Fact]
    public void Links_are_read_and_changed()
    {
        Netns.Require();
        using var here = new Netns();
        using var there = new Netns();
        here.AddVeth("m0", there, "p0");
        using var route = here.Run(() => new RouteSocket());
        var link = route.GetLink("m0").Value!;
        Assert.Equal("veth", link.Kind);
        Assert.NotNull(link.LinkNetnsid);
        Assert.False(link.IsUp);

        Assert.True(route.SetMtu(link.Ifindex, 1400).IsOk);
        Assert.True(route.SetAddress(link.Ifindex, new MacAddress(0x0200_0000_0007)).IsOk);
        Assert.True(route.SetUp(link.Ifindex, true).IsOk);
        link = route.GetLink(link.Ifindex).Value!;
        Assert.Equal((1400, "02:00:00:00:00:07", true), (link.Mtu, link.Address.ToString(), link.IsUp));
        Assert.Equal(["lo", "m0"], route.GetLinks().Value!.Select(l => l.Name).Order());

        Assert.True(route.DeleteLink(link.Ifindex).IsOk);
        Assert.Equal(19, route.GetLink("m0").Error.Errno);
    }

    [Fact]
    public void The_kernels_own_words_come_with_an_error()
    {
        Netns.Require();
        using var here = new Netns();
        using var there = new Netns();
        here.AddVeth("m0", there, "p0");
        using var route = here.Run(() => new RouteSocket());
        var result = route.SetMtu(route.GetLink("m0").Value!.Ifindex, 10);
        Assert.Equal(22, result.Errno);
        Assert.Contains("mtu", result.Detail, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Addresses_are_added_and_removed()
    {
        Netns.Require();
        using var here = new Netns();
        using var route = here.Run(() => new RouteSocket());
        var lo = route.GetLink("lo").Value!.Ifindex;
        foreach (var text in new[] { "10.1.2.3", "fd00::5" })
        {
            var address = new AddressInfo
            {
                Ifindex = lo,
                Address = IPAddress.Parse(text),
                PrefixLength = 24,
            };
            Assert.True(route.AddAddress(address).IsOk);
            Assert.Contains(route.GetAddresses(lo).Value!, a => a.Address.Equals(address.Address) && a.PrefixLength == 24);
            Assert.True(route.DeleteAddress(address).IsOk);
            Assert.DoesNotContain(route.GetAddresses(lo).Value!, a => a.Address.Equals(address.Address));
        }
    }

    [Fact]
    public void Learned_addresses_of_bridges_are_read_and_macvlans_in_other_namespaces_found()
    {
        Netns.Require();
        using var here = new Netns();
        using var there = new Netns();
        here.AddVeth("m0", there, "p0");
        here.Ip("link add br0 type bridge");
        here.Ip("link set m0 master br0");
        foreach (var name in new[] { "m0", "br0" })
            here.Ip($"link set {name} up");
        there.Ip("link set p0 up");
        here.Ip("link add mac address 02:00:00:00:00:08 link br0 type macvlan");
        here.Ip($"link set mac netns {there.Name}");
        there.Ip("link set mac up");
        here.Execute("bridge", "fdb add 02:00:00:00:00:07 dev m0 master static");
        using var route = here.Run(() => new RouteSocket());
        var (port, bridge) = (route.GetLink("m0").Value!, route.GetLink("br0").Value!);
        Until.True(() => route.GetLink("m0").Value!.BridgePortState == 3, "the port forwards");
        Assert.Equal((bridge.Ifindex, "bridge"), (port.Master, port.SlaveKind));
        Assert.Equal((false, null), (bridge.FiltersVlans, bridge.BridgePortState));
        var entries = route.GetForwardingEntries().Value!;
        Assert.Contains(new ForwardingEntry(port.Ifindex, bridge.Ifindex, new MacAddress(0x0200_0000_0007), 0, false), entries);
        Assert.Contains(new ForwardingEntry(port.Ifindex, bridge.Ifindex, port.Address, 0, true), entries);
        Assert.Contains(new ForwardingEntry(bridge.Ifindex, null, new MacAddress(0x0200_0000_0008), 0, true), entries);
        Assert.True(route.GetBridgeVlans().IsOk);
    }

    [Fact]
    public void Whether_an_interface_forwards_ip6_is_told_with_it()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add m0 type veth peer name p0");
        here.Execute("sysctl", "-q net.ipv6.conf.m0.forwarding=1");
        using var route = here.Run(() => new RouteSocket());
        Assert.Equal((true, false), (route.GetLink("m0").Value!.ForwardsIp6, route.GetLink("p0").Value!.ForwardsIp6));
    }

    [Fact]
    public void A_dump_of_many_links_is_read_to_its_end()
    {
        Netns.Require();
        using var here = new Netns();
        for (var i = 0; i < 40; i++)
            here.Ip($"link add a{i} type veth peer name b{i}");
        using var route = here.Run(() => new RouteSocket());
        Assert.Equal(81, route.GetLinks().Value!.Count);
    }
}
