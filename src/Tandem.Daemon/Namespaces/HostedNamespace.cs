using Tandem.Api;
using Tandem.Core.Bonds;
using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Daemon.Trees;
using Tandem.Daemon.Writer;
using Tandem.Linux.Hosting;
using Tandem.Linux.Interfaces;

namespace Tandem.Daemon.Namespaces;

/// <summary>
/// The bonds of one network namespace, with the threads that serve them. All these threads are in that namespace: those that start this object and its
/// parts must be.
/// </summary>
internal sealed class HostedNamespace : IDisposable
{
    private readonly INetwork _network;
    private readonly Housekeeping _housekeeping;
    private readonly Action<string, EventMessage> _publish;
    private readonly MonotonicClock _clock;
    private readonly ILogger _log;
    private LinkWatcher? _links;
    private GuardWatcher? _guards;

    /// <summary>Creates the parts; no bond is taken over yet.</summary>
    /// <param name="identity">The namespace.</param>
    /// <param name="network">Its interfaces.</param>
    /// <param name="state">The directory of the state files.</param>
    /// <param name="shown">The directory of the files that show bonds as the driver does.</param>
    /// <param name="clock">The clock of the brains.</param>
    /// <param name="publish">Receives events, with the namespace's <see cref="NamespaceIdentity.Id"/>.</param>
    /// <param name="log">Receives messages.</param>
    public HostedNamespace(
        NamespaceIdentity identity,
        INetwork network,
        PrivateDirectory state,
        string shown,
        MonotonicClock clock,
        Action<string, EventMessage> publish,
        ILogger log
    )
    {
        (Identity, _network, _clock, _publish, _log) = (identity, network, clock, publish, log);
        _housekeeping = new Housekeeping("housekeeping", log);
        var store = new StateStore(state, identity.Surroundings, log, _housekeeping.Post);
        Registry = new BondRegistry(network, store, Report, clock.UtcOf, log);
        Writer = new WriterThread(clock, Registry, log);
        Registry.Links.Aside = Aside;
        Requests = new Preparation(Writer, Registry.Bonds, network, _housekeeping.Post);
        Registry.Files.Prepare = (bond, members, join) => _ = CarryOutLateAsync([(bond, members)], join);
        Registry.Rollback.Prepare = (bonds, rollBack) => _ = CarryOutLateAsync(Preparation.Concerned(bonds), rollBack);
        Confirmation = new Confirmation(Writer, Registry.Rollback, network, Requests, Turns);
        // The data path must not wait for the writer, which may be waiting for the data path.
        Registry.Bonds.ControlArrived = Writer.FramesArrived;
        Registry.Bonds.MemberFault = (bond, slot) => Writer.TryPost(() => Registry.Links.FaultReported(_clock.Now, bond, slot));
        Registry.Bonds.StackChanged = (bond, stack) => Writer.Post(() => Registry.Links.StackReported(_clock.Now, bond, stack));
        Trees = new BondTrees(shown, isOwn: identity.Name is not null, ServiceVersion.Text, Registry.Snapshots, _housekeeping.Post, log);
        View = new BondView(Writer, Registry.Snapshots, network, identity.Name, log);
    }

    /// <summary>The namespace.</summary>
    public NamespaceIdentity Identity { get; }

    /// <summary>The bonds, for the writer thread.</summary>
    public BondRegistry Registry { get; }

    /// <summary>The writer thread.</summary>
    public WriterThread Writer { get; }

    /// <summary>Carries out requests that let interfaces join.</summary>
    public Preparation Requests { get; }

    /// <summary>The bonds as clients see them.</summary>
    public BondView View { get; }

    /// <summary>The files that show the bonds.</summary>
    public BondTrees Trees { get; }

    /// <summary>Whether it has nothing to do: no bonds, and no former members to restore.</summary>
    public bool IsIdle => Registry.IsIdle;

    /// <summary>Requests about changes that wait for confirmation.</summary>
    public Confirmation Confirmation { get; }

    /// <summary>The turn to apply files.</summary>
    public ApplyTurns Turns { get; } = new();

    /// <summary>What waits for confirmation.</summary>
    public RollbackResource Rollback => Registry.Rollback.Describe(_clock.Now);

    /// <summary>The refusal of other changes while some wait for confirmation; null if none do.</summary>
    public ErrorMessage? Unconfirmed => Registry.Rollback.Refusal(_clock.Now);

    /// <summary>Subscribes to the kernel's notifications at once, so that none is missed.</summary>
    public void Subscribe()
    {
        _links = new LinkWatcher(Writer, Registry, _clock, _log);
        _guards = new GuardWatcher(Writer, Registry, _log);
    }

    /// <summary>Has the writer thread take over the bonds of an earlier service; requests that come after this call wait for it.</summary>
    /// <returns>Ends when the bonds are taken over.</returns>
    public Task TakeOver() =>
        Writer.Ask(now =>
        {
            Registry.Handover.TakeOver(now);
            Registry.Rollback.TakeOver(now);
            return true;
        });

    /// <summary>Starts the writer thread, and the handling of notifications.</summary>
    public void Start()
    {
        Writer.Start();
        _links?.Start();
        _guards?.Start();
    }

    /// <summary>
    /// Finishes queued requests, which are refused from here on, and ends the threads. Needs the namespace like the constructor.
    /// </summary>
    /// <param name="leavesBonds">Whether the bonds stay for another service; otherwise they are removed, and their members restored.</param>
    public void Close(bool leavesBonds)
    {
        _links?.Dispose();
        _guards?.Dispose();
        Writer.Dispose();
        // The writer thread has ended: this thread owns the bonds now.
        if (leavesBonds)
            Registry.Handover.SaveAll();
        else
            Registry.Handover.RemoveAll(_clock.Now);
        _housekeeping.Dispose();
        if (!leavesBonds)
            Trees.Remove();
        Trees.Dispose();
    }

    /// <summary>Ends what answers clients. After <see cref="Close"/>, when there are no requests any more.</summary>
    public void Dispose()
    {
        View.Dispose();
        Requests.Dispose();
        _network.Dispose();
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
            Writer.Post(() => then(_clock.Now, seen));
        });

    private async Task CarryOutLateAsync(IReadOnlyList<(string Bond, IEnumerable<string> Members)> concerned, Action<long> request)
    {
        try
        {
            await Requests.CarryOutAsync(
                concerned,
                now =>
                {
                    request(now);
                    return true;
                }
            );
        }
        catch (Exception e)
        {
            Log.WriterFault(_log, e);
        }
    }

    private void Report(BondEvent happened)
    {
        var level = LogLevels.Of(happened.Level);
        var kind = EventKinds.NameOf(happened.Kind);
        if (happened.Member is { } member)
            Log.MemberEvent(_log, level, happened.Bond, member, kind, happened.Reason);
        else
            Log.BondEvent(_log, level, happened.Bond, kind, happened.Reason);
        var time = _clock.UtcOf(happened.Time);
        _publish(
            Identity.Id,
            new EventMessage(time, kind, LogLevels.NameOf(level), happened.Bond, happened.Member, happened.Reason, Identity.Name)
        );
    }
}
