using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Core.Bonds;
using Tandem.Daemon.Hosting;
using Tandem.Daemon.Namespaces;
using Tandem.Daemon.State;

namespace Tandem.Daemon.Tests;

/// <summary>A service is killed, and the next one cannot take everything over, or fails while it tries.</summary>
public sealed class FailedTakeoverTests : TakeoverBench
{
    [Fact]
    public void A_member_that_is_gone_is_left_out()
    {
        Kill(BondWithTwoMembers());
        Network.Delete("e1");
        var (registry, store) = Start();
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        Assert.Equal(["e0"], registry.Show(Network, "bond0").Members.Select(member => member.Name));
    }

    [Fact]
    public void A_member_that_cannot_stay_joins_anew_and_another_that_is_refused_does_not_hinder_it()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll([]));
        var bridge = Network.Add("br0", "bridge");
        // Without slots both members must join anew. One was renamed, and the other one now belongs to a bridge.
        state = state with
        {
            Members = [.. state.Members.Select(member => member with { Slot = null })],
        };
        Network.Change(Network.Find("e1")!.Ifindex, link => link with { Name = "uplink" });
        Network.Change(Network.Find("e0")!.Ifindex, link => link with { Master = bridge.Ifindex });
        registry.Handover.TakeOver(1, state);
        var member = Assert.Single(registry.Show(Network, "bond0").Members);
        Assert.Equal(("uplink", 7L), (member.Name, (long)member.Data["prio"]!));
        Assert.Equal(["e1", "e0"], Network.GivenBack);
        Assert.Equal(["uplink"], Assert.Single(Start().Store.ReadAll([])).Members.Select(member => member.Saved.Name));
    }

    [Fact]
    public void Members_are_given_back_if_the_device_is_gone()
    {
        Kill(BondWithTwoMembers());
        Network.Delete("bond0");
        var (registry, store) = Start();
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        Assert.Empty(registry.Bonds.All);
        Assert.Equal(["e1", "e0"], Network.GivenBack);
        Assert.Empty(store.ReadAll([]));
    }

    [Fact]
    public void A_device_that_someone_else_made_is_left_alone()
    {
        Kill(BondWithTwoMembers());
        Network.Delete("bond0");
        Network.Add("bond0", "tun");
        TakeOver();
        Assert.NotNull(Network.Find("bond0"));
        Assert.Empty(Start().Store.ReadAll([]));
    }

    [Fact]
    public void A_device_that_cannot_be_opened_is_left_alone_and_its_members_are_given_back()
    {
        Kill(BondWithTwoMembers());
        Network.NextFailure = "another process has the interface bond0 open";
        Assert.Empty(TakeOver().Bonds.All);
        Assert.NotNull(Network.Find("bond0"));
        Assert.Equal(["e1", "e0"], Network.GivenBack);
        Assert.Equal("02:00:00:00:00:02", Network.Find("e0")!.Address.ToString());
    }

    [Fact]
    public void Members_do_not_join_a_bond_whose_mode_cannot_be_restored()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll([]));
        var options = new Dictionary<string, string>(state.Options, StringComparer.Ordinal) { ["mode"] = "balance-later" };
        registry.Handover.TakeOver(1, state with { Options = options });
        Assert.Empty(registry.Show(Network, "bond0").Members);
        Assert.Equal(["e1", "e0"], Network.GivenBack);
        Assert.Empty(Assert.Single(Start().Store.ReadAll([])).Members);
    }

    [Fact]
    public void Members_are_known_to_the_next_service_if_this_one_is_killed_while_it_takes_over()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        IReadOnlyList<MemberState> known = [];
        // The first member is back; the second one is not yet.
        OnEvent = happened =>
        {
            if (happened is { Kind: EventKind.MemberAdded, Member: "e1" })
                known = Assert.Single(Start().Store.ReadAll([])).Members;
        };
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        Assert.Equal(["e1", "e0"], known.Select(member => member.Saved.Name));
        Assert.Equal("7", known[0].Options["prio"]);
    }

    [Fact]
    public void A_state_file_that_throws_is_set_aside_and_other_bonds_are_taken_over()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll([]));
        Network.Fault = new InvalidOperationException("the kernel does not tell");
        registry.Handover.TakeOver(1, state);
        Assert.Empty(Start().Store.ReadAll([]));
        Assert.Single(Directory.GetFiles(Folder, "*.unreadable"));
    }

    [Fact]
    public async Task A_service_that_cannot_have_its_socket_leaves_bonds_as_they_are()
    {
        Kill(BondWithTwoMembers());
        var settings = new Settings { Socket = Path.Combine(Folder, "s"), State = Folder };
        await File.WriteAllTextAsync(settings.Socket, "in the way", TestContext.Current.CancellationToken);
        var service = new Service(
            settings,
            Opened(),
            new NamespaceIdentity("net:[1]", null, Here),
            Network,
            NullLoggerProvider.Instance,
            TimeProvider.System
        );
        await Assert.ThrowsAnyAsync<IOException>(service.StartAsync);
        await service.DisposeAsync();
        Assert.NotNull(Network.Find("bond0"));
        Assert.Empty(Network.GivenBack);
        Assert.Equal(2, Assert.Single(Start().Store.ReadAll([])).Members.Count);
    }
}
