using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Core.Bonds;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Hosting;
using Tandem.Daemon.Namespaces;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>A service is killed and another one takes over, with changes by others in between.</summary>
public sealed class TakeoverTests : IDisposable
{
    private static readonly Surroundings Here = new("boot", 1);
    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly FakeNetwork _network = new();
    private readonly List<BondEvent> _events = [];
    private Action<BondEvent>? _onEvent;

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_bond_is_taken_over_with_its_options_members_and_address()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll([]));
        registry.Handover.TakeOver(1, state);

        var bond = registry.Show(_network, "bond0");
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
        _network.Remembered.Clear();
        var file = Assert.Single(Directory.GetFiles(_directory));
        var state = JsonNode.Parse(File.ReadAllText(file))!.AsObject();
        // What it had not, and what it had instead.
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
        var bond = registry.Show(_network, "bond0");
        Assert.Equal(("active-backup", "02:00:00:00:00:aa"), ((string?)bond.Options["mode"], bond.Link.Address));
        Assert.Equal(["e1", "e0"], bond.Members.Select(member => member.Name));
        Assert.Equal("02:00:00:00:00:aa", registry.Bonds.Find("bond0")!.Spec.Address);
    }

    [Fact]
    public void A_member_that_is_gone_is_left_out()
    {
        Kill(BondWithTwoMembers());
        _network.Delete("e1");
        var (registry, store) = Start();
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        Assert.Equal(["e0"], registry.Show(_network, "bond0").Members.Select(member => member.Name));
    }

    [Fact]
    public void A_member_that_cannot_stay_joins_anew_and_another_that_is_refused_does_not_hinder_it()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll([]));
        var bridge = _network.Add("br0", "bridge");
        // Without slots both must join; one of them was renamed, the other one belongs to a bridge meanwhile.
        state = state with
        {
            Members = [.. state.Members.Select(member => member with { Slot = null })],
        };
        _network.Change(_network.Find("e1")!.Ifindex, link => link with { Name = "uplink" });
        _network.Change(_network.Find("e0")!.Ifindex, link => link with { Master = bridge.Ifindex });
        registry.Handover.TakeOver(1, state);
        var member = Assert.Single(registry.Show(_network, "bond0").Members);
        Assert.Equal(("uplink", 7L), (member.Name, (long)member.Data["prio"]!));
        Assert.Equal(["e1", "e0"], _network.GivenBack);
        Assert.Equal(["uplink"], Assert.Single(Start().Store.ReadAll([])).Members.Select(member => member.Saved.Name));
    }

    [Fact]
    public void Members_are_given_back_if_the_device_is_gone()
    {
        Kill(BondWithTwoMembers());
        _network.Delete("bond0");
        var (registry, store) = Start();
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        Assert.Empty(registry.Bonds.All);
        Assert.Equal(["e1", "e0"], _network.GivenBack);
        Assert.Empty(store.ReadAll([]));
    }

    [Fact]
    public void A_device_that_someone_else_made_is_left_alone()
    {
        Kill(BondWithTwoMembers());
        _network.Delete("bond0");
        _network.Add("bond0", "tun");
        TakeOver();
        Assert.NotNull(_network.Find("bond0"));
        Assert.Empty(Start().Store.ReadAll([]));
    }

    [Fact]
    public void A_device_that_cannot_be_opened_is_left_alone_and_its_members_are_given_back()
    {
        Kill(BondWithTwoMembers());
        _network.NextFailure = "another process has the interface bond0 open";
        Assert.Empty(TakeOver().Bonds.All);
        Assert.NotNull(_network.Find("bond0"));
        Assert.Equal(["e1", "e0"], _network.GivenBack);
        Assert.Equal("02:00:00:00:00:02", _network.Find("e0")!.Address.ToString());
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
        var options = TakeOver().Show(_network, "bond0").Options;
        Assert.Equal(
            ("active-backup", 2L, 100L, "active"),
            ((string?)options["mode"], (long)options["packets_per_slave"]!, (long)options["miimon"]!, (string?)options["arp_validate"])
        );
    }

    [Fact]
    public void Members_do_not_join_a_bond_whose_mode_cannot_be_restored()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll([]));
        var options = new Dictionary<string, string>(state.Options, StringComparer.Ordinal) { ["mode"] = "balance-later" };
        registry.Handover.TakeOver(1, state with { Options = options });
        Assert.Empty(registry.Show(_network, "bond0").Members);
        Assert.Equal(["e1", "e0"], _network.GivenBack);
        Assert.Empty(Assert.Single(Start().Store.ReadAll([])).Members);
    }

    [Fact]
    public void Members_are_known_to_the_next_service_if_this_one_is_killed_while_it_takes_over()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        IReadOnlyList<MemberState> known = [];
        // The first member is back, the second not yet.
        _onEvent = happened =>
        {
            if (happened is { Kind: EventKind.MemberAdded, Member: "e1" })
                known = Assert.Single(Start().Store.ReadAll([])).Members;
        };
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        Assert.Equal(["e1", "e0"], known.Select(member => member.Saved.Name));
        Assert.Equal("7", known[0].Options["prio"]);
    }

    [Fact]
    public void The_active_member_and_the_counters_survive()
    {
        var registry = BondWithTwoMembers();
        var e0 = _network.Find("e0")!.Ifindex;
        _network.Change(e0, link => link with { Flags = LinkFlags.Up });
        _network.Tell(registry, 1, e0);
        _network.SetUp(e0, true);
        _network.Tell(registry, 2, e0);
        Change(registry, "active_slave", "e1");
        Kill(registry);
        var bond = TakeOver().Show(_network, "bond0");
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
        Assert.Equal("02:00:00:00:00:aa", _network.Find("bond0")!.Address.ToString());
    }

    [Fact]
    public void The_address_stays_though_the_member_that_gave_it_has_left()
    {
        var registry = BondWithTwoMembers(address: null);
        Assert.Null(registry.Requests.Release(1, "bond0", "e1"));
        var before = _network.Find("bond0")!.Address;
        Kill(registry);
        registry = TakeOver();
        Assert.Equal(before, _network.Find("bond0")!.Address);
        Assert.Null(registry.Requests.Release(2, "bond0", "e0"));
        Assert.NotEqual(before, _network.Find("bond0")!.Address);
    }

    [Fact]
    public void A_state_file_that_throws_is_set_aside_and_other_bonds_are_taken_over()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll([]));
        _network.Fault = new InvalidOperationException("the kernel does not tell");
        registry.Handover.TakeOver(1, state);
        Assert.Empty(Start().Store.ReadAll([]));
        Assert.Single(Directory.GetFiles(_directory, "*.unreadable"));
    }

    [Fact]
    public async Task A_service_that_cannot_have_its_socket_leaves_bonds_as_they_are()
    {
        Kill(BondWithTwoMembers());
        var settings = new Settings { Socket = Path.Combine(_directory, "s"), State = _directory };
        await File.WriteAllTextAsync(settings.Socket, "in the way", TestContext.Current.CancellationToken);
        var service = new Service(
            settings,
            Opened(),
            new NamespaceIdentity("net:[1]", null, Here),
            _network,
            NullLoggerProvider.Instance,
            TimeProvider.System
        );
        await Assert.ThrowsAnyAsync<IOException>(service.StartAsync);
        await service.DisposeAsync();
        Assert.NotNull(_network.Find("bond0"));
        Assert.Empty(_network.GivenBack);
        Assert.Equal(2, Assert.Single(Start().Store.ReadAll([])).Members.Count);
    }

    [Fact]
    public void Changes_of_the_device_by_others_reach_the_members()
    {
        var registry = BondWithTwoMembers();
        var device = _network.Find("bond0")!.Ifindex;
        _network.Change(device, link => link with { Mtu = 1400 });
        _network.Tell(registry, 1, device);
        Assert.Equal([1400, 1400], registry.Show(_network, "bond0").Members.Select(member => member.Link.Mtu));

        _network.SetUp(device, false);
        _network.Tell(registry, 2, device);
        Assert.DoesNotContain("UP", registry.Show(_network, "bond0").Link.Flags);
        _events.Clear();
        _network.SetUp(device, true);
        _network.Tell(registry, 2, device);
        Assert.Contains("UP", registry.Show(_network, "bond0").Link.Flags);

        _network.Delete("bond0");
        _network.Tell(registry, 3, device);
        Assert.Empty(registry.Bonds.All);
        Assert.Equal(["e1", "e0"], _network.GivenBack);
    }

    [Fact]
    public void VLANs_on_the_device_are_known_from_the_first_one_on_also_to_the_next_service()
    {
        var registry = BondWithTwoMembers();
        var device = _network.Find("bond0")!.Ifindex;
        var (above, other) = (_network.Add("bond0.7", "vlan").Ifindex, _network.Add("eth7.7", "vlan").Ifindex);
        _network.Change(other, link => link with { VlanId = 7, Link = device, LinkNetnsid = 3 });
        _network.Tell(registry, 1, other);
        Assert.Equal(0, _network.HearVlans);
        _network.Change(above, link => link with { VlanId = 7, Link = device });
        _network.Tell(registry, 2, above);
        _network.Tell(registry, 3, above);
        Assert.Equal(1, _network.HearVlans);

        // It may be in another namespace, out of sight.
        _network.Delete(above);
        _network.Tell(registry, 4, above);
        Kill(registry);
        var (next, store) = Start();
        next.Handover.TakeOver(5, Assert.Single(store.ReadAll([])));
        Assert.Equal(2, _network.HearVlans);
    }

    [Fact]
    public void VLANs_that_came_while_no_service_ran_are_heard()
    {
        Kill(BondWithTwoMembers());
        var device = _network.Find("bond0")!.Ifindex;
        _network.Change(_network.Add("bond0.7", "vlan").Ifindex, link => link with { VlanId = 7, Link = device });
        var (registry, store) = Start();
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        Assert.Equal(1, _network.HearVlans);
    }

    [Fact]
    public void A_notification_of_the_present_state_changes_nothing()
    {
        var registry = BondWithTwoMembers();
        _events.Clear();
        foreach (var link in _network.Links())
            _network.Tell(registry, 1, link.Ifindex);
        registry.Links.LookAtAll(2);
        Assert.Empty(_events);
    }

    [Fact]
    public void A_member_that_disappears_or_is_renamed_is_noticed()
    {
        var registry = BondWithTwoMembers();
        var (e0, e1) = (_network.Find("e0")!.Ifindex, _network.Find("e1")!.Ifindex);
        _network.Delete("e1");
        _network.Change(e0, link => link with { Name = "uplink" });
        registry.Links.LookAtAll(1);
        Assert.Equal(["uplink"], registry.Show(_network, "bond0").Members.Select(member => member.Name));
        _network.Tell(registry, 2, e1);
        Assert.Single(registry.Show(_network, "bond0").Members);
        // The next service knows it by its new name.
        var state = Assert.Single(new StateStore(Opened(), Here, NullLogger.Instance).ReadAll([]));
        Assert.Equal(["uplink"], state.Members.Select(member => member.Saved.Name));
    }

    [Fact]
    public void A_link_that_fails_is_noticed_by_report_and_by_the_data_path()
    {
        var registry = BondWithTwoMembers();
        var e1 = _network.Find("e1")!.Ifindex;
        _network.Change(e1, link => link with { Flags = LinkFlags.Up });
        registry.Links.FaultReported(1, "bond0", slot: 0);
        Assert.Contains(_events, happened => happened is { Kind: EventKind.LinkDown, Member: "e1" });
    }

    private BondRegistry TakeOver()
    {
        var (registry, store) = Start();
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        return registry;
    }

    // Makes the bond if there is none.
    private static void Change(BondRegistry registry, string option, string value)
    {
        if (registry.Bonds.All.Length == 0)
            Assert.Null(registry.Requests.Create(0, new CreateBondRequest { Name = "bond0" }));
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { [option] = value };
        Assert.Null(registry.Requests.Change(0, "bond0", new ChangeBondRequest { Options = options }));
    }

    private BondRegistry BondWithTwoMembers(string policy = "none", string? address = "02:00:00:00:00:aa")
    {
        var (registry, _) = Start();
        _network.Add("e0");
        _network.Add("e1");
        var request = new CreateBondRequest
        {
            Name = "bond0",
            Options = new Dictionary<string, string>(StringComparer.Ordinal)
            {
                ["mode"] = "active-backup",
                ["primary"] = "e0",
                ["fail_over_mac"] = policy,
            },
            Address = address,
            Up = true,
        };
        Assert.Null(registry.Requests.Create(0, request));
        Assert.Null(registry.Requests.Join(0, "bond0", "e1"));
        Assert.Null(registry.Requests.Join(0, "bond0", "e0"));
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { ["prio"] = "7" };
        Assert.Null(registry.Requests.ChangeMember(0, "bond0", "e1", new ChangeMemberRequest { Options = options }));
        return registry;
    }

    // What a killed service leaves: everything as it is.
    private static void Kill(BondRegistry registry) => Assert.Single(registry.Bonds.All);

    private (BondRegistry Registry, StateStore Store) Start()
    {
        var store = new StateStore(Opened(), Here, NullLogger.Instance);
        return (new BondRegistry(_network, store, Happened, static _ => default, NullLogger.Instance), store);
    }

    private void Happened(BondEvent happened)
    {
        _events.Add(happened);
        _onEvent?.Invoke(happened);
    }

    private PrivateDirectory Opened() => PrivateDirectory.Open(_directory).Value!;
}
