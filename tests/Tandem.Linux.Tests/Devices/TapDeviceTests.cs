using Tandem.Core;
using Tandem.Linux.Devices;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Netlink;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Devices;

public class TapDeviceTests
{
    [Fact]
    public void Carrier_and_speed_follow_what_is_set()
    {
        Netns.Require();
        using var here = new Netns();
        here.Run(() =>
        {
            using var route = new RouteSocket();
            using var ethtool = new Ethtool();
            using var tap = TapDevice.Open("bond0", reattach: false).Value!;
            var ifindex = route.GetLink("bond0").Value!.Ifindex;
            route.SetUp(ifindex, true);
            Assert.True(tap.SetCarrier(false).IsOk);
            Assert.False(route.GetLink(ifindex).Value!.IsRunning);
            Assert.True(tap.SetCarrier(true).IsOk);
            Assert.True(route.GetLink(ifindex).Value!.IsRunning);
            Assert.True(ethtool.SetSpeed("bond0", 20000, Duplex.Full).IsOk);
            Assert.Equal((20000u, Duplex.Full), ethtool.ReadSpeed("bond0"));
            Assert.True(ethtool.SetSpeed("bond0", 0, Duplex.Unknown).IsOk);
            Assert.Equal((0u, Duplex.Unknown), ethtool.ReadSpeed("bond0"));
            Assert.Equal((0u, Duplex.Unknown), ethtool.ReadSpeed("none"));
        });
    }

    [Fact]
    public void A_persistent_device_stays_and_is_taken_over()
    {
        Netns.Require();
        using var here = new Netns();
        here.Run(() =>
        {
            using var route = new RouteSocket();
            int first;
            using (var tap = TapDevice.Open("bond0", reattach: false).Value!)
            {
                Assert.True(tap.SetPersistent(true).IsOk);
                first = route.GetLink("bond0").Value!.Ifindex;
                Assert.Contains("another process has", TapDevice.Open("bond0", reattach: true).Error.Detail, StringComparison.Ordinal);
            }
            Assert.Contains("exists", TapDevice.Open("bond0", reattach: false).Error.Detail, StringComparison.Ordinal);
            using (var tap = TapDevice.Open("bond0", reattach: true).Value!)
            {
                Assert.Equal(first, route.GetLink("bond0").Value!.Ifindex);
                tap.SetPersistent(false);
            }
            Assert.False(route.GetLink("bond0").IsOk);
        });
    }

    [Fact]
    public void Errors_name_the_obstacle()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add veth7 type veth peer name veth8");
        here.Run(() =>
        {
            Assert.Contains("veth7 exists", TapDevice.Open("veth7", reattach: true).Error.Detail, StringComparison.Ordinal);
            Assert.Contains("at most 15 bytes", TapDevice.Open("abcdefghijklmnop", reattach: false).Error.Detail, StringComparison.Ordinal);
        });
    }
}
