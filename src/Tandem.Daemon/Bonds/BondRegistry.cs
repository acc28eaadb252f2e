using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Daemon.State;
using Tandem.Daemon.Writer;
using Tandem.Linux.Bonds;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// The parts of the service that deal with bonds, and the writer thread's own work: control frames, deadlines, and a check of interfaces each
/// second. For the writer thread only.
/// </summary>
internal sealed class BondRegistry : IWork
{
    private const long RestAfterFault = Clock.Second;

    // The kernel does not report that a device became promiscuous, for example bond0 below a macvlan.
    private const long LookInterval = Clock.Second;

    private readonly Debts _debts;
    private readonly ILogger _log;
    private readonly byte[] _frame = new byte[IBondDevice.ControlFrameLength];
    private long _nextLook;

    /// <summary>Creates the parts, without bonds.</summary>
    /// <param name="network">The kernel's interfaces.</param>
    /// <param name="store">Where the bonds' state is kept.</param>
    /// <param name="report">Receives the events of bonds.</param>
    /// <param name="utcOf">Converts monotonic ns to wall-clock time.</param>
    /// <param name="log">Receives faults.</param>
    /// <param name="bootTime">The time since the boot, in ns; null for that of the kernel.</param>
    public BondRegistry(
        INetwork network,
        StateStore store,
        Action<BondEvent> report,
        Func<long, DateTimeOffset> utcOf,
        ILogger log,
        Func<long>? bootTime = null
    )
    {
        _log = log;
        _debts = new Debts(network, store, log);
        Bonds = new BondSet(network, store, _debts, report, log);
        Snapshots = new Snapshots(Bonds, utcOf);
        Requests = new BondRequests(Bonds, network);
        Reconciler = new Reconciler(Bonds, Requests, network);
        Files = new FileBonds(Bonds, Reconciler, network, log);
        Links = new LinkNews(Bonds, _debts, Files, network);
        var restoration = new Restoration(Bonds, Requests, Reconciler, network, log);
        Rollback = new Rollback(Bonds, restoration, store, bootTime ?? (static () => BootClock.Now), utcOf, log);
        Handover = new Handover(Bonds, _debts, Reconciler, network, store, log);
    }

    /// <summary>The bonds.</summary>
    public BondSet Bonds { get; }

    /// <summary>The published state of bonds, for other threads.</summary>
    public Snapshots Snapshots { get; }

    /// <summary>Requests of clients.</summary>
    public BondRequests Requests { get; }

    /// <summary>Specs of clients.</summary>
    public Reconciler Reconciler { get; }

    /// <summary>Bonds of configuration files.</summary>
    public FileBonds Files { get; }

    /// <summary>Changes that other programs make to interfaces.</summary>
    public LinkNews Links { get; }

    /// <summary>Changes that wait for confirmation.</summary>
    public Rollback Rollback { get; }

    /// <summary>Takeover from an earlier service, and the end of this one.</summary>
    public Handover Handover { get; }

    /// <summary>Whether there is nothing to do: no bonds, no former members to restore, and nothing to roll back. May be read on any thread.</summary>
    public bool IsIdle => Bonds.All.IsEmpty && Bonds.LeftAlone.Count == 0 && _debts.IsEmpty && !Rollback.IsWaiting;

    /// <inheritdoc/>
    public long NextDeadline
    {
        get
        {
            var next = Math.Min(!Bonds.All.IsEmpty ? _nextLook : Clock.Never, Math.Min(_debts.NextTry, Rollback.NextLook));
            foreach (var bond in Bonds.All)
                next = Math.Min(next, DeadlineOf(bond));
            return next;
        }
    }

    /// <inheritdoc/>
    public void TakeFrames(long now)
    {
        // Allocates nothing per frame.
        foreach (var bond in Bonds.All)
        {
            for (var j = 0; j < bond.Brain.Members.Count; j++)
                TakeFrames(now, bond, bond.Brain.Members[j]);
            Guard(now, bond, static (_, _, bond) => bond.SaveIfMoved());
        }
    }

    /// <inheritdoc/>
    public void Advance(long now)
    {
        foreach (var bond in Bonds.All)
        {
            if (DeadlineOf(bond) <= now)
                Guard(now, bond, static (_, now, bond) => bond.Advance(now));
            if (_nextLook <= now)
                Guard(now, bond, static (self, _, bond) => self.Links.LookAgain(bond));
        }
        if (_nextLook <= now)
        {
            _nextLook = now + LookInterval;
            Snapshots.Renew();
        }
        if (_debts.NextTry <= now)
            _debts.Try(now);
        if (Rollback.NextLook <= now)
            Rollback.Advance(now);
    }

    /// <inheritdoc/>
    public void EndRound() => Snapshots.Publish();

    // At most as many frames as the queue holds, even if more arrive meanwhile. A frame that causes a fault affects neither other frames nor the
    // bond's timers: otherwise a sender of such frames could stop them.
    private void TakeFrames(long now, RunningBond bond, Member member)
    {
        for (var taken = 0; taken < IBondDevice.ControlFrameCapacity; taken++)
        {
            try
            {
                var length = bond.Device.TakeControl(member.Slot, _frame);
                if (length == 0)
                    return;
                bond.Brain.FrameReceived(now, member.Ifindex, _frame.AsSpan(0, length));
            }
            catch (Exception e)
            {
                Logging.Log.WriterFault(_log, e);
            }
        }
    }

    // Work that ends in a fault stays due. The bond waits a second, so that the writer also serves the other bonds.
    private void Guard(long now, RunningBond bond, Action<BondRegistry, long, RunningBond> action)
    {
        try
        {
            action(this, now, bond);
        }
        catch (Exception e)
        {
            bond.RestsUntil = now + RestAfterFault;
            Logging.Log.WriterFault(_log, e);
        }
    }

    private static long DeadlineOf(RunningBond bond) => Math.Max(bond.Brain.NextDeadline, bond.RestsUntil);
}
