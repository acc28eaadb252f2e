using Tandem.Core;
using Tandem.Daemon.State;
using Tandem.Daemon.Writer;
using Tandem.Linux.Bonds;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// All that the service does with bonds, and what the writer thread does for them by itself: control frames, deadlines, a look each second. Belongs
/// to the writer thread.
/// </summary>
internal sealed class BondRegistry : IWork
{
    private const long RestAfterFault = Clock.Second;

    // The kernel does not report that a device became promiscuous, as bond0 does below a macvlan.
    private const long LookInterval = Clock.Second;

    private readonly Debts _debts;
    private readonly ILogger _log;
    private readonly byte[] _frame = new byte[IBondDevice.ControlFrameLength];
    private long _nextLook;

    /// <summary>Puts the parts together; there are no bonds yet.</summary>
    /// <param name="network">The kernel's interfaces.</param>
    /// <param name="store">Where the bonds' state is kept.</param>
    /// <param name="report">Told of what happens to bonds.</param>
    /// <param name="utcOf">The wall-clock time of a moment.</param>
    /// <param name="log">Told of what goes wrong.</param>
    public BondRegistry(INetwork network, StateStore store, Action<BondEvent> report, Func<long, DateTimeOffset> utcOf, ILogger log)
    {
        _log = log;
        _debts = new Debts(network, store, log);
        Bonds = new BondSet(network, store, _debts, report, log);
        Snapshots = new Snapshots(Bonds, utcOf);
        Requests = new BondRequests(Bonds, network);
        Reconciler = new Reconciler(Bonds, Requests, network);
        Links = new LinkNews(Bonds, _debts, network);
        Handover = new Handover(Bonds, _debts, network, store, log);
    }

    /// <summary>The bonds.</summary>
    public BondSet Bonds { get; }

    /// <summary>What the bonds are like, for other threads.</summary>
    public Snapshots Snapshots { get; }

    /// <summary>What clients ask for.</summary>
    public BondRequests Requests { get; }

    /// <summary>What specs say that bonds are to be.</summary>
    public Reconciler Reconciler { get; }

    /// <summary>What others do to interfaces.</summary>
    public LinkNews Links { get; }

    /// <summary>What this service takes over, and what it leaves.</summary>
    public Handover Handover { get; }

    /// <inheritdoc/>
    public long NextDeadline
    {
        get
        {
            var next = Math.Min(!Bonds.All.IsEmpty ? _nextLook : Clock.Never, _debts.NextTry);
            foreach (var bond in Bonds.All)
                next = Math.Min(next, DeadlineOf(bond));
            return next;
        }
    }

    /// <inheritdoc/>
    public void TakeFrames(long now)
    {
        // Nothing is allocated here for a frame.
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
            _nextLook = now + LookInterval;
        if (_debts.NextTry <= now)
            _debts.Try(now);
    }

    /// <inheritdoc/>
    public void EndRound() => Snapshots.Publish();

    // A member has its turn for as many frames as may wait, whether more arrive meanwhile or not. One frame that fails keeps none from others,
    // and the bond is not left alone for it: else whoever knows how to make it fail could hold up its timers.
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

    // What is due stays due when it ends in a fault: without a rest the writer would do nothing else, and the other bonds need it.
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
