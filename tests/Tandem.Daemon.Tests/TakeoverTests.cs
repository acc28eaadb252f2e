using System.Text.Json.Nodes;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>A service is killed, and the next one takes its bond over.</summary>
public sealed class TakeoverTests : TakeoverBench
{
    [Fact]
    public void A_bond_is_taken_over_with_its_options_members_and_address()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll([]));
        registry.Handover.TakeOver(1, state);

        var bond = registry.Show(Network, "bond0");
        Assert.Equal("active-backup", (string?)bond.Options["mode"]);
        Assert.Equal("e0", bond.Primary);
        Assert.Equal(["e1", "e0"], bond.Members.Select(member => member.Name));
        Assert.Equal(7, (long)bond.Members[0].Data["prio"]!);
        Assert.Equal("02:00:00:00:00:aa", bond.Link.Address);
        Assert.Contains("UP", bond.Link.Flags);
    }

    [Fact]
    public void A_state_of_the_first_form_is_taken_over()
    {
        Kill(BondWithTwoMembers());
        Network.Remembered.Clear();
        var file = Assert.Single(Directory.GetFiles(Folder));
        var state = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        // Removes properties that the earlier version lacked, and adds those that it had instead.
        foreach (var later in (string[])["device", "user_address", "active", "revision"])
            state.Remove(later);
        foreach (var member in state["members"]!.AsArray())
        {
            foreach (var later in (string[])["slot", "link_failures", "had_link"])
                member!.AsObject().Remove(later);
        }
        (state["format"], state["address_is_user_set"]) = (1, true);
        File.WriteAllText(file, state.ToJsonString());
        var (registry, _) = Start();
        registry.Handover.TakeOver(1);
        var bond = registry.Show(Network, "bond0");
        Assert.Equal(("active-backup", "02:00:00:00:00:aa"), ((string?)bond.Options["mode"], bond.Link.Address));
        Assert.Equal(["e1", "e0"], bond.Members.Select(member => member.Name));
        Assert.Equal("02:00:00:00:00:aa", registry.Bonds.Find("bond0")!.Spec.Address);
    }

    [Fact]
    public void Options_are_restored_that_would_be_refused_in_one_command()
    {
        var (registry, _) = Start();
        Change(registry, "packets_per_slave", "2");
        Change(registry, "mode", "active-backup");
        Change(registry, "miimon", "100");
        Change(registry, "arp_validate", "active");
        Kill(registry);
        var options = TakeOver().Show(Network, "bond0").Options;
        Assert.Equal(
            ("active-backup", 2L, 100L, "active"),
            ((string?)options["mode"], (long)options["packets_per_slave"]!, (long)options["miimon"]!, (string?)options["arp_validate"])
        );
    }

    [Fact]
    public void The_active_member_and_the_counters_survive()
    {
        var registry = BondWithTwoMembers();
        var e0 = Network.Find("e0")!.Ifindex;
        Network.Change(e0, link => link with { Flags = LinkFlags.Up });
        Network.Tell(registry, 1, e0);
        Network.SetUp(e0, true);
        Network.Tell(registry, 2, e0);
        Change(registry, "active_slave", "e1");
        Kill(registry);
        var bond = TakeOver().Show(Network, "bond0");
        Assert.Equal("e1", bond.ActiveMember);
        Assert.Equal([0u, 1u], bond.Members.Select(member => (uint)member.Data["link_failure_count"]!));
    }

    [Theory]
    [InlineData("none")]
    [InlineData("active")]
    public void A_users_address_is_known_after_the_takeover(string policy)
    {
        Kill(BondWithTwoMembers(policy));
        var registry = TakeOver();
        Assert.Null(registry.Requests.Release(2, "bond0", "e0"));
        Assert.Null(registry.Requests.Release(2, "bond0", "e1"));
        Assert.Equal("02:00:00:00:00:aa", Network.Find("bond0")!.Address.ToString());
    }

    [Fact]
    public void The_address_stays_though_the_member_that_gave_it_has_left()
    {
        var registry = BondWithTwoMembers(address: null);
        Assert.Null(registry.Requests.Release(1, "bond0", "e1"));
        var before = Network.Find("bond0")!.Address;
        Kill(registry);
        registry = TakeOver();
        Assert.Equal(before, Network.Find("bond0")!.Address);
        Assert.Null(registry.Requests.Release(2, "bond0", "e0"));
        Assert.NotEqual(before, Network.Find("bond0")!.Address);
    }
}
