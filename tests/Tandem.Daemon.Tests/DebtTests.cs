using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Hosting;
using Tandem.Daemon.State;
using Tandem.Linux.Bonds;
using Tandem.Linux.Hosting;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Tests;

/// <summary>Tandem restores what it changed on a machine, despite any failure meanwhile.</summary>
public sealed class DebtTests : IDisposable
{
    private static readonly Surroundings Here = new("boot", 1);
    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly FakeNetwork _network = new();
    private readonly PrivateDirectory _opened;

    public DebtTests()
    {
        _opened = PrivateDirectory.Open(_directory).Value!;
        _network.Add("e0");
        _network.Change(_network.Find("e0")!.Ifindex, link => link with { Mtu = 9000 });
    }

    public void Dispose()
    {
        _opened.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_member_that_cannot_be_given_back_is_given_back_later()
    {
        var registry = StuckAfterRelease();
        Assert.Empty(registry.Show(_network, "bond0").Members);
        Assert.Equal(1500, _network.Find("e0")!.Mtu);
        Assert.True(registry.NextDeadline <= 1);

        registry.Advance(1);
        Assert.Equal(1500, _network.Find("e0")!.Mtu);
        _network.Stuck.Clear();
        registry.Advance(Debts.Interval);
        Assert.Equal(1500, _network.Find("e0")!.Mtu);
        registry.Advance(Debts.Interval + 1);
        Assert.Equal(9000, _network.Find("e0")!.Mtu);
        Assert.Empty(Store().ReadOwed().Members);
    }

    [Fact]
    public void News_of_the_interface_is_a_reason_to_try_again()
    {
        var registry = StuckAfterRelease();
        _network.Stuck.Clear();
        _network.Tell(registry, 2, _network.Find("e0")!.Ifindex);
        Assert.Equal(9000, _network.Find("e0")!.Mtu);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void The_next_service_owes_it_too(bool bondIsRemoved)
    {
        var registry = StuckAfterRelease();
        if (bondIsRemoved)
            registry.Requests.Remove(2, "bond0");
        // A new bond of the same name has no debts.
        if (bondIsRemoved)
            Assert.Null(registry.Requests.Create(2, new CreateBondRequest { Name = "bond0" }));
        var next = Start();
        next.Handover.TakeOver(3);
        Assert.Equal("e0", Assert.Single(Store().ReadOwed().Members).Saved.Name);
        _network.Stuck.Clear();
        Start().Handover.TakeOver(4);
        Assert.Equal(9000, _network.Find("e0")!.Mtu);
        Assert.Empty(Store().ReadOwed().Members);
    }

    [Fact]
    public void An_interface_that_joins_again_is_given_back_as_it_was_at_first()
    {
        var registry = StuckAfterRelease();
        _network.SetUp(_network.Find("e0")!.Ifindex, false);
        Assert.Null(registry.Requests.Join(2, "bond0", "e0"));
        Assert.Empty(Store().ReadOwed().Members);
        _network.Stuck.Clear();
        Assert.Null(registry.Requests.Release(3, "bond0", "e0"));
        Assert.Equal(9000, _network.Find("e0")!.Mtu);
    }

    [Fact]
    public void Members_that_cannot_be_given_back_at_a_takeover_are_owed()
    {
        var registry = Start();
        Assert.Null(registry.Requests.Create(0, new CreateBondRequest { Name = "bond0" }));
        Assert.Null(registry.Requests.Join(0, "bond0", "e0"));
        _network.Delete("bond0");
        _network.Remembered.Clear();
        _network.Stuck.Add("e0");
        Start().Handover.TakeOver(1);
        Assert.Equal("e0", Assert.Single(Store().ReadOwed().Members).Saved.Name);
        _network.Stuck.Clear();
        Assert.True(Flush.Run(_network, Store(), NullLogger.Instance));
        Assert.Equal(9000, _network.Find("e0")!.Mtu);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public void Nothing_joins_and_no_bond_is_made_where_nothing_can_be_stored()
    {
        var registry = Start();
        Assert.Null(registry.Requests.Create(0, new CreateBondRequest { Name = "bond0" }));
        Directory.Delete(_directory, recursive: true);
        var refusal = registry.Requests.Join(0, "bond0", "e0");
        Assert.Contains("stored", refusal?.Message, StringComparison.Ordinal);
        Assert.Equal(9000, _network.Find("e0")!.Mtu);
        Assert.Contains("stored", registry.Requests.Create(0, new CreateBondRequest { Name = "bond1" })?.Message, StringComparison.Ordinal);
        Assert.Null(_network.Find("bond1"));
        Directory.CreateDirectory(_directory);
    }

    [Fact]
    public void A_member_of_an_unknown_bond_is_restored_at_the_start()
    {
        var e0 = _network.Find("e0")!;
        var saved = SavedMember.From(e0, [], null, now: 0);
        _network.Change(e0.Ifindex, link => link with { Mtu = 1500 });
        _network.Left.Add(new Leftover(LeftoverKind.Member, e0.Ifindex, "e0", saved));
        Start().Handover.TakeOver(1);
        Assert.Equal(["e0"], _network.GivenBack);
    }

    [Fact]
    public void Interfaces_of_bonds_are_not_swept()
    {
        var registry = Start();
        Assert.Null(registry.Requests.Create(0, new CreateBondRequest { Name = "bond0" }));
        Assert.Null(registry.Requests.Join(0, "bond0", "e0"));
        var e0 = _network.Find("e0")!;
        _network.Left.Add(new Leftover(LeftoverKind.Member, e0.Ifindex, "e0", SavedMember.From(e0, [], null, now: 0)));
        _network.Left.Add(new Leftover(LeftoverKind.Device, _network.Find("bond0")!.Ifindex, "bond0"));
        var next = Start();
        next.Handover.TakeOver(1);
        Assert.Equal(["e0"], next.Show(_network, "bond0").Members.Select(member => member.Name));
        Assert.Empty(_network.GivenBack);
    }

    [Fact]
    public void Where_a_device_of_nobody_carries_frames_its_members_are_left_to_it()
    {
        var tap = _network.Add("bond7", "tun");
        var e0 = _network.Find("e0")!;
        _network.Left.Add(new Leftover(LeftoverKind.Device, tap.Ifindex, "bond7"));
        _network.Left.Add(new Leftover(LeftoverKind.Member, e0.Ifindex, "e0", SavedMember.From(e0, [], null, now: 0)));
        Start().Handover.TakeOver(1);
        Assert.Empty(_network.GivenBack);
        Assert.NotNull(_network.Find("bond7"));
        Assert.True(Flush.Run(_network, Store(), NullLogger.Instance));
        Assert.Equal(["e0"], _network.GivenBack);
        Assert.Null(_network.Find("bond7"));
    }

    private BondRegistry StuckAfterRelease()
    {
        var registry = Start();
        Assert.Null(registry.Requests.Create(0, new CreateBondRequest { Name = "bond0" }));
        Assert.Null(registry.Requests.Join(0, "bond0", "e0"));
        _network.Stuck.Add("e0");
        Assert.Null(registry.Requests.Release(1, "bond0", "e0"));
        return registry;
    }

    private StateStore Store() => new(_opened, Here, NullLogger.Instance);

    private BondRegistry Start() => new(_network, Store(), static _ => { }, static _ => default, NullLogger.Instance);
}
