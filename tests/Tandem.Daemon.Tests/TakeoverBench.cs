using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Core.Bonds;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Tests;

/// <summary>A service with a bond of fake devices, which can be killed and followed by the next.</summary>
public abstract class TakeoverBench : IDisposable
{
    private protected static readonly Surroundings Here = new("boot", 1);

    private protected string Folder { get; } = RunningService.TemporaryDirectory();

    private protected FakeNetwork Network { get; } = new();

    private protected List<BondEvent> Events { get; } = [];

    private protected Action<BondEvent>? OnEvent { get; set; }

    public void Dispose()
    {
        Directory.Delete(Folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    private protected BondRegistry TakeOver()
    {
        var (registry, store) = Start();
        registry.Handover.TakeOver(1, Assert.Single(store.ReadAll([])));
        return registry;
    }

    // Creates the bond if there is none.
    private protected static void Change(BondRegistry registry, string option, string value)
    {
        if (registry.Bonds.All.Length == 0)
            Assert.Null(registry.Requests.Create(0, new CreateBondRequest { Name = "bond0" }));
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { [option] = value };
        Assert.Null(registry.Requests.Change(0, "bond0", new ChangeBondRequest { Options = options }));
    }

    private protected BondRegistry BondWithTwoMembers(string policy = "none", string? address = "02:00:00:00:00:aa")
    {
        var (registry, _) = Start();
        Network.Add("e0");
        Network.Add("e1");
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

    // A killed service leaves everything as it is.
    private protected static void Kill(BondRegistry registry) => Assert.Single(registry.Bonds.All);

    private protected (BondRegistry Registry, StateStore Store) Start()
    {
        var store = new StateStore(Opened(), Here, NullLogger.Instance);
        return (new BondRegistry(Network, store, Happened, static _ => default, NullLogger.Instance), store);
    }

    private void Happened(BondEvent happened)
    {
        Events.Add(happened);
        OnEvent?.Invoke(happened);
    }

    private protected PrivateDirectory Opened() => PrivateDirectory.Open(Folder).Value!;
}
