using System.Buffers.Binary;
using System.Collections.Immutable;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>
/// The IPv4 peers of a balance-alb bond, and by which member each is to send. What answers them by ARP is the data path, by the buckets of
/// this table; peers whose bucket moves are told by answers that they did not ask for.
/// </summary>
internal sealed class PeerTable
{
    /// <summary>Peers that are kept. A storm of addresses that nobody has drives none out that was heard lately.</summary>
    public const int Most = 1024;

    /// <summary>How often a peer is told of a move: the first time at once.</summary>
    public const int Tellings = 4;

    /// <summary>Between two tellings; and between a request that told all peers one address and its correction.</summary>
    public const long TellingInterval = 2 * Clock.Second;

    // Answers that are sent each time: the driver's burst.
    private const int Burst = 2;

    // Peers that are told in one go, and the time between: the thread has other bonds to look after.
    private const int Slice = 64;
    private const long SliceInterval = 1 * Clock.Millisecond;
    private const long KeptUnheard = 5 * 60 * Clock.Second;

    // A peer weighs as much as all buckets without one.
    private const double WeightOfPeer = BucketRule.Size;

    private readonly Spread _spread = new();
    private readonly Dictionary<(uint Address, uint Server, FrameTag? Tag), Peer> _peers = [];
    private IReadOnlyList<Member> _usable = [];
    private long _fullUntil = long.MinValue;

    /// <summary>Makes a table without peers.</summary>
    public PeerTable() => _spread.Weights.Fill(1);

    /// <summary>All peers.</summary>
    public IReadOnlyCollection<Peer> Peers => _peers.Values;

    /// <summary>When <see cref="Tell"/> wants to be called.</summary>
    public long NextDeadline { get; private set; } = Clock.Never;

    /// <summary>Counts up with each change of what the next process has to know of the peers (<see cref="Memory"/>).</summary>
    public long Version { get; private set; }

    /// <summary>What the next process has to know of the peers.</summary>
    public ImmutableArray<PeerMemory> Memory =>
        [
            .. _peers.Values.Select(peer => new PeerMemory(
                peer.Address,
                peer.Server,
                peer.Tag,
                peer.Station,
                peer.Since,
                peer.Reason,
                peer.TellingsLeft
            )),
        ];

    /// <summary>The member of a bucket; null while nobody can carry frames.</summary>
    public Member? this[int bucket] => _spread[bucket];

    /// <summary>The buckets of a member.</summary>
    public ImmutableArray<byte> BucketsOf(Member member) => _spread.BucketsOf(member);

    /// <summary>Takes in the peers that an earlier process knew, before the members.</summary>
    public void Restore(IEnumerable<PeerMemory> peers, long now)
    {
        foreach (var known in peers.Take(Most))
        {
            var peer = new Peer(known.Address, known.Server, known.Tag, BucketOf(known.Address))
            {
                Station = known.Station,
                Since = Math.Min(known.Since, now),
                Reason = known.Reason,
                Heard = now,
            };
            if (!_peers.TryAdd((known.Address, known.Server, known.Tag), peer))
                continue;
            Weigh(peer.Bucket, 1);
            if (known.TellingsLeft > 0)
                Schedule(peer, Math.Min(known.TellingsLeft, Tellings), now);
        }
    }

    /// <summary>Takes in the buckets that a member had in an earlier process, and whether it could carry frames.</summary>
    public void Restore(Member member, IEnumerable<byte> buckets, bool wasUsable)
    {
        if (wasUsable)
            _usable = [.. _usable, member];
        foreach (var bucket in buckets)
            _spread[bucket] = member;
        foreach (var peer in _peers.Values)
            peer.Member = _spread[peer.Bucket];
    }

    /// <summary>Takes in an ARP packet that a peer sent to an address of this host; says whether a bucket moved for it.</summary>
    public bool Learn(in ArpPacket arp, FrameTag? tag, long now)
    {
        var hasMoved = false;
        var key = (arp.SenderIp, arp.TargetIp, tag);
        if (!_peers.TryGetValue(key, out var peer))
        {
            if (_peers.Count >= Most && !Forget(now))
                return false;
            peer = new Peer(arp.SenderIp, arp.TargetIp, tag, BucketOf(arp.SenderIp)) { Since = now, Reason = "new" };
            _peers[key] = peer;
            Version++;
            Weigh(peer.Bucket, 1);
            hasMoved = Place(peer, now);
        }
        else if (peer.Station != arp.SenderMac)
        {
            // Another station has the address now, or an old one another card.
            Schedule(peer, 1, now);
        }
        peer.Station = arp.SenderMac;
        peer.Heard = now;
        return hasMoved;
    }

    /// <summary>Takes in that another station says that it has an address of this host: its peers are left to those two.</summary>
    public void Conflict(uint server) => Remove(peer => peer.Server == server);

