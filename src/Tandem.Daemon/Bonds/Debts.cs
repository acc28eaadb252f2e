using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Interfaces that belong to no bond any more and could not be given back whole. Each stays here, over the end of the service too, until it was
/// given back or is gone; that is tried again whenever something about the interface changes, and each <see cref="Interval"/>.
/// </summary>
internal sealed class Debts(INetwork network, StateStore store, ILogger log)
{
    /// <summary>How long after a try the next one is due, in ns.</summary>
    public const long Interval = 10 * Core.Clock.Second;

    private readonly List<OwedMember> _all = [];

    /// <summary>The numbers of the interfaces.</summary>
    public IEnumerable<int> Interfaces => _all.Select(owed => owed.Saved.Ifindex);

    /// <summary>When the next try is due, monotonic ns; <see cref="Core.Clock.Never"/> if none is.</summary>
    public long NextTry { get; private set; } = Core.Clock.Never;

    /// <summary>Takes over what an earlier service owed, and tries to give it back.</summary>
    public void TakeOver(long now)
    {
        _all.AddRange(store.ReadOwed());
        Try(now);
    }

    /// <summary>How an interface was before it joined, if it could not be given back so; else null.</summary>
    public SavedMember? Find(int ifindex) => _all.Find(owed => owed.Saved.Ifindex == ifindex)?.Saved;

    /// <summary>Takes in that an interface could not be given back whole. The first try is due at once, for what was in the way may have passed.</summary>
    public void Add(string bond, SavedMember saved, string problem)
    {
        Log.CannotGiveBack(log, bond, saved.Name, problem);
        _all.RemoveAll(owed => owed.Saved.Ifindex == saved.Ifindex);
        _all.Add(new OwedMember(bond, saved));
        store.SaveOwed(_all);
        NextTry = 0;
    }

    /// <summary>Takes in that an interface is a member again: its bond owes it now what was owed before.</summary>
    public void Forget(int ifindex)
    {
        if (_all.RemoveAll(owed => owed.Saved.Ifindex == ifindex) > 0)
            store.SaveOwed(_all);
    }

    /// <summary>Tries again to give back what is owed to an interface.</summary>
    public void Try(int ifindex) => Try(owed => owed.Saved.Ifindex == ifindex);

    /// <summary>Tries again to give back all that is owed.</summary>
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
