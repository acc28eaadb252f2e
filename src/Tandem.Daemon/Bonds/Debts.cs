using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Former members that are not restored completely, and restored ones that lack their routes because they are down. Each stays listed, also after the service
/// ends, until it is restored or gone. Restoring is tried again at each change of the interface; if a restore failed, also each <see cref="Interval"/>.
/// </summary>
internal sealed class Debts(INetwork network, StateStore store, ILogger log)
{
    /// <summary>Time between two tries, in ns.</summary>
    public const long Interval = 10 * Core.Clock.Second;

    private readonly List<OwedMember> _all = [];
    private readonly List<OwedMember> _down = [];

    /// <summary>The numbers of the interfaces that could not be restored.</summary>
    public IEnumerable<int> Interfaces => _all.Select(owed => owed.Saved.Ifindex);

    /// <summary>Whether nothing is owed.</summary>
    public bool IsEmpty => _all.Count + _down.Count == 0;

    /// <summary>When the next try is due, monotonic ns; <see cref="Core.Clock.Never"/> if none is.</summary>
    public long NextTry { get; private set; } = Core.Clock.Never;

    /// <summary>Takes over the debts of an earlier service, and tries to restore the interfaces.</summary>
    public void TakeOver(long now)
    {
        var (members, down) = store.ReadOwed();
        _all.AddRange(members);
        _down.AddRange(down);
        Try(now);
        TryRoutes(static _ => true);
    }

    /// <summary>The state to restore of an interface that could not be restored; null if it was.</summary>
    public SavedMember? Find(int ifindex) => _all.Find(owed => Is(owed, ifindex))?.Saved;

    /// <summary>A restored interface whose routes wait until it is set up; null if there are none.</summary>
    public SavedMember? FindDown(int ifindex) => _down.Find(owed => Is(owed, ifindex))?.Saved;

    /// <summary>Adds an interface that could not be restored completely. The first try is due at once, since the obstacle may be gone.</summary>
    public void Add(string bond, SavedMember saved, string problem)
    {
        Log.CannotGiveBack(log, bond, saved.Name, problem);
        _all.RemoveAll(owed => Is(owed, saved.Ifindex));
        _all.Add(new OwedMember(bond, saved));
        Save();
        NextTry = 0;
    }

    /// <summary>Adds a restored interface whose routes come back when it is set up; ignored if it has none, or is not restored.</summary>
    public void AddDown(string bond, SavedMember saved)
    {
        if (saved.Routes is not { Count: > 0 } routes || Find(saved.Ifindex) is not null)
            return;
        if (_down.RemoveAll(owed => Is(owed, saved.Ifindex)) == 0)
            Log.RoutesWait(log, bond, saved.Name, routes.Count);
        _down.Add(new OwedMember(bond, saved));
        Save();
    }

    /// <summary>Removes an interface that is a member again: its bond restores it when it leaves.</summary>
    public void Forget(int ifindex)
    {
        if (_all.RemoveAll(owed => Is(owed, ifindex)) + _down.RemoveAll(owed => Is(owed, ifindex)) > 0)
            Save();
    }

    /// <summary>Tries again to restore an interface, after it has changed.</summary>
    public void Try(int ifindex)
    {
        Try(owed => Is(owed, ifindex));
        TryRoutes(owed => Is(owed, ifindex));
    }

    /// <summary>Tries again to restore all interfaces.</summary>
    public void Try(long now)
    {
        Try(static _ => true);
        NextTry = _all.Count > 0 ? now + Interval : Core.Clock.Never;
    }

    private void Try(Func<OwedMember, bool> isMeant)
    {
        var given = _all.Where(isMeant).Where(GiveBack).ToList();
        if (given.Count == 0)
            return;
        _all.RemoveAll(given.Contains);
        foreach (var owed in given)
            AddDown(owed.Bond, owed.Saved);
        Save();
    }

    // Each route once: later the user may have removed it.
    private void TryRoutes(Func<OwedMember, bool> isMeant)
    {
        foreach (var owed in _down.Where(isMeant).ToList())
        {
            var back = network.GiveBackRoutes(owed.Saved);
            if (back.Missing.Count == owed.Saved.Routes?.Count && !back.IsFinal)
                continue;
            _down.Remove(owed);
            if (back is { Missing.Count: > 0, IsFinal: false })
                _down.Add(owed with { Saved = owed.Saved with { Routes = back.Missing } });
            else if (back.Problem is { } problem)
                Log.RoutesLost(log, owed.Bond, owed.Saved.Name, problem);
            Save();
        }
    }

    private bool GiveBack(OwedMember owed)
    {
        if (network.GiveBack(owed.Saved) is not null)
            return false;
        Log.GivenBackLate(log, owed.Bond, owed.Saved.Name);
        return true;
    }

    private void Save() => store.SaveOwed(_all, _down);

    private static bool Is(OwedMember owed, int ifindex) => owed.Saved.Ifindex == ifindex;
}
