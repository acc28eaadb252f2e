using Tandem.Core.Bonds;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

public sealed class FailOverMacTests
{
    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;
    private readonly List<MacAddress> _own;

    public FailOverMacTests()
    {
        _a = _world.AddStation("a", 3);
        var b = _world.AddStation("b", 3);
        _cables = _world.Connect(_a, b);
        b.Start();
        _own = [.. _a.Ports.Select(port => port.Address)];
    }

    [Fact]
    public void None_gives_all_members_the_bonds_address()
    {
        _a.Start("mode", "active-backup");
        Assert.All(_a.Ports, port => Assert.Equal(_own[0], port.Address));
        _cables[0].Cut();
        Assert.Equal(_own[0], _a.Address);
    }

    [Fact]
    public void Active_gives_the_bond_the_active_members_address()
    {
        _a.Start("mode", "active-backup", "fail_over_mac", "active");
        Assert.Equal(_own, _a.Ports.Select(port => port.Address));
        Assert.Equal(_own[0], _a.Address);
        _cables[0].Cut();
        Assert.Equal(_own[1], _a.Address);
        Assert.Null(_a.Leave(_a.Ports[1]));
        Assert.Equal(_own[2], _a.Address);
    }

    [Fact]
    public void Follow_swaps_addresses_so_that_the_active_member_has_the_bonds()
    {
        _a.Start("mode", "active-backup", "fail_over_mac", "follow");
        Assert.Equal(_own[0], _a.Address);
        _cables[0].Cut();
        Assert.Equal(_own[0], _a.Address);
        Assert.Equal([_own[1], _own[0], _own[2]], _a.Ports.Select(port => port.Address));
        _cables[0].Mend();
        _a.Set("active_slave", "eth0");
        Assert.Equal(_own, _a.Ports.Select(port => port.Address));
    }

    [Theory]
    [InlineData("eth0")]
    [InlineData("eth1")]
    public void Follow_leaves_both_addresses_where_either_interface_refuses_the_others(string refusing)
    {
        _a.Start("mode", "active-backup", "fail_over_mac", "follow");
        _a.Fault = (interfaceName, what) => interfaceName == refusing && what == "address" ? "the device is busy" : null;
        _cables[0].Cut();
        Assert.Equal("eth1", _a.Bond.Active?.Name);
        Assert.Equal(_own, _a.Ports.Select(port => port.Address));
        // Otherwise its card would drop frames to the bond's address.
        Assert.Equal(["eth1"], _a.HearingAll);
        Assert.Contains(_a.Events, happened => happened.Kind == EventKind.Fault && happened.Member == refusing);

        _a.Fault = static (_, _) => null;
        _cables[1].Cut();
        Assert.Equal([_own[2], _own[1], _own[0]], _a.Ports.Select(port => port.Address));
        Assert.Empty(_a.HearingAll);
    }

    [Fact]
    public void Follow_gives_an_interface_another_address_while_a_member_has_its_own()
    {
        _a.Start("mode", "active-backup", "fail_over_mac", "follow");
        _cables[0].Cut();
        // eth0 has eth1's address now. eth1 leaves, and comes back with its own.
        Assert.Null(_a.Leave(_a.Ports[1]));
        Assert.Equal(_own[1], _a.Ports[0].Address);
        Assert.Equal(_own[1], _a.Ports[1].Address);
        Assert.Null(_a.Join(_a.Ports[1]));
        Assert.Equal(3, _a.Ports.Select(port => port.Address).Distinct().Count());
        Assert.Null(_a.Leave(_a.Ports[1]));
        Assert.Equal(_own[1], _a.Ports[1].Address);
    }

    [Fact]
    public void Follow_finds_the_holder_of_the_bonds_address_after_a_total_outage()
    {
        _a.Start("mode", "active-backup", "fail_over_mac", "follow");
        foreach (var cable in _cables)
            cable.Cut();
        _cables[2].Mend();
        Assert.Equal(_own[0], _a.Ports[2].Address);
        Assert.Equal(3, _a.Ports.Select(port => port.Address).Distinct().Count());
    }

    [Fact]
    public void Follow_gives_a_joining_twin_another_address()
    {
        _a.Set("mode", "active-backup", "fail_over_mac", "follow");
        _a.Ports[1].Address = _own[0];
        _a.Start();
        Assert.NotEqual(_own[0], _a.Ports[1].Address);
        Assert.True(_a.Ports[1].Address.IsValidUnicast);
        _a.Leave(_a.Ports[1]);
        Assert.Equal(_own[0], _a.Ports[1].Address);
    }

