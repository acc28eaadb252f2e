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

/// <summary>The service as a whole: what it is made of, and the order in which that starts and stops.</summary>
internal sealed class Service : IAsyncDisposable
{
    private readonly INetwork _network;
    private readonly WriterThread _writer;
    private readonly BondRegistry _registry;
    private readonly Housekeeping _housekeeping;
    private readonly BondView _view;
    private readonly ApiServer _api;
    private readonly ILogger _log;

    /// <summary>Puts the parts together; nothing runs yet.</summary>
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
        // The data path must not wait for the writer, which may be waiting for it.
        _registry.Bonds.ControlArrived = _writer.FramesArrived;
        _registry.Bonds.MemberFault = (bond, slot) => _writer.TryPost(() => _registry.Links.FaultReported(Clock.Now, bond, slot));
        _registry.Bonds.StackChanged = (bond, stack) => _writer.Post(() => _registry.Links.StackReported(Clock.Now, bond, stack));
        _view = new BondView(_writer, _registry.Snapshots, network, _log);
        _api = new ApiServer(settings.Socket, new BondEndpoints(_writer, _registry, _view), hub, logs, time);
    }

    /// <summary>The time of the brains.</summary>
    public MonotonicClock Clock { get; }

    /// <summary>
    /// Takes over what an earlier service left, and answers. The socket comes first: where it cannot be had, nothing was taken over
    /// that would have to be torn down. Requests that come early wait in the writer's queue behind the takeover.
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

    /// <summary>Watches links until it is disposed.</summary>
    public LinkWatcher Watch() => new(_writer, _registry, Clock, _log);

    /// <summary>Watches the guards of members until it is disposed.</summary>
    public GuardWatcher WatchGuards() => new(_writer, _registry, _log);

    /// <summary>Tells the service manager that the service works, until it is disposed.</summary>
    public Watchdog WatchSelf() => new(_writer);

    /// <summary>True to leave the bonds as they are when the service ends: another one takes them over.</summary>
    public bool LeavesBonds { get; set; }

    /// <summary>Carries out what was asked, gives every member back, removes the bonds, and tells listeners before it stops to answer.</summary>
    public async ValueTask DisposeAsync()
    {
        // From here on requests are answered with "busy", so nobody makes a bond behind the last one's back.
        _writer.Dispose();
        // The writer's thread has ended: the bonds are this thread's now.
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
        var level = happened.Level switch
        {
            EventLevel.Error => LogLevel.Error,
            EventLevel.Warning => LogLevel.Warning,
            _ => LogLevel.Information,
        };
        var kind = EventKinds.NameOf(happened.Kind);
        if (happened.Member is { } member)
            Log.MemberEvent(_log, level, happened.Bond, member, kind, happened.Reason);
        else
            Log.BondEvent(_log, level, happened.Bond, kind, happened.Reason);
        hub.Publish(
            new EventMessage(
                Clock.UtcOf(happened.Time),
                kind,
                happened.Level switch
                {
                    EventLevel.Error => "error",
                    EventLevel.Warning => "warning",
                    _ => "info",
                },
                happened.Bond,
                happened.Member,
                happened.Reason
            )
        );
    }
}
