using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Tests;

/// <summary>Bonds of configuration files at the start of the service, when interfaces may still be missing.</summary>
public sealed class FileBondsTests : IDisposable
{
    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly PrivateDirectory _opened;
    private readonly FakeNetwork _network = new();
    private readonly BondRegistry _registry;

    public FileBondsTests()
    {
        _opened = PrivateDirectory.Open(_directory).Value!;
        var store = new StateStore(_opened, new Surroundings("boot", 1), NullLogger.Instance);
        _registry = new BondRegistry(_network, store, static _ => { }, static _ => default, NullLogger.Instance);
        _network.Add("e0");
    }

    public void Dispose()
    {
        _opened.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void An_interface_that_comes_later_joins_and_becomes_the_primary()
    {
        _registry.Files.Make(1, "bond0", Spec());
        var bond = _registry.Show(_network, "bond0");
        Assert.Equal(["e0"], bond.Members.Select(member => member.Name));
        Assert.Contains("UP", bond.Link.Flags);
        Assert.Null(bond.Primary);

        var late = _network.Add("tmp").Ifindex;
        _network.Tell(_registry, 2, late);
        Assert.Single(_registry.Show(_network, "bond0").Members);
        // udev renames the interface, which may be up already.
        _network.Change(late, link => link with { Name = "e1" });
        _network.SetUp(late, true);
        _network.Tell(_registry, 3, late);
        bond = _registry.Show(_network, "bond0");
        Assert.Equal(["e0", "e1"], bond.Members.Select(member => member.Name));
        Assert.Equal(("e1", 9L), (bond.Primary, (long)bond.Members[1].Data["prio"]!));

        // The file's member joins once: then a user may release it.
        Assert.Null(_registry.Requests.Release(4, "bond0", "e1"));
        _network.Tell(_registry, 5, late);
        Assert.Single(_registry.Show(_network, "bond0").Members);
    }

    [Fact]
    public void A_bond_that_runs_stays_as_it_is_and_gets_what_it_waits_for()
    {
        Assert.Null(_registry.Requests.Create(1, new CreateBondRequest { Name = "bond0" }));
        _registry.Files.Make(2, "bond0", Spec());
        var bond = _registry.Show(_network, "bond0");
        Assert.Equal("balance-rr", (string?)bond.Options["mode"]);
        Assert.Empty(bond.Members);
        _network.Tell(_registry, 3, _network.Add("e1").Ifindex);
        // The file's option for the member belongs to another mode. It is refused with a reason, and the bond stays.
        Assert.Equal("balance-rr", (string?)_registry.Show(_network, "bond0").Options["mode"]);
    }

    [Fact]
    public void What_is_refused_keeps_nothing_else_from_being_made()
    {
        var bridge = _network.Add("br0", "bridge");
        _network.Change(_network.Find("e0")!.Ifindex, link => link with { Master = bridge.Ifindex });
        _network.Add("e1");
        _registry.Files.Make(1, "bond0", Spec());
        Assert.Equal(["e1"], _registry.Show(_network, "bond0").Members.Select(member => member.Name));
        // The name is taken.
        _registry.Files.Make(1, "e1", Spec());
        _registry.Files.Make(1, "bond1", Spec() with { Members = [] });
        Assert.Equal(["bond0", "bond1"], _registry.Bonds.All.Select(each => each.Name));
    }

    private static BondSpec Spec() =>
        new()
        {
            Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["mode"] = "active-backup", ["primary"] = "e1" },
            Up = true,
            Members =
            [
                new MemberSpec { Name = "e0" },
                new MemberSpec
                {
                    Name = "e1",
                    Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["prio"] = "9" },
                },
            ],
        };
}
