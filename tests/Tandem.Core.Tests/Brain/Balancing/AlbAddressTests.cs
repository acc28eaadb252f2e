using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Xunit;

namespace Tandem.Core.Tests.Brain.Balancing;

/// <summary>balance-alb: each interface has an address of its own, and frames for each of them arrive.</summary>
public sealed class AlbAddressTests : AlbLab
{
    [Fact]
    public void Each_interface_has_an_address_of_its_own_and_the_active_member_the_bonds()
    {
        Assert.Equal(A.Bond.Address, A.Ports[0].Address);
        Assert.Equal(4, A.Ports.Select(port => port.Address).Distinct().Count());
        Assert.Equal(A.Ports.Select(port => port.Address), A.Bond.Members.Select(member => Mode.Addresses[member]));
    }

    [Fact]
    public void Frames_for_a_failed_members_address_arrive_on_the_active_member()
    {
        var address = A.Ports[2].Address;
        Heard.Clear();
        Cables[2].Cut();
        World.Run(1);
        Assert.Contains(Heard, heard => heard.Port == "eth0" && IsLearning(heard.Frame) && MacAddress.Read(heard.Frame) == address);
        Assert.Equal(["eth0"], A.HearingAll);
        A.Received.Clear();
        B.Ports[0].Transmit(Data(address));
        World.Run(1);
        Assert.Equal(A.Bond.Address, MacAddress.Read(Assert.Single(A.Received).Frame));
        World.Run(11_000);
        Assert.Empty(A.HearingAll);
    }

    [Fact]
    public void Frames_for_the_former_address_of_the_new_active_member_arrive_there()
    {
        var address = A.Ports[1].Address;
        Cables[0].Cut();
        World.Run(1);
        // The lost member has that address now, and its card receives nothing. So the active member must accept all addresses.
        Assert.Equal(address, A.Ports[0].Address);
        Assert.Equal(["eth1"], A.HearingAll);
        Assert.Contains(Heard, heard => heard.Port == "eth1" && IsLearning(heard.Frame) && MacAddress.Read(heard.Frame) == address);
        A.Received.Clear();
        B.Ports[1].Transmit(Data(address));
        World.Run(1);
        Assert.Equal(A.Bond.Address, MacAddress.Read(Assert.Single(A.Received).Frame));
        World.Run(11_000);
        Assert.Empty(A.HearingAll);
    }

    [Fact]
    public void Nothing_is_due_while_no_member_can_carry_frames_or_the_bond_is_down()
    {
        for (var peer = 0; peer < 4; peer++)
            Ask(peer);
        foreach (var cable in Cables)
            cable.Cut();
        World.Run(2000);
        Assert.True(A.Bond.NextDeadline > World.Now);
        foreach (var cable in Cables)
            cable.Mend();
        World.Run(10);
        Cables[2].Cut();
        World.Run(1);
        A.Bond.SetUp(World.Now, up: false);
        World.Run(1);
        Assert.True(A.Bond.NextDeadline > World.Now);
        Assert.Empty(A.HearingAll);
    }

    [Fact]
    public void Flooded_frames_for_another_station_are_delivered_from_the_active_member_alone()
    {
        foreach (var port in B.Ports)
            port.Transmit(Data(new MacAddress(0x5254_0000_0001)));
        World.Run(1);
        Assert.Equal("eth0", Assert.Single(A.Received).Port.Name);
    }

    [Fact]
    public void A_member_that_is_released_is_stood_in_for_as_well()
    {
        var address = A.Ports[2].Address;
        Assert.Null(A.Leave(A.Ports[2]));
        World.Run(1);
        A.Received.Clear();
        B.Ports[0].Transmit(Data(address));
        World.Run(1);
        Assert.Equal(A.Bond.Address, MacAddress.Read(Assert.Single(A.Received).Frame));
        World.Run(11_000);
        Assert.DoesNotContain(address, A.Plan.Balancing!.Stations);
    }

