using System.Net;
using Tandem.Core;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Real;

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
