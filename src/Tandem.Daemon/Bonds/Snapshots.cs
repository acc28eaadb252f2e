using Tandem.Linux.Interfaces;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// What the writer thread last published of all bonds: after each change, so that it can be read also while that thread is held up, and with fresh
/// counters when somebody asks.
/// </summary>
/// <param name="bonds">The bonds.</param>
/// <param name="utcOf">The wall-clock time of a moment.</param>
internal sealed class Snapshots(BondSet bonds, Func<long, DateTimeOffset> utcOf)
{
    private volatile IReadOnlyList<BondSnapshot>? _all;

    /// <summary>What was last published, in the order in which the bonds were made; null before the first time. For any thread.</summary>
    public IReadOnlyList<BondSnapshot>? All => _all;

    /// <summary>Publishes the bonds that changed since the last time. For the writer thread.</summary>
    public void Publish()
    {
        if (IsLatest())
            return;
        _all = [.. bonds.All.Select(bond => bond.Published ??= Take(bond))];
    }

    /// <summary>Publishes bonds as they are now. For the writer thread.</summary>
    /// <param name="readings">The bonds by name with their interfaces; null for those of which an earlier reading has to do.</param>
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
