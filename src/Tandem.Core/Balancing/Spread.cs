using System.Collections.Immutable;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Balancing;

/// <summary>
/// Spreads weighted buckets over members of different speed, so that the highest relative load is as low as a few moves can make it. Used
/// for sent traffic (weighted by bytes) and for received traffic (by peers).
/// </summary>
internal sealed class Spread
{
    private const int None = -1;

    // Sums of the same numbers in different order differ by less.
    private const double Rounding = 1e-9;

    private readonly Member?[] _members = new Member?[BucketRule.Size];
    private readonly double[] _weights = new double[BucketRule.Size];

    /// <summary>The member of a bucket; null if no member can carry it.</summary>
    public Member? this[int bucket]
    {
        get => _members[bucket];
        set => _members[bucket] = value;
    }

    /// <summary>Whether every bucket has a member.</summary>
    public bool IsFull => Array.IndexOf(_members, null) < 0;

    /// <summary>The buckets of a member.</summary>
    public ImmutableArray<byte> BucketsOf(Member member) =>
        [.. Enumerable.Range(0, BucketRule.Size).Where(bucket => _members[bucket] == member).Select(bucket => (byte)bucket)];

    /// <summary>The weight of each bucket, above 0, so that idle buckets are spread too.</summary>
    public Span<double> Weights => _weights;

    /// <summary>Assigns buckets whose member is not usable to usable members, heaviest first. Returns these buckets.</summary>
    public List<int> Fill(IReadOnlyList<Member> usable)
    {
        var places = Places(usable);
        var homeless = Enumerable.Range(0, BucketRule.Size).Where(bucket => places[bucket] < 0);
        var moved = homeless.OrderByDescending(bucket => _weights[bucket]).ThenBy(bucket => bucket).ToList();
        var capacities = Capacities(usable);
        var loads = Loads(places, capacities);
        foreach (var bucket in moved)
        {
            var lightest = Lightest(loads, capacities, _weights[bucket], except: None);
            _members[bucket] = lightest == None ? null : usable[lightest];
            if (lightest != None)
                loads[lightest] += _weights[bucket] / capacities[lightest];
        }
        return moved;
    }

    /// <summary>Computes moves that lower the highest relative load. Does not apply them.</summary>
    /// <param name="usable">Members that can carry frames.</param>
    /// <param name="extra">A member's load beside its buckets.</param>
    /// <param name="most">Maximum number of moves.</param>
    /// <param name="leastGain">Share of the highest load by which a move must lower it.</param>
    public List<(int Bucket, Member To)> Even(
        IReadOnlyList<Member> usable,
        Func<Member, double>? extra = null,
        int most = BucketRule.Size,
        double leastGain = 0
    )
    {
        var moves = new Dictionary<int, int>();
        var (places, capacities) = (Places(usable), Capacities(usable));
        var loads = Loads(places, capacities);
        for (var i = 0; i < loads.Length; i++)
            loads[i] += (extra?.Invoke(usable[i]) ?? 0) / capacities[i];
        while (moves.Count < most && loads.Length > 1)
        {
            var from = Array.IndexOf(loads, loads.Max());
            if (BestMove(places, capacities, loads, from, leastGain) is not var (bucket, to))
                break;
            loads[from] -= _weights[bucket] / capacities[from];
            loads[to] += _weights[bucket] / capacities[to];
            places[bucket] = to;
            moves[bucket] = to;
        }
        return [.. moves.Select(move => (move.Key, usable[move.Value]))];
    }

    /// <summary>The member whose load would be lowest with the bucket, its present member if equal; null if no member is
    /// usable.</summary>
    public Member? BestFor(int bucket, IReadOnlyList<Member> usable)
    {
        var (places, capacities, weight) = (Places(usable), Capacities(usable), _weights[bucket]);
        var present = places[bucket];
        places[bucket] = None;
        var loads = Loads(places, capacities);
        var lightest = Lightest(loads, capacities, weight, except: None);
        if (lightest == None)
            return null;
        var isBest = present != None && loads[present] + weight / capacities[present] <= loads[lightest] + weight / capacities[lightest];
        return usable[isBest ? present : lightest];
    }

    // The bucket of the most loaded member, and its new member, for which the higher load of the two is lowest.
    private (int Bucket, int To)? BestMove(int[] places, double[] capacities, double[] loads, int from, double leastGain)
    {
        (int Bucket, int To)? best = null;
        var least = loads[from] * (1 - Math.Max(leastGain, Rounding));
        var tried = double.NaN;
        for (var bucket = 0; bucket < places.Length; bucket++)
        {
            // Buckets of equal weight have equal effect.
            var weight = _weights[bucket];
            if (places[bucket] != from || weight.Equals(tried))
                continue;
            tried = weight;
            var to = Lightest(loads, capacities, weight, except: from);
            var worst = Math.Max(loads[from] - weight / capacities[from], loads[to] + weight / capacities[to]);
            if (worst < least)
                (least, best) = (worst, (bucket, to));
        }
        return best;
    }

    // The index of each bucket's member among the usable ones.
    private int[] Places(IReadOnlyList<Member> usable)
    {
        var places = new int[BucketRule.Size];
        for (var bucket = 0; bucket < places.Length; bucket++)
        {
            places[bucket] = None;
            for (var i = 0; i < usable.Count && places[bucket] == None; i++)
            {
                if (usable[i] == _members[bucket])
                    places[bucket] = i;
            }
        }
        return places;
    }

    // Relative capacities. A member of unknown speed counts as the slowest of known speed.
    private static double[] Capacities(IReadOnlyList<Member> usable)
    {
        var slowest = usable.Where(member => member.Link.SpeedMbps > 0).Select(member => member.Link.SpeedMbps).DefaultIfEmpty(1u).Min();
        return [.. usable.Select(member => (double)(member.Link.SpeedMbps > 0 ? member.Link.SpeedMbps : slowest))];
    }

    private double[] Loads(int[] places, double[] capacities)
    {
        var loads = new double[capacities.Length];
        for (var bucket = 0; bucket < places.Length; bucket++)
        {
            if (places[bucket] is var place and >= 0)
                loads[place] += _weights[bucket] / capacities[place];
        }
        return loads;
    }

    private static int Lightest(double[] loads, double[] capacities, double weight, int except)
    {
        var lightest = None;
        var least = double.MaxValue;
        for (var i = 0; i < loads.Length; i++)
        {
            var load = loads[i] + weight / capacities[i];
            if (i != except && load < least)
                (least, lightest) = (load, i);
        }
        return lightest;
    }
}
