using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Core;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>A service is killed, another starts, and what others do meanwhile.</summary>
public sealed class TakeoverTests : IDisposable
{
    private static readonly Surroundings Here = new("boot", 1);
    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly FakeNetwork _network = new();
    private readonly List<BondEvent> _events = [];

    public void Dispose() => Directory.Delete(_directory, recursive: true);

    [Fact]
    public void A_bond_is_taken_over_with_its_options_members_and_address()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll());
        registry.TakeOver(1, state);

        var bond = registry.Show("bond0").Value!;
        Assert.Equal("active-backup", (string?)bond.Options["mode"]);
        Assert.Equal("e0", bond.Primary);
        Assert.Equal(["e1", "e0"], bond.Members.Select(member => member.Name));
        Assert.Equal(7, (long)bond.Members[0].Data["prio"]!);
        Assert.Equal("02:00:00:00:00:aa", bond.Link.Address);
        Assert.Contains("UP", bond.Link.Flags);
    }

    [Fact]
    public void A_member_that_is_gone_is_left_out()
    {
        Kill(BondWithTwoMembers());
        _network.Delete("e1");
        var (registry, store) = Start();
        registry.TakeOver(1, Assert.Single(store.ReadAll()));
        Assert.Equal(["e0"], registry.Show("bond0").Value!.Members.Select(member => member.Name));
    }

    [Fact]
    public void Members_are_given_back_if_the_device_is_gone()
    {
        Kill(BondWithTwoMembers());
        _network.Delete("bond0");
        var (registry, store) = Start();
        registry.TakeOver(1, Assert.Single(store.ReadAll()));
        Assert.Equal(0, registry.Count);
        Assert.Equal(["e1", "e0"], _network.GivenBack);
        Assert.Empty(store.ReadAll());
    }

    [Fact]
    public void A_device_that_cannot_be_taken_over_is_removed()
    {
        Kill(BondWithTwoMembers());
        var (registry, store) = Start();
        var state = Assert.Single(store.ReadAll());
        // Another interface of that name, not ours.
        _network.Change(_network.Find("bond0")!.Ifindex, link => link with { Kind = "dummy" });
        registry.TakeOver(1, state);
        Assert.Equal(0, registry.Count);
        Assert.NotNull(_network.Find("bond0"));
        Assert.Empty(store.ReadAll());
    }

    [Fact]
    public void What_others_do_to_the_device_reaches_the_members()
    {
        var registry = BondWithTwoMembers();
        var device = _network.Find("bond0")!.Ifindex;
        _network.Change(device, link => link with { Mtu = 1400 });
        registry.LinkReported(1, device);
        Assert.Equal([1400, 1400], registry.Show("bond0").Value!.Members.Select(member => member.Link.Mtu));

        _network.SetUp(device, false);
        registry.LinkReported(2, device);
        Assert.Equal(2, registry.Show("bond0").Value!.Members.Count);

        _network.Delete("bond0");
        registry.LinkReported(3, device);
        Assert.Equal(0, registry.Count);
        Assert.Equal(["e1", "e0"], _network.GivenBack);
    }

    [Fact]
    public void A_report_of_what_is_so_already_changes_nothing()
    {
        var registry = BondWithTwoMembers();
        _events.Clear();
        foreach (var link in _network.Links())
            registry.LinkReported(1, link.Ifindex);
        registry.LookAtAll(2);
        Assert.Empty(_events);
    }

    [Fact]
    public void A_member_that_disappears_or_is_renamed_is_noticed()
    {
        var registry = BondWithTwoMembers();
        var (e0, e1) = (_network.Find("e0")!.Ifindex, _network.Find("e1")!.Ifindex);
        _network.Delete("e1");
        _network.Change(e0, link => link with { Name = "uplink" });
        registry.LookAtAll(1);
        Assert.Equal(["uplink"], registry.Show("bond0").Value!.Members.Select(member => member.Name));
        registry.LinkReported(2, e1);
        Assert.Single(registry.Show("bond0").Value!.Members);
        // The next service knows it by its new name.
        var state = Assert.Single(new StateStore(_directory, Here, NullLogger.Instance).ReadAll());
        Assert.Equal(["uplink"], state.Members.Select(member => member.Saved.Name));
    }

    [Fact]
    public void A_link_that_fails_is_noticed_by_report_and_by_the_data_path()
    {
        var registry = BondWithTwoMembers();
        var e1 = _network.Find("e1")!.Ifindex;
        _network.Change(e1, link => link with { Flags = LinkFlags.Up });
        registry.FaultReported(1, "bond0", slot: 0);
        Assert.Contains(_events, happened => happened is { Kind: EventKind.LinkDown, Member: "e1" });
    }

    private BondRegistry BondWithTwoMembers()
    {
        var (registry, _) = Start();
        _network.Add("e0");
        _network.Add("e1");
        var request = new CreateBondRequest
        {
            Name = "bond0",
            Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["mode"] = "active-backup", ["primary"] = "e0" },
            Address = "02:00:00:00:00:aa",
            Up = true,
        };
        Assert.Null(registry.Create(0, request).Refusal);
        Assert.Null(registry.Join(0, "bond0", "e1").Refusal);
        Assert.Null(registry.Join(0, "bond0", "e0").Refusal);
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { ["prio"] = "7" };
        Assert.Null(registry.ChangeMember(0, "bond0", "e1", new ChangeMemberRequest { Options = options }).Refusal);
        return registry;
    }

    // What a killed service leaves: everything as it is.
    private static void Kill(BondRegistry registry) => Assert.Equal(1, registry.Count);

    private (BondRegistry Registry, StateStore Store) Start()
    {
        var store = new StateStore(_directory, Here, NullLogger.Instance);
        return (new BondRegistry(_network, store, _events.Add, NullLogger.Instance), store);
    }
}