    [Theory]
    [InlineData("active")]
    [InlineData("follow")]
    public void Under_active_and_follow_the_bond_keeps_its_address_whatever_a_user_sets(string policy)
    {
        _a.Start("mode", "active-backup", "fail_over_mac", policy);
        Assert.Null(_a.Bond.SetAddress(_world.Now, new MacAddress(0x0200_0000_0099)));
        Assert.Equal(_own[0], _a.Address);
    }

    [Theory]
    [InlineData("none")]
    [InlineData("active")]
    [InlineData("follow")]
    public void A_users_address_is_back_when_the_last_member_left(string policy)
    {
        var mine = new MacAddress(0x0200_0000_0099);
        _a.Set("mode", "active-backup", "fail_over_mac", policy);
        Assert.Null(_a.Bond.SetAddress(_world.Now, mine));
        _a.Start();
        Assert.Equal(policy == "active" ? _own[0] : mine, _a.Address);
        foreach (var port in _a.Ports)
            Assert.Null(_a.Leave(port));
        Assert.Equal(mine, _a.Address);
    }

    [Fact]
    public void A_users_address_goes_to_the_bond_and_all_members()
    {
        _a.Start("mode", "active-backup");
        var mine = new MacAddress(0x0200_0000_0099);
        Assert.Null(_a.Bond.SetAddress(_world.Now, mine));
        Assert.Equal(mine, _a.Address);
        Assert.All(_a.Ports, port => Assert.Equal(mine, port.Address));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("active")]
    public void An_address_that_is_undone_counts_as_what_it_was(string policy)
    {
        _a.Start("mode", "active-backup", "fail_over_mac", policy);
        Assert.Null(_a.Bond.SetAddress(_world.Now, new MacAddress(0x0200_0000_0099)));
        Assert.Null(_a.Bond.UndoAddress(_world.Now, _own[0], user: null));
        Assert.Null(_a.Bond.UserAddress);
        foreach (var port in _a.Ports)
            Assert.Null(_a.Leave(port));
        Assert.Equal(_a.OwnAddress, _a.Address);
    }

    [Fact]
    public void An_address_that_one_member_refuses_changes_nothing()
    {
        _a.Start("mode", "active-backup");
        _a.Fault = (device, operation) => device == "eth2" && operation == "address" ? "the device cannot" : null;
        Assert.Contains(
            "eth2: the device cannot",
            _a.Bond.SetAddress(_world.Now, new MacAddress(0x0200_0000_0099))!.Message,
            StringComparison.Ordinal
        );
        Assert.All(_a.Ports, port => Assert.Equal(_own[0], port.Address));
        Assert.Equal(_own[0], _a.Address);
        Assert.Null(_a.Bond.UserAddress);
    }

    [Fact]
    public void An_mtu_that_one_member_refuses_changes_nothing()
    {
        _a.Start();
        _a.Fault = (device, operation) => device == "eth1" && operation == "mtu" ? "too large" : null;
        Assert.Contains("eth1: too large", _a.Bond.SetMtu(_world.Now, 9000)!.Message, StringComparison.Ordinal);
        Assert.All(_a.Ports, port => Assert.Equal(1500, port.Mtu));
        Assert.Equal(1500, _a.Bond.Mtu);
    }

    [Fact]
    public void An_mtu_out_of_a_members_range_is_refused_before_any_member_is_changed()
    {
        _a.Start();
        _a.Fault = (device, operation) =>
            operation switch
            {
                "mtu limit" when device == "eth1" => "it takes less",
                "mtu" => "changed",
                _ => null,
            };
        Assert.Contains("eth1: it takes less", _a.Bond.SetMtu(_world.Now, 9000)!.Message, StringComparison.Ordinal);
        Assert.Equal(1500, _a.Bond.Mtu);
    }

    [Theory]
    [InlineData(0x0000_0000_0000ul)]
    [InlineData(0x0100_0000_0001ul)]
    public void An_address_that_no_station_can_have_is_refused(ulong address) =>
        Assert.NotNull(_a.Bond.SetAddress(_world.Now, new MacAddress(address)));
}
