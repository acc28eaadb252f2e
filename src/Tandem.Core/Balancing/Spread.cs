using Tandem.Core.Forwarding;

namespace Tandem.Core.Balancing;

/// <summary>
/// Spreads buckets of different weight over members of different speed, so that the most loaded one is as little loaded as can be with few
/// moves. Two tables are spread so: what is sent, by bytes, and what is received, by peers.
/// </summary>
internal sealed class Spread
{
    // Sums of the same numbers in another order differ by less.
    private const double Rounding = 1e-9;

    private readonly Member?[] _members = new Member?[BucketRule.Size];
    private readonly double[] _weights = new double[BucketRule.Size];

    /// <summary>The member of a bucket; null while nobody can carry it.</summary>
    public Member? this[int bucket]
    {
        get => _members[bucket];
        set => _members[bucket] = value;
    }

    /// <summary>The weight of each bucket. At least a little, so that idle ones are spread as well.</summary>
    public Span<double> Weights => _weights;

    /// <summary>Gives buckets whose member cannot carry them to others, the heaviest first; says which.</summary>
    public List<int> Fill(IReadOnlyList<Member> usable)
    {
        var homeless = Enumerable.Range(0, BucketRule.Size).Where(bucket => _members[bucket] is not { } member || !usable.Contains(member));
        var moved = homeless.OrderByDescending(bucket => _weights[bucket]).ThenBy(bucket => bucket).ToList();
        foreach (var bucket in moved)
            _members[bucket] = null;
        if (usable.Count == 0)
            return moved;
        var loads = Loads(usable, extra: null);
        foreach (var bucket in moved)
        {
            var lightest = Lightest(usable, loads, _weights[bucket]);
            _members[bucket] = usable[lightest];
            loads[lightest] += _weights[bucket] / Capacity(usable, usable[lightest]);
        }
        return moved;
    }

    /// <summary>Finds moves that make the most loaded member less loaded; carries out none.</summary>
    /// <param name="usable">The members.</param>
    /// <param name="extra">What a member carries beside its buckets.</param>
    /// <param name="most">How many moves at most.</param>
    /// <param name="leastGain">The share of its load by which a move has to make the most loaded member less loaded.</param>
    public List<(int Bucket, Member To)> Even(
        IReadOnlyList<Member> usable,
        Func<Member, double>? extra = null,
        int most = BucketRule.Size,
        double leastGain = 0
    )
    {
        var moves = new List<(int Bucket, Member To)>();
        var owners = (Member?[])_members.Clone();
        var loads = usable.Count > 1 ? Loads(usable, extra) : [];
        while (moves.Count < most && loads.Length > 1)
        {
            var from = Array.IndexOf(loads, loads.Max());
            if (BestMove(usable, owners, loads, from, leastGain) is not var (bucket, to))
                break;
            loads[from] -= _weights[bucket] / Capacity(usable, usable[from]);
            loads[to] += _weights[bucket] / Capacity(usable, usable[to]);
            owners[bucket] = usable[to];
            moves.RemoveAll(move => move.Bucket == bucket);
            moves.Add((bucket, usable[to]));
        }
        return moves;
    }

    /// <summary>The member that would be least loaded with a bucket; null if there is none.</summary>
    public Member? BestFor(int bucket, IReadOnlyList<Member> usable)
    {
        if (usable.Count == 0)
            return null;
        var (weight, owner) = (_weights[bucket], _members[bucket]);
        _weights[bucket] = 0;
        var loads = Loads(usable, extra: null);
        _weights[bucket] = weight;
        var lightest = Lightest(usable, loads, weight);
        var present = owner is null ? -1 : IndexOf(usable, owner);
        // Where it is, unless another is better by more than nothing.
        return present >= 0 && WithOne(usable, loads, present, weight) <= WithOne(usable, loads, lightest, weight)
            ? owner
            : usable[lightest];
    }

    /// <summary>What a member can carry beside others; one that does not say its speed counts as the slowest of those that do.</summary>
    public static double Capacity(IReadOnlyList<Member> usable, Member member)
    {
        if (member.Link.SpeedMbps > 0)
            return member.Link.SpeedMbps;
        var slowest = uint.MaxValue;
        foreach (var other in usable)
        {
            if (other.Link.SpeedMbps > 0)
                slowest = Math.Min(slowest, other.Link.SpeedMbps);
        }
        return slowest == uint.MaxValue ? 1 : slowest;
    }

    // The bucket of the most loaded member, and to whom, that leaves the more loaded of both least loaded.
    private (int Bucket, int To)? BestMove(IReadOnlyList<Member> usable, Member?[] owners, double[] loads, int from, double leastGain)
    {
        (int Bucket, int To)? best = null;
        var least = loads[from] * (1 - Math.Max(leastGain, Rounding));
        var own = Capacity(usable, usable[from]);
        for (var to = 0; to < usable.Count; to++)
        {
            if (to == from)
                continue;
            var capacity = Capacity(usable, usable[to]);
            for (var bucket = 0; bucket < owners.Length; bucket++)
            {
                if (owners[bucket] != usable[from])
                    continue;
                var worst = Math.Max(loads[from] - _weights[bucket] / own, loads[to] + _weights[bucket] / capacity);
                if (worst < least)
                    (least, best) = (worst, (bucket, to));
            }
        }
        return best;
    }

    private double[] Loads(IReadOnlyList<Member> usable, Func<Member, double>? extra)
    {
        var loads = new double[usable.Count];
        for (var i = 0; i < loads.Length; i++)
            loads[i] = (extra?.Invoke(usable[i]) ?? 0) / Capacity(usable, usable[i]);
        for (var bucket = 0; bucket < _members.Length; bucket++)
        {
            if (_members[bucket] is { } member && IndexOf(usable, member) is var i and >= 0)
                loads[i] += _weights[bucket] / Capacity(usable, member);
        }
        return loads;
    }

    private static int Lightest(IReadOnlyList<Member> usable, double[] loads, double weight)
    {
        var lightest = 0;
        for (var i = 1; i < loads.Length; i++)
        {
            if (WithOne(usable, loads, i, weight) < WithOne(usable, loads, lightest, weight))
                lightest = i;
        }
        return lightest;
    }

    private static double WithOne(IReadOnlyList<Member> usable, double[] loads, int i, double weight) =>
        loads[i] + weight / Capacity(usable, usable[i]);

    private static int IndexOf(IReadOnlyList<Member> usable, Member member)
    {
        for (var i = 0; i < usable.Count; i++)
        {
            if (usable[i] == member)
                return i;
        }
        return -1;
    }
}
