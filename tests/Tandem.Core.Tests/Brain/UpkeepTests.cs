using Tandem.Core.Bonds;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

/// <summary>Other programs change the MTU or the address of a member's interface.</summary>
public sealed class UpkeepTests
{
    private static readonly MacAddress Foreign = new(0x0200_0000_7777);

    private readonly World _world = new();
    private readonly Station _a;
    private readonly IReadOnlyList<Cable> _cables;

    public UpkeepTests()
    {
        _a = _world.AddStation("a", 2);
        var b = _world.AddStation("b", 2);
        _cables = _world.Connect(_a, b);
        b.Start();
    }

    [Theory]
    [InlineData("active-backup")]
    [InlineData("802.3ad")]
    [InlineData("balance-tlb")]
    [InlineData("balance-alb")]
    [InlineData("active-backup", "fail_over_mac", "active")]
    [InlineData("active-backup", "fail_over_mac", "follow")]
    public void What_somebody_changes_of_a_member_is_put_back(string mode, params string[] options)
    {
        Start(["mode", mode, .. options]);
        foreach (var port in _a.Ports)
        {
            var before = (port.Address, port.Mtu);
            port.ChangeByOther(address: Foreign);
            _world.Run(10);
            port.ChangeByOther(mtu: 1400);
            _world.Run(10);
            Assert.Equal(before, (port.Address, port.Mtu));
            Assert.Equal(
                [
                    $"its address was changed from {before.Address} to {Foreign}: put back",
                    "its MTU was changed from 1500 to 1400: put back",
                ],
                Told(port)
            );
        }
        Assert.Empty(_a.HearingAll);
    }

    [Fact]
    public void A_change_of_the_bonds_own_is_nobodys()
    {
        Start(["mode", "active-backup", "fail_over_mac", "follow"]);
        Assert.Null(_a.Bond.SetMtu(_world.Now, 9000));
        _cables[0].Cut();
        _world.Run(10);
        _cables[0].Mend();
        _cables[1].Cut();
        _world.Run(10);
        Assert.Equal(2, _a.Ports.Select(port => port.Address).Distinct().Count());
        Assert.DoesNotContain(_a.Events, happened => happened.Kind == EventKind.Notice);
    }

    [Fact]
    public void An_MTU_that_is_larger_than_the_bonds_is_left_so_and_told_once()
    {
        Start(["mode", "active-backup"]);
        for (var i = 0; i < 3; i++)
        {
            _a.Ports[0].ChangeByOther(mtu: 9000);
            _world.Run(10);
        }
        Assert.Equal(9000, _a.Ports[0].Mtu);
        Assert.Contains("left so, since it carries all that the bond sends", Assert.Single(Told(_a.Ports[0])), StringComparison.Ordinal);
        // The bond's next change applies to all members.
        Assert.Null(_a.Bond.SetMtu(_world.Now, 1400));
        Assert.All(_a.Ports, port => Assert.Equal(1400, port.Mtu));
    }