    [Fact]
    public void When_the_active_member_fails_it_swaps_addresses_with_the_next()
    {
        var (first, second) = (A.Ports[0].Address, A.Ports[1].Address);
        Cables[0].Cut();
        World.Run(1);
        Assert.Equal("eth1", A.Bond.Active!.Name);
        Assert.Equal((second, first), (A.Ports[0].Address, A.Ports[1].Address));
        Assert.Equal(first, A.Bond.Address);
        Cables[0].Mend();
        World.Run(10);
        Assert.Equal((second, first), (A.Ports[0].Address, A.Ports[1].Address));
    }

    [Fact]
    public void Addresses_are_given_anew_when_a_member_leaves_though_no_member_carries_frames()
    {
        var first = A.Bond.Address;
        Cables[0].Cut();
        Assert.Equal(first, A.Ports[1].Address);
        foreach (var cable in Cables)
            cable.Cut();
        Assert.Null(A.Leave(A.Ports[1]));
        var addresses = ((BalancingMode)A.Bond.Mode).Addresses;
        Assert.All(A.Bond.Members, member => Assert.Equal(addresses[member], member.Address));
        Assert.Equal(A.Bond.Members.Count, A.Bond.Members.Select(member => member.Address).Distinct().Count());
    }

    [Fact]
    public void A_card_that_refuses_an_address_is_reported_once()
    {
        A.Fault = (device, what) => device == "eth1" && what == "address" ? "not while it is up" : null;
        Cables[0].Cut();
        World.Run(5000);
        Assert.Single(A.Events, happened => happened.Kind == EventKind.Fault);
        Assert.Equal("eth1", A.Bond.Active!.Name);
        // No other member has the address that it keeps.
        Assert.Equal(A.Ports.Count, A.Ports.Select(port => port.Address).Distinct().Count());
    }

    [Fact]
    public void To_one_station_frames_arrive_on_any_member_and_to_a_group_on_the_active_one_alone()
    {
        foreach (var port in B.Ports)
        {
            port.Transmit(Data(A.Bond.Address));
            port.Transmit(Data(MacAddress.Broadcast));
        }
        World.Run(1);
        Assert.Equal(5, A.Received.Count);
        Assert.Equal("eth0", Assert.Single(A.Received, received => received.Frame[0] == 0xff).Port.Name);
    }

    [Fact]
    public void Another_address_of_the_bond_is_the_active_members_alone()
    {
        Ask(1);
        var others = A.Ports.Skip(1).Select(port => port.Address).ToList();
        var address = new MacAddress(0x0200_0000_7777);
        Assert.Null(A.Bond.SetAddress(World.Now, address));
        Assert.Equal(address, A.Ports[0].Address);
        Assert.Equal(address, A.Plan.Balancing!.Address);
        Assert.Equal(others, A.Ports.Skip(1).Select(port => port.Address));
        // The new address belongs to another member, so the two swap.
        var first = A.Ports[0].Address;
        Assert.Null(A.Bond.SetAddress(World.Now, others[1]));
        Assert.Equal((others[1], first), (A.Ports[0].Address, A.Ports[2].Address));
    }

    [Fact]
    public void Members_get_the_addresses_back_that_they_had()
    {
        var before = A.Ports.Select(port => port.Address).ToList();
        Cables[0].Cut();
        World.Run(10);
        Assert.Null(A.Leave(A.Ports[1]));
        World.Run(10);
        Assert.Equal(before[1], A.Ports[1].Address);
        // No member has this address any more; only the released interface has it.
        Assert.DoesNotContain(before[1], Mode.Addresses.All);
    }

    [Fact]
    public void An_interface_that_has_the_address_of_a_member_gets_another()
    {
        Assert.Null(A.Leave(A.Ports[3]));
        A.Ports[3].Address = A.Ports[1].Address;
        Assert.Null(A.Join(A.Ports[3]));
        Assert.Equal(4, Mode.Addresses.All.Distinct().Count());
        Assert.NotEqual(A.Ports[1].Address, A.Ports[3].Address);
    }

    [Fact]
    public void An_interface_that_comes_back_while_the_bond_has_its_address_gets_one_that_nobody_uses()
    {
        Assert.Null(A.Leave(A.Ports[0]));
        World.Run(10);
        // eth1 is now the active member, with the address that eth0 brought to the bond.
        var unused = A.Bond.Members[0].PermanentAddress;
        Assert.Null(A.Join(A.Ports[0]));
        Assert.Equal(unused, A.Ports[0].Address);
    }
}
