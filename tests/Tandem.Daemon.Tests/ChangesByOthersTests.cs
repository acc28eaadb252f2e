using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Core.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>Other programs change devices while a service runs, or while none does.</summary>
public sealed class ChangesByOthersTests : TakeoverBench
{
    [Fact]
    public void Changes_of_the_device_by_others_reach_the_members()
    {
        var registry = BondWithTwoMembers();
        var device = Network.Find("bond0")!.Ifindex;
        Network.Change(device, link => link with { Mtu = 1400 });
        Network.Tell(registry, 1, device);
        Assert.Equal([1400, 1400], registry.Show(Network, "bond0").Members.Select(member => member.Link.Mtu));

        Network.SetUp(device, false);
        Network.Tell(registry, 2, device);
        Assert.DoesNotContain("UP", registry.Show(Network, "bond0").Link.Flags);
        Events.Clear();
        Network.SetUp(device, true);
        Network.Tell(registry, 2, device);
        Assert.Contains("UP", registry.Show(Network, "bond0").Link.Flags);

        Network.Delete("bond0");
        Network.Tell(registry, 3, device);
        Assert.Empty(registry.Bonds.All);
        Assert.Equal(["e1", "e0"], Network.GivenBack);
    }

    [Fact]
    public void VLANs_on_the_device_are_known_from_the_first_one_on_also_to_the_next_service()
    {
        var registry = BondWithTwoMembers();
        var device = Network.Find("bond0")!.Ifindex;
        var (above, other) = (Network.Add("bond0.7", "vlan").Ifindex, Network.Add("eth7.7", "vlan").Ifindex);
        Network.Change(other, link => link with { VlanId = 7, Link = device, LinkNetnsid = 3 });
        Network.Tell(registry, 1, other);
        Assert.Equal(0, Network.HearVlans);
        Network.Change(above, link => link with { VlanId = 7, Link = device });
        Network.Tell(registry, 2, above);
        Network.Tell(registry, 3, above);
        Assert.Equal(1, Network.HearVlans);

        // The device may be in another namespace, where the service does not see it.
        Network.Delete(above);
        Network.Tell(registry, 4, above);
        Kill(registry);
        var (next, store) = Start();
        next.Handover.TakeOver(5, Assert.Single(store.ReadAll([])));
        Assert.Equal(2, Network.HearVlans);
    }

    [Fact]
    public void VLANs_that_came_while_no_service_ran_are_heard()
    {
        Kill(BondWithTwoMembers());
        var device = Network.Find("bond0")!.Ifindex;
        Network.Change(Network.Add("bond0.7", "vlan").Ifindex, link => link with { VlanId = 7, Link = device });
        var (registry, store) = Start();
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        Assert.Equal(1, Network.HearVlans);
    }

    [Fact]
    public void A_notification_of_the_present_state_changes_nothing()
    {
        var registry = BondWithTwoMembers();
        Events.Clear();
        foreach (var link in Network.Links())
            Network.Tell(registry, 1, link.Ifindex);
        registry.Links.LookAtAll(2);
        Assert.Empty(Events);
    }

    [Fact]
    public void A_member_that_disappears_or_is_renamed_is_noticed()
    {
        var registry = BondWithTwoMembers();
        var (e0, e1) = (Network.Find("e0")!.Ifindex, Network.Find("e1")!.Ifindex);
        Network.Delete("e1");
        Network.Change(e0, link => link with { Name = "uplink" });
        registry.Links.LookAtAll(1);
        Assert.Equal(["uplink"], registry.Show(Network, "bond0").Members.Select(member => member.Name));
        Network.Tell(registry, 2, e1);
        Assert.Single(registry.Show(Network, "bond0").Members);
        // The next service finds the member under its new name.
        var state = Assert.Single(new StateStore(Opened(), Here, NullLogger.Instance).ReadAll([]));
        Assert.Equal(["uplink"], state.Members.Select(member => member.Saved.Name));
    }

    [Fact]
    public void A_link_that_fails_is_noticed_by_report_and_by_the_data_path()
    {
        var registry = BondWithTwoMembers();
        var e1 = Network.Find("e1")!.Ifindex;
        Network.Change(e1, link => link with { Flags = LinkFlags.Up });
        registry.Links.FaultReported(1, "bond0", slot: 0);
        Assert.Contains(Events, happened => happened is { Kind: EventKind.LinkDown, Member: "e1" });
    }
}