    [Fact]
    public void Who_changes_it_again_and_again_is_named_and_gets_it_for_a_while()
    {
        Start(["mode", "active-backup"]);
        var port = _a.Ports[0];
        Fight(port, seconds: 30);
        Assert.Equal(Foreign, port.Address);
        var told = Told(port);
        Assert.Equal(4, told.Count);
        Assert.All(told[..3], text => Assert.EndsWith(": put back", text, StringComparison.Ordinal));
        Assert.Contains("left so for 60 s, it takes frames for any address meanwhile", told[3], StringComparison.Ordinal);
        Assert.Contains("NetworkManager", told[3], StringComparison.Ordinal);
        Assert.Equal([port.Name], _a.HearingAll);
        // The bond tries again, and the address stays.
        _world.Run(60_000);
        Assert.Equal(_a.Address, port.Address);
        Assert.Empty(_a.HearingAll);
        Assert.EndsWith("again: put back after a while", Told(port)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void A_fight_costs_less_and_less()
    {
        Start(["mode", "active-backup"]);
        Fight(_a.Ports[0], seconds: 4 * 3600);
        // Three changes at first, one after each pause of 1, 2, 4 to 32 minutes, then one an hour.
        Assert.Equal(3 + 6 + 2, _a.AddressChanges);
        Assert.InRange(Told(_a.Ports[0]).Count, 10, 30);
        // After a minute without a change, the next change counts as the first one.
        _a.Ports[0].ChangeByOther(address: Foreign);
        _world.Run(3_600_000);
        _a.Ports[0].ChangeByOther(address: Foreign);
        _world.Run(10);
        Assert.Equal(_a.Address, _a.Ports[0].Address);
    }

    [Fact]
    public void What_cannot_be_put_back_is_said_and_tried_again()
    {
        Start(["mode", "active-backup"]);
        var port = _a.Ports[1];
        _a.Fault = (device, _) => device == port.Name ? "the device is busy" : null;
        port.ChangeByOther(address: Foreign);
        _world.Run(10);
        port.ChangeByOther(mtu: 1400);
        _world.Run(100_000);
        Assert.Equal((Foreign, 1400), (port.Address, port.Mtu));
        Assert.Equal([port.Name], _a.HearingAll);
        Assert.Equal(2, Told(port).Count);
        Assert.All(Told(port), text => Assert.Contains("cannot be put back (the device is busy)", text, StringComparison.Ordinal));
        _a.Fault = (_, _) => null;
        _world.Run(100_000);
        Assert.Equal((_a.Address, 1500), (port.Address, port.Mtu));
        Assert.Empty(_a.HearingAll);
    }

    [Fact]
    public void A_change_of_the_bond_ends_the_rest()
    {
        Start(["mode", "active-backup"]);
        var port = _a.Ports[0];
        Fight(port, seconds: 5);
        var mine = new MacAddress(0x0200_0000_0099);
        Assert.Null(_a.Bond.SetAddress(_world.Now, mine));
        Assert.Equal(mine, port.Address);
        Assert.Empty(_a.HearingAll);
        port.ChangeByOther(address: Foreign);
        _world.Run(10);
        Assert.Equal(mine, port.Address);
    }

    [Fact]
    public void Setting_the_present_MTU_or_address_of_the_bond_ends_the_pause()
    {
        Start(["mode", "active-backup"]);
        var port = _a.Ports[0];
        Fight(port, seconds: 5);
        Assert.Equal(Foreign, port.Address);
        _a.Bond.EndPauses(_world.Now);
        Assert.Equal(_a.Address, port.Address);
        Assert.Empty(_a.HearingAll);
        // The next pause is as short as the first one.
        Fight(port, seconds: 5);
        Assert.Contains("left so for 60 s", Told(port)[^1], StringComparison.Ordinal);
    }

    [Fact]
    public void Who_puts_it_right_ends_the_rest()
    {
        Start(["mode", "active-backup"]);
        Fight(_a.Ports[0], seconds: 5);
        _a.Ports[0].ChangeByOther(address: _a.Address);
        _world.Run(10);
        Assert.Empty(_a.HearingAll);
        var told = Told(_a.Ports[0]).Count;
        _world.Run(200_000);
        Assert.Equal(told, Told(_a.Ports[0]).Count);
    }

    [Fact]
    public void A_member_that_is_left_with_another_address_gives_it_back_as_any_other()
    {
        var own = _a.Ports[1].Address;
        Start(["mode", "active-backup"]);
        Fight(_a.Ports[1], seconds: 5);
        Assert.Null(_a.Leave(_a.Ports[1]));
        Assert.Equal(own, _a.Ports[1].Address);
        Assert.Empty(_a.HearingAll);
        _world.Run(200_000);
        Assert.Equal(own, _a.Ports[1].Address);
    }

    private void Start(string[] options)
    {
        _a.Start(options);
        _world.Run(5_000);
    }

    private void Fight(Port port, int seconds)
    {
        for (var second = 0; second < seconds; second++)
        {
            if (port.Address != Foreign)
                port.ChangeByOther(address: Foreign);
            _world.Run(1_000);
        }
    }

    private List<string> Told(Port port) =>
        [
            .. _a
                .Events.Where(happened => happened.Kind == EventKind.Notice && happened.Member == port.Name)
                .Select(happened => happened.Reason),
        ];
}