    /// <summary>Forgets peers of addresses that the host no longer has.</summary>
    public void KeepServers(IpAddressSet addresses)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        var gone = new List<Peer>();
        foreach (var peer in _peers.Values)
        {
            BinaryPrimitives.WriteUInt32BigEndian(octets, peer.Server);
            if (!addresses.Contains(octets))
                gone.Add(peer);
        }
        Remove(gone.Contains);
    }

    /// <summary>Takes in who can carry frames, and spreads the peers over them.</summary>
    public void Settle(IReadOnlyList<Member> usable, long now)
    {
        if (usable.SequenceEqual(_usable) && (usable.Count == 0 || _spread.IsFull))
            return;
        _usable = usable;
        // Without peers nothing is lost by beginning anew, and neighbours in the table then have different members.
        for (var bucket = 0; _peers.Count == 0 && bucket < BucketRule.Size; bucket++)
            _spread[bucket] = null;
        var lost = _spread.Fill(usable).ToHashSet();
        foreach (var (bucket, to) in _spread.Even(usable))
            _spread[bucket] = to;
        foreach (var peer in _peers.Values)
        {
            var member = _spread[peer.Bucket];
            if (member == peer.Member)
                continue;
            Move(peer, member, ReasonToMove(peer, lost), now);
            // While nobody can carry frames nobody can be told either.
            if (member is not null)
                Schedule(peer, Tellings, now);
        }
    }

    /// <summary>Has all peers told again, after they heard a request that told them all one address; soon, and not more often than that.</summary>
    public void Correct(long now)
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.TellingsLeft == 0)
                Schedule(peer, 1, now + TellingInterval);
        }
    }

    /// <summary>Has peers of a member told again: it has another address.</summary>
    public void AddressChanged(Member member, long now)
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.Member == member)
                Schedule(peer, Tellings, now);
        }
    }

    /// <summary>Tells peers what is due.</summary>
    public void Tell(IBondHost host, SourceAddresses addresses, long now)
    {
        if (now < NextDeadline)
            return;
        NextDeadline = Clock.Never;
        var told = 0;
        Span<byte> frame = stackalloc byte[ArpAnswer.MaxLength];
        foreach (var peer in _peers.Values)
        {
            if (peer.TellingsLeft == 0 || peer.Member is not { } member)
                continue;
            if (now >= peer.NextTelling && told < Slice)
            {
                told++;
                Version++;
                peer.TellingsLeft--;
                peer.NextTelling = now + TellingInterval;
                ReadOnlySpan<FrameTag> tags = peer.Tag is { } tag ? [tag] : [];
                var answer = frame[..ArpAnswer.Write(frame, addresses[member], peer.Server, peer.Station, peer.Address, tags)];
                for (var i = 0; i < Burst; i++)
                    host.SendControl(member.Slot, answer);
            }
            if (peer.TellingsLeft > 0)
                NextDeadline = Math.Min(NextDeadline, Math.Max(peer.NextTelling, now + SliceInterval));
        }
    }

    // One that is alone in its bucket goes to the member with the fewest.
    private bool Place(Peer peer, long now)
    {
        var present = _spread[peer.Bucket];
        if (_spread.Weights[peer.Bucket] < 2 * WeightOfPeer && _spread.BestFor(peer.Bucket, _usable) is { } best && best != present)
        {
            _spread[peer.Bucket] = best;
            Move(peer, best, $"{best.Name} has the fewest peers for its speed", now);
            // The data path has told it the member that the bucket had until now.
            Schedule(peer, Tellings, now);
            return true;
        }
        Move(peer, present, "by its bucket", now);
        return false;
    }

    private static string ReasonToMove(Peer peer, HashSet<int> lost) =>
        peer.Member is not { } member ? "no member that can carry frames had it"
        : lost.Contains(peer.Bucket) ? $"{member.Name} cannot carry frames"
        : "spread anew";

    private void Move(Peer peer, Member? member, string reason, long now)
    {
        (peer.Member, peer.Since, peer.Reason) = (member, now, reason);
        Version++;
    }

    private void Schedule(Peer peer, int tellings, long at)
    {
        Version++;
        (peer.TellingsLeft, peer.NextTelling) = (tellings, at);
        NextDeadline = Math.Min(NextDeadline, at);
    }

    // Makes room for one; says whether it could.
    private bool Forget(long now)
    {
        if (now < _fullUntil)
            return false;
        var oldest = _peers.Values.MinBy(peer => peer.Heard)!;
        _fullUntil = oldest.Heard + KeptUnheard;
        if (now < _fullUntil)
            return false;
        Remove(peer => peer == oldest);
        return true;
    }

    private void Remove(Func<Peer, bool> isGone)
    {
        foreach (var (key, peer) in _peers.Where(entry => isGone(entry.Value)).ToList())
        {
            _peers.Remove(key);
            Version++;
            Weigh(peer.Bucket, -1);
        }
    }

    private static byte BucketOf(uint address)
    {
        Span<byte> octets = stackalloc byte[sizeof(uint)];
        BinaryPrimitives.WriteUInt32BigEndian(octets, address);
        return BucketRule.PeerBucket(octets);
    }

    private void Weigh(byte bucket, int peers) => _spread.Weights[bucket] += peers * WeightOfPeer;
}
