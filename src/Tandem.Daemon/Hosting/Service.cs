using Tandem.Api;
using Tandem.Core;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Http;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Daemon.Writer;
using Tandem.Linux.Hosting;
using Tandem.Linux.Interfaces;

namespace Tandem.Daemon.Hosting;

/// <summary>The service: creates its parts, starts and stops them in order.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly INetwork _network;
    private readonly WriterThread _writer;
    private readonly BondRegistry _registry;
    private readonly Housekeeping _housekeeping;
    private readonly BondView _view;
    private readonly ApiServer _api;
    private readonly ILogger _log;

    /// <summary>Creates the parts; nothing runs yet.</summary>
    public Service(Settings settings, PrivateDirectory state, Surroundings here, INetwork network, ILoggerProvider logs, TimeProvider time)
    {
        _log = logs.CreateLogger("tandemd");
        _network = network;
        Clock = new MonotonicClock(time);
        var hub = new EventHub();
        _housekeeping = new Housekeeping(_log);
        var store = new StateStore(state, here, _log, _housekeeping.Post);
        _registry = new BondRegistry(network, store, happened => Report(hub, happened), Clock.UtcOf, _log);
        _writer = new WriterThread(Clock, _registry, _log);
        _registry.Links.Aside = Aside;
        // The data path must not wait for the writer, which may be waiting for the data path.
        _registry.Bonds.ControlArrived = _writer.FramesArrived;
        _registry.Bonds.MemberFault = (bond, slot) => _writer.TryPost(() => _registry.Links.FaultReported(Clock.Now, bond, slot));
        _registry.Bonds.StackChanged = (bond, stack) => _writer.Post(() => _registry.Links.StackReported(Clock.Now, bond, stack));
        _view = new BondView(_writer, _registry.Snapshots, network, _log);
        _api = new ApiServer(settings.Socket, new BondEndpoints(_writer, _registry, _view), hub, logs, time);
    }

    /// <summary>The clock of the brains.</summary>
    public MonotonicClock Clock { get; }

    /// <summary>
    /// Takes over the bonds of an earlier service, and accepts requests. The socket comes first: if it cannot be opened, nothing was
    /// taken over that would have to be released. Early requests wait in the writer's queue behind the takeover.
    /// </summary>
    public async Task StartAsync()
    {
        var takenOver = _writer.Ask(now =>
        {
            _registry.Handover.TakeOver(now);
            return true;
        });
        await _api.StartAsync();
        _writer.Start();
        await takenOver;
    }

    /// <summary>Watches links until it is disposed of.</summary>
    public LinkWatcher Watch() => new(_writer, _registry, Clock, _log);

    /// <summary>Watches the guards of members until it is disposed of.</summary>
    public GuardWatcher WatchGuards() => new(_writer, _registry, _log);

    /// <summary>Reports to the service manager's watchdog until it is disposed of.</summary>
    public Watchdog WatchSelf() => new(_writer);

    /// <summary>Whether the bonds stay when the service ends, for another service to take over.</summary>
    public bool LeavesBonds { get; set; }

    /// <summary>Finishes queued requests, restores members, removes the bonds, and sends the last events before the API stops.</summary>
    public async ValueTask DisposeAsync()
    {
        // From here on requests are refused as busy, so nobody creates a bond after the last one was removed.
        _writer.Dispose();
        // The writer thread has ended: this thread owns the bonds now.
        if (LeavesBonds)
            _registry.Handover.SaveAll();
        else
            _registry.Handover.RemoveAll(Clock.Now);
        _housekeeping.Dispose();
        try
        {
            await _api.DisposeAsync();
        }
        finally
        {
            _view.Dispose();
            _network.Dispose();
        }
    }

    private void Aside(Func<Sighting> look, Action<long, Sighting?> then) =>
        _housekeeping.Post(() =>
        {
            Sighting? seen = null;
            try
            {
                seen = look();
            }
            catch (InvalidOperationException e)
            {
                Log.CannotLook(_log, e.Message);
            }
            _writer.Post(() => then(Clock.Now, seen));
        });

    private void Report(EventHub hub, BondEvent happened)
    {
        var level = LogLevels.Of(happened.Level);
        var kind = EventKinds.NameOf(happened.Kind);
        if (happened.Member is { } member)
            Log.MemberEvent(_log, level, happened.Bond, member, kind, happened.Reason);
        else
            Log.BondEvent(_log, level, happened.Bond, kind, happened.Reason);
        hub.Publish(
            new EventMessage(Clock.UtcOf(happened.Time), kind, LogLevels.NameOf(level), happened.Bond, happened.Member, happened.Reason)
        );
    }
}
