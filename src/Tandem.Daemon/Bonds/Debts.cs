using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Former members that could not be restored completely. Each stays listed, also after the service ends, until it is restored or gone. Restoring is
/// tried again at each change of the interface, and each <see cref="Interval"/>.
/// </summary>
internal sealed class Debts(INetwork network, StateStore store, ILogger log)
{
    /// <summary>Time between two tries, in ns.</summary>
    public const long Interval = 10 * Core.Clock.Second;

    private readonly List<OwedMember> _all = [];

    /// <summary>The numbers of the interfaces.</summary>
    public IEnumerable<int> Interfaces => _all.Select(owed => owed.Saved.Ifindex);

    /// <summary>When the next try is due, monotonic ns; <see cref="Core.Clock.Never"/> if none is.</summary>
    public long NextTry { get; private set; } = Core.Clock.Never;

    /// <summary>Takes over the debts of an earlier service, and tries to restore the interfaces.</summary>
    public void TakeOver(long now)
    {
        _all.AddRange(store.ReadOwed());
        Try(now);
    }

    /// <summary>The state to restore of an interface; null if nothing is owed to it.</summary>
    public SavedMember? Find(int ifindex) => _all.Find(owed => owed.Saved.Ifindex == ifindex)?.Saved;

    /// <summary>Adds an interface that could not be restored completely. The first try is due at once, since the obstacle may be gone.</summary>
    public void Add(string bond, SavedMember saved, string problem)
    {
        Log.CannotGiveBack(log, bond, saved.Name, problem);
        _all.RemoveAll(owed => owed.Saved.Ifindex == saved.Ifindex);
        _all.Add(new OwedMember(bond, saved));
        store.SaveOwed(_all);
        NextTry = 0;
    }

    /// <summary>Removes an interface that is a member again: its bond restores it when it leaves.</summary>
    public void Forget(int ifindex)
    {
        if (_all.RemoveAll(owed => owed.Saved.Ifindex == ifindex) > 0)
            store.SaveOwed(_all);
    }

    /// <summary>Tries again to restore an interface.</summary>
    public void Try(int ifindex) => Try(owed => owed.Saved.Ifindex == ifindex);

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
        store.SaveOwed(_all);
    }

    private bool GiveBack(OwedMember owed)
    {
        if (network.GiveBack(owed.Saved) is not null)
            return false;
        Log.GivenBackLate(log, owed.Bond, owed.Saved.Name);
        return true;
    }
}
