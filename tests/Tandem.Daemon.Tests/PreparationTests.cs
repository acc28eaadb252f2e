using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Api;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>What requests change is stored before the writer thread carries them out, and is not forgotten.</summary>
public sealed class PreparationTests : IDisposable
{
    private static readonly Surroundings Here = new("boot", 1);
    private static readonly SavedRoute Route = new([2, 0, 0, 0, 254, 3, 0, 1, 0, 0, 0, 0]);
    private readonly string _directory = RunningService.TemporaryDirectory();
    private readonly FakeNetwork _network = new();
    private readonly PrivateDirectory _opened;

    public PreparationTests()
    {
        _opened = PrivateDirectory.Open(_directory).Value!;
        foreach (var name in new[] { "e0", "e1" })
        {
            var link = _network.Add(name);
            _network.SetUp(link.Ifindex, true);
            _network.Routes[link.Ifindex] = [Route];
        }
    }

    private int E0 => _network.Find("e0")!.Ifindex;

    public void Dispose()
    {
        _opened.Dispose();
        if (Directory.Exists(_directory))
            Directory.Delete(_directory, recursive: true);
    }

    [Fact]
    public void A_request_that_was_prepared_needs_no_file()
    {
        var registry = Start(new Queue<Action>());
        var found = Capture("e0");
        Assert.Null(registry.Bonds.Prepare("bond0", null, found)!());
        Assert.Contains("e0", File.ReadAllText(Assert.Single(Directory.GetFiles(_directory))), StringComparison.Ordinal);
        Directory.Delete(_directory, recursive: true);
        Assert.Null(registry.Reconciler.Put(0, "bond0", new BondSpec { Members = [new MemberSpec { Name = "e0" }] }).Refusal);
        registry.Bonds.EndPreparing("bond0", found);
        Assert.Equal(["e0"], registry.Show(_network, "bond0").Members.Select(member => member.Name));
        _network.SetUp(_network.Find("e1")!.Ifindex, false);
        // A change that was not prepared is refused if nothing can be stored.
        Assert.Contains("stored", registry.Requests.Join(0, "bond0", "e1")?.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Members_may_leave_and_join_again_within_a_request_that_was_prepared()
    {
        var registry = Start();
        Assert.Null(registry.Reconciler.Put(0, "bond0", Spec("balance-rr")).Refusal);
        var found = Capture("e0");
        Assert.Null(registry.Bonds.Prepare("bond0", null, found)!());
        Directory.Delete(_directory, recursive: true);
        Assert.Null(registry.Reconciler.Put(1, "bond0", Spec("active-backup")).Refusal);
        registry.Bonds.EndPreparing("bond0", found);
        Assert.Equal("active-backup", registry.Show(_network, "bond0").Options["mode"]?.ToString());
        Assert.Equal(["e0"], registry.Show(_network, "bond0").Members.Select(member => member.Name));
    }

    [Fact]
    public void What_was_prepared_in_vain_leaves_nothing()
    {
        var registry = Start();
        var found = Capture("e0");
        Assert.Null(registry.Bonds.Prepare("bond0", null, found)!());
        registry.Bonds.EndPreparing("bond0", found);
        Assert.Empty(Directory.GetFiles(_directory));
        // A bond with the name of an interface is not prepared either.
        Assert.Null(registry.Bonds.Prepare("e1", null, found));
        Assert.Null(registry.Requests.Create(0, new CreateBondRequest { Name = "bond0" }));
        Assert.Null(registry.Bonds.Prepare("bond0", null, found)!());
        registry.Bonds.EndPreparing("bond0", found);
        Assert.DoesNotContain("e0", File.ReadAllText(Assert.Single(Directory.GetFiles(_directory))), StringComparison.Ordinal);
        Start().Handover.TakeOver(1);
        Assert.Empty(_network.GivenBack);
    }

    [Fact]
    public void An_interface_that_was_set_down_to_join_has_its_routes_again_if_the_request_is_refused()
    {
        var registry = Start();
        _network.Add("odd", kind: "bridge");
        var spec = new BondSpec { Members = [new MemberSpec { Name = "e0" }, new MemberSpec { Name = "gone" }] };
        _network.NextFailure = null;
        var found = Capture("e0");
        registry.Bonds.Prepare("bond0", null, found);
        Assert.NotNull(registry.Reconciler.Put(0, "bond0", spec).Refusal);
        registry.Bonds.EndPreparing("bond0", found);
        Assert.True(_network.Find("e0")!.IsUp);
        Assert.Equal([Route], _network.Routes[E0]);
    }

    [Fact]
    public async Task A_new_bond_that_is_refused_leaves_its_interfaces_alone_also_at_the_next_start()
    {
        var lo = _network.Add("lo");
        _network.Change(lo.Ifindex, link => link with { Flags = LinkFlags.Up | LinkFlags.Loopback });
        await using (var service = await RunningService.StartAsync(_network, _directory))
        {
            var (status, _) = await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond1", """{"members":[{"name":"e0"},{"name":"lo"}]}""");
            Assert.InRange(status, 400, 499);
            Assert.Empty(Directory.GetFiles(_directory, "*.json"));
        }
        Start().Handover.TakeOver(1);
        Assert.Empty(_network.GivenBack);
        Assert.True(_network.Find("e0")!.IsUp);
        Assert.Equal([Route], _network.Routes[E0]);
    }

    [Fact]
    public void An_interface_that_a_killed_service_had_only_prepared_to_take_is_left_alone()
    {
        Assert.Null(Start().Bonds.Prepare("bond0", null, Capture("e0"))!());
        Start().Handover.TakeOver(1);
        Assert.Empty(_network.GivenBack);
        Assert.Equal([Route], _network.Routes[E0]);
        Assert.Empty(Directory.GetFiles(_directory));
    }

    [Fact]
    public async Task Requests_at_the_same_time_lose_nothing_of_what_is_on_the_bond()
    {
        _network.SetUp(E0, false);
        await using var service = await RunningService.StartAsync(_network);
        await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0", """{"up":true,"members":[{"name":"e0"}]}""");
        var device = _network.Find("bond0")!.Ifindex;
        for (var round = 0; round < 10; round++)
        {
            _network.Routes[device] = [Route];
            var requests = new[] { "active-backup", "balance-xor", "broadcast", "balance-rr" }.Select(mode =>
                service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0", $$"""{"options":{"mode":"{{mode}}"},"members":[{"name":"e0"}]}""")
            );
            foreach (var (status, _) in await Task.WhenAll(requests))
                Assert.Equal(200, status);
            Assert.Equal([Route], _network.Routes[device]);
        }
    }

    [Theory]
    [InlineData("e0", 200)]
    [InlineData("gone", 404)]
    public async Task A_bond_that_is_set_down_for_a_change_has_its_routes_afterwards(string member, int expected)
    {
        _network.SetUp(E0, false);
        await using var service = await RunningService.StartAsync(_network);
        await service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0", """{"up":true,"members":[{"name":"e0"}]}""");
        var device = _network.Find("bond0")!.Ifindex;
        _network.Routes[device] = [Route];
        var (status, _) = await service.SendAsync(
            HttpMethod.Put,
            "/v1/bonds/bond0",
            $$"""{"options":{"mode":"active-backup"},"members":[{"name":"e0"},{"name":"{{member}}"}]}""".Replace(
                """{"name":"e0"},{"name":"e0"}""",
                """{"name":"e0"}""",
                StringComparison.Ordinal
            )
        );
        Assert.Equal(expected, status);
        Assert.True(_network.Find("bond0")!.IsUp);
        Assert.Equal([Route], _network.Routes[device]);
    }

    [Fact]
    public void Routes_come_back_with_the_interface_also_under_the_next_service()
    {
        var registry = Start();
        var found = Capture("e0");
        registry.Bonds.Prepare("bond0", null, found);
        Assert.Null(registry.Reconciler.Put(0, "bond0", Spec("balance-rr")).Refusal);
        registry.Bonds.EndPreparing("bond0", found);
        Assert.False(_network.Routes.ContainsKey(E0));
        // The service is killed, the next one takes over, and the member is released.
        var second = Start();
        second.Handover.TakeOver(1);
        Assert.Null(second.Requests.Release(1, "bond0", "e0"));
        Assert.False(_network.Find("e0")!.IsUp);
        _network.Tell(second, 1, E0);
        Assert.False(_network.Routes.ContainsKey(E0));
        Assert.Equal("e0", Assert.Single(Store().ReadOwed().Down).Saved.Name);

        var third = Start();
        third.Handover.TakeOver(2);
        _network.SetUp(E0, true);
        _network.Tell(third, 2, E0);
        Assert.Equal([Route], _network.Routes[E0]);
        Assert.Empty(Store().ReadOwed().Down);
    }

    [Fact]
    public void Routes_that_wait_are_still_owed_after_the_interface_was_a_member_again()
    {
        var registry = Start();
        var found = Capture("e0");
        registry.Bonds.Prepare("bond0", null, found);
        Assert.Null(registry.Reconciler.Put(0, "bond0", Spec("balance-rr")).Refusal);
        registry.Bonds.EndPreparing("bond0", found);
        Assert.Null(registry.Requests.Release(1, "bond0", "e0"));
        Assert.Null(registry.Requests.Join(2, "bond0", "e0"));
        Assert.Empty(Store().ReadOwed().Down);
        Assert.Null(registry.Requests.Remove(3, "bond0"));
        _network.SetUp(E0, true);
        _network.Tell(registry, 3, E0);
        Assert.Equal([Route], _network.Routes[E0]);
    }

    [Fact]
    public async Task The_writer_thread_serves_others_while_what_a_join_changes_is_read_and_stored()
    {
        using var gate = new ManualResetEventSlim();
        await using var service = await RunningService.StartAsync(_network);
        await service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0"}""");
        _network.SetUp(E0, false);
        _network.OnCapture = () => gate.Wait(TestContext.Current.CancellationToken);
        var join = service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/e0");
        var (status, _) = await service.SendAsync(HttpMethod.Patch, "/v1/bonds/bond0", """{"options":{"miimon":"70"}}""");
        Assert.Equal(200, status);
        Assert.False(join.IsCompleted);
        gate.Set();
        Assert.Equal(200, (await join).Status);
    }

    private static BondSpec Spec(string mode) =>
        new()
        {
            Options = new Dictionary<string, string>(StringComparer.Ordinal) { ["mode"] = mode },
            Members = [new MemberSpec { Name = "e0" }],
        };

    private List<Tandem.Linux.Members.SavedMember> Capture(string name) => [_network.Capture(name)!];

    private StateStore Store() => new(_opened, Here, NullLogger.Instance);

    // With a queue, only writes that the writer thread must wait for happen at once.
    private BondRegistry Start(Queue<Action>? later = null) =>
        new(
            _network,
            later is null ? Store() : new StateStore(_opened, Here, NullLogger.Instance, later.Enqueue),
            static _ => { },
            static _ => DateTimeOffset.UnixEpoch,
            NullLogger.Instance
        );
}
