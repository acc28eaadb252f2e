using System.Collections.Immutable;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Balancing;

/// <summary>Buckets that moved together from one member to another.</summary>
/// <param name="Time">Monotonic ns.</param>
/// <param name="Buckets">Bucket numbers.</param>
/// <param name="From">Name of the member that carried them; null if none did.</param>
/// <param name="To">Name of the member that carries them now.</param>
/// <param name="BytesPerSecond">Their last measured load.</param>
/// <param name="Reason">Why they moved, as text.</param>
public sealed record BucketMove(long Time, ImmutableArray<int> Buckets, string? From, string To, double BytesPerSecond, string Reason);

/// <summary>
/// Assigns the buckets of sent traffic to members by measured load. A bucket moves while it is idle, so that no frame overtakes an
/// earlier one on the other member. A bucket that is never idle moves after <see cref="Patience"/>.
/// </summary>
internal sealed class LoadTable
{
    /// <summary>Time between two load measurements, in ns.</summary>
    public const long Interval = Clock.Second;

    // Time between two checks for idle buckets: longer than frames wait in a device's ring.
    private const long Look = 2 * Clock.Millisecond;
    private const long Patience = 500 * Clock.Millisecond;
    private const int MostMoves = 32;

    // A smaller gain is not worth moving a flow.
    private const double LeastGain = 0.05;
    private const int KeptMoves = 32;

    // Weight of earlier measurements in the average.
    private const double Memory = 0.5;

    private readonly Spread _spread = new();
    private readonly ulong[] _before = new ulong[BucketRule.Size + 1];
    private readonly ulong[] _seen = new ulong[BucketRule.Size + 1];
    private readonly double[] _loads = new double[BucketRule.Size + 1];
    private readonly List<(int Bucket, Member To)> _waiting = [];
    private readonly List<BucketMove> _moves = [];
    private IReadOnlyList<Member> _usable = [];
    private string _reason = "";
    private long _measured = Clock.Never;
    private long _nextLook = Clock.Never;
    private long _patientUntil;

    /// <summary>When <see cref="LetTimePass"/> is due.</summary>
    public long NextDeadline => _measured == Clock.Never ? Clock.Never : Math.Min(_measured + Interval, _nextLook);

    /// <summary>The member of a bucket; null if no member can carry it.</summary>
    public Member? this[int bucket] => _spread[bucket];

    /// <summary>The last moves, oldest first.</summary>
    public IEnumerable<BucketMove> Moves => _moves;

    /// <summary>Measured load of a bucket, in bytes/s; index <see cref="BucketRule.Size"/> holds traffic that is in no bucket.</summary>
    public double LoadOf(int bucket) => _loads[bucket];

    /// <summary>The buckets of a member.</summary>
    public ImmutableArray<byte> BucketsOf(Member member) => _spread.BucketsOf(member);

    /// <summary>Takes over a member's buckets from the previous service, and whether the member could carry frames.</summary>
    public void Restore(Member member, IEnumerable<byte> buckets, bool wasUsable)
    {
        if (wasUsable)
            _usable = [.. _usable, member];
        foreach (var bucket in buckets)
            _spread[bucket] = member;
    }

    /// <summary>Starts measuring. No effect if it is running.</summary>
    public void Start(IBondHost host, long now)
    {
        if (_measured != Clock.Never)
            return;
        host.ReadLoads(_before);
        _measured = now;
        _spread.Weights.Fill(1);
    }

    /// <summary>Stops measuring; buckets stay where they are.</summary>
    public void Stop()
    {
        _waiting.Clear();
        (_measured, _nextLook) = (Clock.Never, Clock.Never);
    }

    /// <summary>
    /// Updates the members that can carry frames. Buckets of lost members move at once; a new member gets a share by measured load.
    /// </summary>
    public void Settle(IReadOnlyList<Member> usable, long now)
    {
        var before = new Member?[BucketRule.Size];
        for (var bucket = 0; bucket < before.Length; bucket++)
            before[bucket] = _spread[bucket];
        foreach (var bucket in _spread.Fill(usable))
        {
            if (before[bucket] is { } lost && _spread[bucket] is { } taker)
                Note(now, bucket, lost, taker, $"{lost.Name} cannot send");
        }
        _waiting.RemoveAll(move => !usable.Contains(move.To));
        if (usable.Any(member => !_usable.Contains(member)) && _usable.Count > 0)
            Await(_spread.Even(usable), "another member can send", now);
        _usable = usable;
    }

    /// <summary>Measures the load and moves buckets when they are due.</summary>
    public void LetTimePass(IBondHost host, IReadOnlyList<Member> usable, Member? active, long now)
    {
        if (now >= _measured + Interval)
            Measure(host, usable, active, now);
        if (now >= _nextLook)
            MoveIdle(host, now);
    }

    private void Measure(IBondHost host, IReadOnlyList<Member> usable, Member? active, long now)
    {
        var seconds = (now - _measured) / (double)Clock.Second;
        _measured = now;
        host.ReadLoads(_seen);
        for (var bucket = 0; bucket < _loads.Length; bucket++)
        {
            // A lower count comes from a new data path, which counts from zero.
            var bytes = _seen[bucket] >= _before[bucket] ? _seen[bucket] - _before[bucket] : _seen[bucket];
            _loads[bucket] = _loads[bucket] * Memory + bytes / seconds * (1 - Memory);
            _before[bucket] = _seen[bucket];
        }
        // An idle bucket keeps a small weight, since its flows may start again.
        var floor = Math.Max(1, _loads.AsSpan(0, BucketRule.Size).ToArray().Sum() / BucketRule.Size / 16);
        for (var bucket = 0; bucket < BucketRule.Size; bucket++)
            _spread.Weights[bucket] = _loads[bucket] + floor;
        Await(
            _spread.Even(usable, member => member == active ? _loads[BucketRule.Size] : 0, MostMoves, LeastGain),
            "its member had the most to send for its speed",
            now
        );
    }

    private void Await(List<(int Bucket, Member To)> moves, string reason, long now)
    {
        _reason = reason;
        _waiting.Clear();
        _waiting.AddRange(moves);
        _patientUntil = now + Patience;
        _nextLook = _waiting.Count > 0 ? now + Look : Clock.Never;
    }

    private void MoveIdle(IBondHost host, long now)
    {
        var isPatient = now < _patientUntil;
        Span<ulong> before = stackalloc ulong[BucketRule.Size + 1];
        _seen.CopyTo(before);
        host.ReadLoads(_seen);
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            var (bucket, to) = _waiting[i];
            if (isPatient && _seen[bucket] != before[bucket])
                continue;
            var from = _spread[bucket];
            _spread[bucket] = to;
            _waiting.RemoveAt(i);
            Note(now, bucket, from, to, _reason);
        }
        _nextLook = _waiting.Count > 0 ? now + Look : Clock.Never;
    }

    // Buckets that move at the same time for the same reason share one entry. So the loss of a member does not push older moves out of
    // the list.
    private void Note(long now, int bucket, Member? from, Member to, string reason)
    {
        var same = _moves.FindLastIndex(move => move.Time == now && move.From == from?.Name && move.To == to.Name && move.Reason == reason);
        if (same >= 0)
        {
            var earlier = _moves[same];
            _moves[same] = earlier with { Buckets = earlier.Buckets.Add(bucket), BytesPerSecond = earlier.BytesPerSecond + _loads[bucket] };
            return;
        }
        if (_moves.Count == KeptMoves)
            _moves.RemoveAt(0);
        _moves.Add(new BucketMove(now, [bucket], from?.Name, to.Name, _loads[bucket], reason));
    }
}
