using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain;

public sealed class JoiningTests
{
    private readonly World _world = new();

    private (Station A, Station B) TwoHosts(int ports = 2)
    {
        var (a, b) = (_world.AddStation("a", ports), _world.AddStation("b", ports));
        _world.Connect(a, b);
        b.Start();
        return (a, b);
    }

    [Fact]
    public void First_member_gives_the_bond_its_address()
    {
        var (a, _) = TwoHosts();
        var own = a.Ports[0].Address;
        Assert.Null(a.Join(a.Ports[0]));
        Assert.Equal(own, a.Address);
        Assert.Equal(own, a.Bond.Address);
    }

    [Fact]
    public void Second_member_takes_the_bonds_address()
    {
        var (a, _) = TwoHosts();
        a.Start();
        Assert.Equal(a.Address, a.Ports[1].Address);
        Assert.NotEqual(a.Address, a.Member(1).PermanentAddress);
    }

    [Fact]
    public void An_address_that_a_user_set_is_kept_when_members_come_and_go()
    {
        var (a, _) = TwoHosts();
        var mine = new MacAddress(0x0200_0000_aaaa);
        Assert.Null(a.Bond.SetAddress(_world.Now, mine));
        a.Start();
        Assert.Equal(mine, a.Address);
        Assert.Equal(mine, a.Ports[0].Address);
        a.Leave(a.Ports[0]);
        a.Leave(a.Ports[1]);
        Assert.Equal(mine, a.Address);
    }

    [Fact]
    public void The_last_member_leaves_and_the_bond_has_its_own_address_again()
    {
        var (a, _) = TwoHosts();
        a.Start();
        a.Leave(a.Ports[0]);
        Assert.NotEqual(a.OwnAddress, a.Address);
        a.Leave(a.Ports[1]);
        Assert.Equal(a.OwnAddress, a.Address);
    }

    [Fact]
    public void Member_gets_the_bonds_mtu_and_its_own_back()
    {
        var (a, _) = TwoHosts();
        Assert.Null(a.Bond.SetMtu(_world.Now, 9000));
        a.Start();
        Assert.Equal(9000, a.Ports[1].Mtu);
        a.Leave(a.Ports[1]);
        Assert.Equal(1500, a.Ports[1].Mtu);
        Assert.False(a.Ports[1].IsUp);
    }

    [Fact]
    public void Joining_twice_changes_nothing()
    {
        var (a, _) = TwoHosts();
        a.Start();
        Assert.Null(a.Join(a.Ports[0]));
        Assert.Equal(2, a.Bond.Members.Count);
    }

    [Fact]
    public void An_interface_that_is_up_is_refused_and_told_what_to_do()
    {
        var (a, _) = TwoHosts();
        a.Ports[0].IsUp = true;
        var error = a.Join(a.Ports[0]);
        Assert.Equal(OptionErrorKind.Device, error?.Kind);
        Assert.Equal("eth0: the interface is up; a member joins while it is down: ip link set eth0 down", error?.Message);
        Assert.Empty(a.Bond.Members);
    }

    public static TheoryData<string, Func<Candidate, Candidate>> Unsuitable { get; } =
        new()
        {
            { "itself", candidate => candidate with { Name = "bond0" } },
            { "loopback", candidate => candidate with { IsLoopback = true } },
            { "br0", candidate => candidate with { Master = "br0" } },
            { "Ethernet", candidate => candidate with { IsEthernet = false } },
        };

    [Theory]
    [MemberData(nameof(Unsuitable))]
    public void An_unsuitable_interface_is_refused_with_the_reason(string named, Func<Candidate, Candidate> change)
    {
        var (a, _) = TwoHosts();
        var error = a.Bond.AddMember(_world.Now, change(a.Ports[0].AsCandidate()));
        Assert.Contains(named, error!.Message, StringComparison.Ordinal);
        Assert.Equal(a.OwnAddress, a.Address);
        Assert.Empty(a.Bond.Members);
    }

    [Fact]
    public void What_the_host_cannot_do_leaves_no_trace()
    {
        var (a, _) = TwoHosts();
        a.Fault = (device, operation) => operation == "attach" ? "no memory" : null;
        Assert.Equal("eth0: no memory", a.Join(a.Ports[0])?.Message);
        Assert.Equal(a.OwnAddress, a.Address);
        Assert.Empty(a.Bond.Members);
        Assert.Equal(a.OwnAddress, a.Bond.Address);
    }

    [Fact]
    public void The_sixty_fifth_member_is_refused()
    {
        var a = _world.AddStation("a", 65);
        foreach (var port in a.Ports.Take(64))
            Assert.Null(a.Join(port));
        Assert.Contains("64 members, the maximum", a.Join(a.Ports[64])!.Message, StringComparison.Ordinal);
        a.Leave(a.Ports[7]);
        Assert.Null(a.Join(a.Ports[64]));
        Assert.Equal(7, a.Bond.FindMember(a.Ports[64].Ifindex)!.Slot);
    }

    [Fact]
    public void A_member_that_comes_back_stands_last()
    {
        var (a, _) = TwoHosts(3);
        a.Start();
        a.Leave(a.Ports[0]);
        a.Join(a.Ports[0]);
        Assert.Equal(["eth1", "eth2", "eth0"], a.Bond.Members.Select(member => member.Name));
    }

    [Fact]
    public void A_device_that_vanishes_is_released_and_the_others_carry_on()
    {
        var (a, _) = TwoHosts();
        a.Start("mode", "active-backup");
        a.Ports[0].Exists = false;
        a.Bond.MemberGone(_world.Now, a.Ports[0].Ifindex, "deleted");
        Assert.Equal("eth1", a.Bond.Active?.Name);
        Assert.True(a.Carrier);
        Assert.Equal("deleted", a.Events.Last(happened => happened.Kind == EventKind.MemberRemoved).Reason);
        // The interface is gone, so no warning says that it still has the bond's address.
        Assert.DoesNotContain(a.Events, happened => happened is { Kind: EventKind.Notice, Member: "eth0" });
    }

    [Fact]
    public void A_released_member_whose_address_the_bond_keeps_is_warned_about()
    {
        var (a, _) = TwoHosts();
        a.Start();
        a.Leave(a.Ports[0]);
        Assert.Contains(a.Events, happened => happened.Kind == EventKind.Notice && happened.Member == "eth0");
    }

    [Fact]
    public void Closing_gives_every_member_back()
    {
        var (a, _) = TwoHosts();
        var own = a.Ports.Select(port => port.Address).ToList();
        a.Start();
        a.Bond.Close(_world.Now);
        Assert.Equal(own, a.Ports.Select(port => port.Address));
        Assert.False(a.Carrier);
        Assert.Empty(a.Plan.Transmit);
        Assert.Equal(Clock.Never, a.Bond.NextDeadline);
    }
}
