namespace Tandem.Daemon.Tests;

/// <summary>Clients get bonds even while the writer thread or the kernel is busy.</summary>
public sealed class ViewTests : IAsyncDisposable
{
    private readonly FakeNetwork _network = new();
    private readonly ManualResetEventSlim _gate = new(initialState: true);
    private RunningService? _service;

    public async ValueTask DisposeAsync()
    {
        _gate.Set();
        if (_service is not null)
            await _service.DisposeAsync();
        _gate.Dispose();
    }

    [Fact]
    public async Task A_bond_is_shown_as_last_read_while_the_kernel_does_not_answer()
    {
        var service = await StartAsync();
        _network.Change(_network.Find("e0")!.Ifindex, link => link with { Group = 1 });
        Assert.Equal("1", await GroupOfE0Async());

        _network.OnCounters = () => _gate.Wait(TestContext.Current.CancellationToken);
        _gate.Reset();
        _network.Change(_network.Find("e0")!.Ifindex, link => link with { Group = 2 });
        for (var i = 0; i < 20; i++)
            Assert.Equal("1", await GroupOfE0Async());
        // State of the brain is fresh all the same.
        await service.SendAsync(HttpMethod.Patch, "/v1/bonds/bond0", """{"options":{"miimon":"70"}}""");
        var (_, json) = await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond0");
        Assert.Equal(70, (int?)json?["options"]?["miimon"]);

        _gate.Set();
        for (var i = 0; await GroupOfE0Async() != "2"; i++)
            Assert.True(i < 400, "interfaces are read again");
    }

    [Fact]
    public async Task Bonds_are_shown_while_the_writer_thread_is_held_up()
    {
        var service = await StartAsync();
        using var isHeld = new ManualResetEventSlim();
        _network.OnRead = () =>
        {
            isHeld.Set();
            _gate.Wait(TestContext.Current.CancellationToken);
        };
        _network.OnCounters = static () => throw new InvalidOperationException("the kernel is busy");
        _gate.Reset();
        // A join reads the interface from the kernel, which blocks here.
        var join = service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/e1");
        isHeld.Wait(TestContext.Current.CancellationToken);
        foreach (var path in new[] { "/v1", "/v1/bonds", "/v1/bonds/bond0", "/v1/bonds/bond0/plan", "/v1/bonds/bond0/spec" })
        {
            var (status, _) = await service.SendAsync(HttpMethod.Get, path);
            Assert.Equal((path, 200), (path, status));
        }
        var (_, bond) = await service.SendAsync(HttpMethod.Get, "/v1/bonds/bond0");
        Assert.Equal(["e0"], bond!["members"]!.AsArray().Select(member => (string?)member!["name"]));
        Assert.False(join.IsCompleted);

        _gate.Set();
        var (joined, after) = await join;
        Assert.Equal(200, joined);
        Assert.Equal(["e0", "e1"], after!["members"]!.AsArray().Select(member => (string?)member!["name"]));
    }

    private async Task<RunningService> StartAsync()
    {
        _network.Add("e0");
        _network.Add("e1");
        _service = await RunningService.StartAsync(_network);
        await _service.SendAsync(HttpMethod.Post, "/v1/bonds", """{"name":"bond0"}""");
        await _service.SendAsync(HttpMethod.Put, "/v1/bonds/bond0/members/e0");
        return _service;
    }

    private async Task<string?> GroupOfE0Async()
    {
        var (_, json) = await _service!.SendAsync(HttpMethod.Get, "/v1/bonds/bond0");
        return (string?)json?["members"]?[0]?["link"]?["group"];
    }
}
