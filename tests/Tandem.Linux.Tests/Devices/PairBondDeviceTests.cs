using Tandem.Core.Options;
using Tandem.Linux.Devices;
using Tandem.Linux.Guards;
using Tandem.Linux.Netlink;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Devices;

/// <summary>A bond's device that is one end of a pair, and changes of either end by other programs.</summary>
public sealed class PairBondDeviceTests : IDisposable
{
    private readonly Netns _here;
    private readonly RouteSocket _route;
    private readonly IngressGuard _guard;

    public PairBondDeviceTests()
    {
        Netns.Require();
        _here = new Netns();
        (_route, _guard) = _here.Run(() => (new RouteSocket(), new IngressGuard()));
    }

    public void Dispose()
    {
        _guard.Dispose();
        _route.Dispose();
        _here.Dispose();
    }

    [Fact]
    public void Its_carrier_is_the_state_of_the_other_end()
    {
        using var device = Make("bond0");
        _here.Ip("link set bond0 up");
        Assert.False(device.Read().Value!.IsRunning);
        Assert.True(device.SetCarrier(true).IsOk);
        Assert.True(device.Read().Value!.IsRunning);
        Assert.True(device.SetCarrier(false).IsOk);
        Assert.False(device.Read().Value!.IsRunning);
        Assert.Equal(device.OtherEnd, _route.GetLink("tdm-bond0").Value!.Ifindex);
    }

    [Theory]
    [InlineData("bond0", "tdm-bond0", null)]
    // If the name is too long for the prefix, or taken, it has a number.
    [InlineData("bond0-uplink-12", "tdm-0", null)]
    [InlineData("bond0", "tdm-0", "tdm-bond0")]
    public void Its_other_end_has_a_name_that_says_whose_it_is(string bond, string expected, string? taken)
    {
        if (taken is not null)
            _here.Ip($"link add {taken} type veth peer name other");
        using var device = Make(bond);
        Assert.Equal(expected, _route.GetLink(device.OtherEnd!.Value).Value!.Name);
        Assert.Contains($"alias other end of {bond}, a bond of Tandem", _here.Ip($"link show {expected}"), StringComparison.Ordinal);
    }

    [Fact]
    public void A_name_that_is_taken_is_refused()
    {
        _here.Ip("link add bond0 type veth peer name other");
        var made = _here.Run(() => PairBondDevice.Make(DeviceKind.Veth, "bond0", 1, _route, _guard));
        Assert.Contains("an interface bond0 exists", made.Error.Detail, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("link set tdm-bond0 down", "set tdm-bond0, the other end of bond0, down")]
    [InlineData("addr add 192.0.2.1/24 dev tdm-bond0", "the address 192.0.2.1; it is removed")]
    [InlineData("link set tdm-bond0 arp on", "turned ARP on at tdm-bond0")]
    public void Changes_of_the_other_end_by_others_are_undone_and_reported_once(string change, string news)
    {
        using var device = Make("bond0");
        device.SetCarrier(true);
        var before = State();
        Assert.Empty(_here.Run(device.Inspect));
        _here.Ip(change);
        Assert.Contains(news, Assert.Single(_here.Run(device.Inspect)), StringComparison.Ordinal);
        Assert.Equal(before, State());
        Assert.Empty(_here.Run(device.Inspect));

        string State() => _here.Ip("-o addr show dev tdm-bond0") + _here.Ip("-o link show dev tdm-bond0");
    }

    [Fact]
    public void An_other_end_that_somebody_moved_away_comes_back()
    {
        using var elsewhere = new Netns();
        using var device = Make("bond0");
        device.SetCarrier(true);
        _here.Ip($"link set tdm-bond0 netns {elsewhere.Name}");
        _here.Run(() =>
        {
            Assert.True(device.Read().IsOk);
            Assert.Contains("moved the other end of bond0", Assert.Single(device.Inspect()), StringComparison.Ordinal);
        });
        Assert.True(_route.GetLink("tdm-bond0").Value!.IsUp);
    }

    [Fact]
    public void An_interface_that_has_the_number_of_the_other_end_by_now_is_not_taken_for_it()
    {
        using var elsewhere = new Netns();
        var device = Make("bond0");
        var number = device.OtherEnd!.Value;
        _here.Ip($"link set tdm-bond0 netns {elsewhere.Name}");
        _here.Ip($"link add thief index {number} type veth peer name victim");
        // bond0's number is taken, so it cannot return.
        Assert.Equal(19, _here.Run(device.Read).Error.Errno);
        device.Dispose();
        Assert.True(_route.GetLink("thief").IsOk);
        Assert.Equal(19, _route.GetLink("bond0").Error.Errno);
        Assert.False(_here.Run(() => PairBondDevice.TakeOver("bond0", number, _route, _guard)).IsOk);
    }

    [Fact]
    public void Frames_as_long_as_its_mtu_fit_through_the_other_end()
    {
        using var device = Make("bond0");
        Assert.True(device.SetMtu(9000).IsOk);
        Assert.Equal((9000, 9064), (_route.GetLink("bond0").Value!.Mtu, _route.GetLink("tdm-bond0").Value!.Mtu));
        _here.Ip("link set bond0 mtu 1400");
        device.Read();
        Assert.Equal(1464, _route.GetLink("tdm-bond0").Value!.Mtu);
    }

    [Fact]
    public void It_is_followed_to_another_namespace_and_back()
    {
        using var elsewhere = new Netns();
        using var device = Make("bond0");
        _here.Ip($"link set bond0 netns {elsewhere.Name}");
        _here.Run(() =>
        {
            Assert.Equal("bond0", device.Read().Value!.Name);
            Assert.NotNull(device.Route.Netnsid);
            Assert.True(device.Change((route, ifindex) => route.SetMtu(ifindex, 1400)).IsOk);
            Assert.Equal(1400, device.Read().Value!.Mtu);
        });
        elsewhere.Ip($"link set bond0 netns {_here.Name}");
        Assert.True(device.Read().IsOk);
        Assert.Null(device.Route.Netnsid);
    }

    [Fact]
    public void It_is_gone_with_its_other_end()
    {
        var device = Make("bond0");
        _here.Ip("link del tdm-bond0");
        Assert.Equal(19, device.Read().Error.Errno);
        device.Dispose();
    }

    private PairBondDevice Make(string name)
    {
        var made = _here.Run(() => PairBondDevice.Make(DeviceKind.Veth, name, 4, _route, _guard));
        return made.Value ?? throw new InvalidOperationException(made.Error.ToString());
    }
}
