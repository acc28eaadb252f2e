using Tandem.Linux.Interfaces;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// The last published snapshots of all bonds. The writer thread publishes them after each change, so that they can be read while that thread is
/// blocked, and on request with fresh counters.
/// </summary>
/// <param name="bonds">The bonds.</param>
/// <param name="utcOf">Converts monotonic ns to wall-clock time.</param>
internal sealed class Snapshots(BondSet bonds, Func<long, DateTimeOffset> utcOf)
{
    private volatile IReadOnlyList<BondSnapshot>? _all;

    /// <summary>The snapshots, in the order in which the bonds were created; null before the first ones. Thread-safe.</summary>
    public IReadOnlyList<BondSnapshot>? All => _all;

    /// <summary>Called on the writer thread after a publication; must not block.</summary>
    public Action? Published { get; set; }

    /// <summary>Publishes bonds that have changed. For the writer thread.</summary>
    public void Publish()
    {
        if (IsLatest())
            return;
        _all = [.. bonds.All.Select(bond => bond.Published ??= Take(bond))];
        Published?.Invoke();
    }

    /// <summary>Has all bonds published anew: counters and timers change without a change of the bond. For the writer thread.</summary>
    public void Renew()
    {
        foreach (var bond in bonds.All)
            bond.Published = null;
    }

    /// <summary>Publishes the present state of bonds. For the writer thread.</summary>
    /// <param name="readings">The interfaces of these bonds, by the bond's name; null to use the earlier reading.</param>
    public IReadOnlyList<BondSnapshot> Refresh(IReadOnlyDictionary<string, LinkReading?> readings)
    {
        foreach (var bond in bonds.All)
        {
            if (!readings.TryGetValue(bond.Name, out var reading))
                continue;
            if (reading is not null)
                bond.TakeReading(reading);
            bond.Published = null;
        }
        Publish();
        return _all!;
    }

    private bool IsLatest()
    {
        if (_all is not { } all || all.Count != bonds.All.Length)
            return false;
        for (var i = 0; i < all.Count; i++)
        {
            if (bonds.All[i].Published is not { } published || !ReferenceEquals(published, all[i]))
                return false;
        }
        return true;
    }

    private BondSnapshot Take(RunningBond bond) => new(bond.Outlook, BondResources.Of(bond, utcOf), bond.Brain.Plan, bond.Spec);
}
