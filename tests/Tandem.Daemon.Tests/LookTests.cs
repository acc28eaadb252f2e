using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>Interfaces are read on another thread; the writer thread does not wait for that.</summary>
public sealed class LookTests : IDisposable
{
    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly PrivateDirectory _opened;
    private readonly FakeNetwork _network = new();
    private readonly BondRegistry _registry;
    private Action<BondEvent>? _events;
    private readonly List<(Func<Sighting> Look, Action<long, Sighting?> Then)> _looks = [];

    public LookTests()
    {
        _opened = PrivateDirectory.Open(_directory).Value!;
        var store = new StateStore(_opened, new Surroundings("boot", 1), NullLogger.Instance);
        _registry = new BondRegistry(_network, store, happened => _events?.Invoke(happened), static _ => default, NullLogger.Instance)
        {
            Links = { Aside = (look, then) => _looks.Add((look, then)) },
        };
        _network.Add("e0");
        _network.Add("e1");
        var options = new Dictionary<string, string>(StringComparer.Ordinal) { ["mode"] = "active-backup" };
        Assert.Null(
            _registry.Requests.Create(
                0,
                new CreateBondRequest
                {
                    Name = "bond0",
                    Options = options,
                    Up = true,
                }
            )
        );
        Assert.Null(_registry.Requests.Join(0, "bond0", "e0"));
        Assert.Null(_registry.Requests.Join(0, "bond0", "e1"));
        Assert.Equal("e0", Bond.ActiveMember);
    }

    public void Dispose()
    {
        _opened.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_lost_link_counts_before_the_kernel_is_asked_for_more()
    {
        var e0 = _network.Find("e0")!;
        _network.Change(e0.Ifindex, link => link with { Flags = LinkFlags.Up });
        var report = _network.Find("e0")! with { CarrierLosses = 1 };
        var changes = new List<string>();
        _network.OnRead = () => changes.Add("the kernel is asked");
        _events = happened => changes.Add(happened.Kind.ToString());
        _registry.Links.LinkReported(1, report);
        Assert.Equal(nameof(EventKind.LinkDown), changes[0]);
        Assert.Contains(nameof(EventKind.ActiveChanged), changes.TakeWhile(change => change != "the kernel is asked"));
    }

    [Fact]
    public void A_report_that_is_older_than_the_link_changes_nothing()
    {
        var report = _network.Find("e0")! with { Flags = LinkFlags.None };
        _registry.Links.LinkReported(1, report);
        Assert.Equal("e0", Bond.ActiveMember);
        Assert.Equal(0u, (uint)Bond.Members[0].Data["link_failure_count"]!);
    }

    [Fact]
    public void Reports_of_interfaces_of_others_ask_the_kernel_nothing()
    {
        var other = _network.Add("other");
        var reads = 0;
        _network.OnRead = () => reads++;
        for (var i = 0; i < 100; i++)
            _registry.Links.LinkReported(i, other);
        Assert.Equal(0, reads);
    }

    [Fact]
    public void Interfaces_are_read_each_second_on_another_thread_and_once_at_a_time()
    {
        var reads = 0;
        _registry.Advance(0);
        _network.OnRead = () => reads++;
        _registry.Advance(Clock.Second);
        _registry.Advance(2 * Clock.Second);
        Assert.Single(_looks);
        Assert.Equal(0, reads);
        // The next look follows even if the previous one failed.
        _looks[0].Then(2 * Clock.Second, null);
        _registry.Advance(3 * Clock.Second);
        Assert.Equal(2, _looks.Count);
    }

    [Fact]
    public void The_state_of_interfaces_is_applied_later()
    {
        _registry.Advance(0);
        _network.Change(_network.Find("bond0")!.Ifindex, link => link with { Promiscuity = 1 });
        _network.Speeds[_network.Find("e0")!.Ifindex] = (2500, Duplex.Full);
        var (look, then) = _looks[^1];
        then(1, look());
        Assert.Equal((2500u, "full"), (Bond.Members[0].SpeedMbps, Bond.Members[0].Duplex));
        Assert.Equal(1, _network.Promiscuous);
        // The bond is removed before the look is evaluated.
        _registry.Advance(Clock.Second);
        (look, then) = _looks[^1];
        var sighting = look();
        Assert.Null(_registry.Requests.Remove(2, "bond0"));
        then(3, sighting);
        Assert.Empty(_registry.Bonds.All);
    }

    private BondResource Bond => _registry.Show(_network, "bond0");
}
