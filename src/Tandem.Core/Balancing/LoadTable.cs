using System.Collections.Immutable;
using Tandem.Core.Forwarding;

namespace Tandem.Core.Balancing;

/// <summary>Buckets that moved at once from one member to another.</summary>
/// <param name="Time">When (monotonic ns).</param>
/// <param name="Buckets">Their numbers.</param>
/// <param name="From">The name of the member that carried them; null if none did.</param>
/// <param name="To">The name of the member that carries them.</param>
/// <param name="BytesPerSecond">What was last measured of them.</param>
/// <param name="Reason">Why, in words.</param>
public sealed record BucketMove(long Time, ImmutableArray<int> Buckets, string? From, string To, double BytesPerSecond, string Reason);

/// <summary>
/// Which member carries which bucket of what is sent, by measured load. A bucket moves while nothing of it is sent, so that no frame overtakes
/// one before it on the other member; one that is never idle moves when it has been waited for long enough.
/// </summary>
internal sealed class LoadTable
{
    /// <summary>Between two measurements.</summary>
    public const long Interval = Clock.Second;

    // Between two looks for an idle bucket: longer than frames wait in a device's ring.
    private const long Look = 2 * Clock.Millisecond;
    private const long Patience = 500 * Clock.Millisecond;
    private const int MostMoves = 32;

    // Less is not worth that a flow moves.
    private const double LeastGain = 0.05;
    private const int KeptMoves = 32;

    // Of what was measured before, in what is measured now.
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

    /// <summary>When <see cref="LetTimePass"/> wants to be called.</summary>
    public long NextDeadline => _measured == Clock.Never ? Clock.Never : Math.Min(_measured + Interval, _nextLook);

    /// <summary>The member of a bucket; null while nobody can carry it.</summary>
    public Member? this[int bucket] => _spread[bucket];

    /// <summary>The latest moves, the oldest first.</summary>
    public IEnumerable<BucketMove> Moves => _moves;

    /// <summary>What was last measured of a bucket, in bytes a second; of what is in no bucket at <see cref="BucketRule.Size"/>.</summary>
    public double LoadOf(int bucket) => _loads[bucket];

    /// <summary>The buckets of a member.</summary>
    public ImmutableArray<byte> BucketsOf(Member member) => _spread.BucketsOf(member);

    /// <summary>Takes in the buckets that a member had in an earlier process, and whether it could carry frames.</summary>
    public void Restore(Member member, IEnumerable<byte> buckets, bool wasUsable)
    {
        if (wasUsable)
            _usable = [.. _usable, member];
        foreach (var bucket in buckets)
            _spread[bucket] = member;
    }

    /// <summary>Begins to measure.</summary>
    public void Start(IBondHost host, long now)
    {
        if (_measured != Clock.Never)
            return;
        host.ReadLoads(_before);
        _measured = now;
        _spread.Weights.Fill(1);
    }

    /// <summary>Ends that; buckets stay where they are.</summary>
    public void Stop()
    {
        _waiting.Clear();
        (_measured, _nextLook) = (Clock.Never, Clock.Never);
    }

    /// <summary>
    /// Takes in who can carry frames: what others carried is theirs at once; who comes gets a share by what was last measured.
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

    /// <summary>Measures, and moves what is to be moved.</summary>
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
            // The counters begin anew where another data path takes over.
            var bytes = _seen[bucket] >= _before[bucket] ? _seen[bucket] - _before[bucket] : _seen[bucket];
            _loads[bucket] = _loads[bucket] * Memory + bytes / seconds * (1 - Memory);
            _before[bucket] = _seen[bucket];
        }
        // An idle bucket weighs a little: its flows may start again.
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

    // What moves at once for one reason is one entry: a lost member does not drive out what happened before.
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
