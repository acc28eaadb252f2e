using System.Buffers.Binary;
using System.Collections.Immutable;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;

namespace Tandem.Core.Balancing;

/// <summary>
/// The IPv4 peers of a balance-alb bond and their members. The data path answers their ARP requests by the buckets of this table. Peers
/// whose bucket moves get unsolicited ARP replies (updates).
/// </summary>
internal sealed class PeerTable
{
    /// <summary>Maximum number of peers. A flood of unused addresses displaces no peer that was heard recently.</summary>
    public const int Most = 1024;

    /// <summary>Number of ARP updates after a move; the first is sent at once.</summary>
    public const int Tellings = 4;

    /// <summary>Time between two ARP updates, and between a broadcast request that gave all peers the same address and its correction, in
    /// ns.</summary>
    public const long TellingInterval = 2 * Clock.Second;

    // ARP replies in one update: the driver's burst.
    private const int Burst = 2;

    // Peers updated in one go, and the pause after them, in which the thread serves other bonds.
    private const int Slice = 64;
    private const long SliceInterval = 1 * Clock.Millisecond;
    private const long KeptUnheard = 5 * 60 * Clock.Second;

    // One peer weighs as much as all buckets without a peer.
    private const double WeightOfPeer = BucketRule.Size;

    private readonly Spread _spread = new();
    private readonly Dictionary<(uint Address, uint Server, FrameTag? Tag), Peer> _peers = [];
    private IReadOnlyList<Member> _usable = [];
    private long _fullUntil = long.MinValue;

    /// <summary>Creates a table without peers.</summary>
    public PeerTable() => _spread.Weights.Fill(1);

    /// <summary>All peers.</summary>
    public IReadOnlyCollection<Peer> Peers => _peers.Values;

    /// <summary>When <see cref="Tell"/> is due.</summary>
    public long NextDeadline { get; private set; } = Clock.Never;

    /// <summary>Increases with each change of <see cref="Memory"/>.</summary>
    public long Version { get; private set; }

    /// <summary>The peers' state for the next service.</summary>
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

    /// <summary>The member of a bucket; null if no member can carry frames.</summary>
    public Member? this[int bucket] => _spread[bucket];

    /// <summary>The buckets of a member.</summary>
    public ImmutableArray<byte> BucketsOf(Member member) => _spread.BucketsOf(member);

    /// <summary>Takes over the peers of the previous service. Call it before the members are restored.</summary>
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

    /// <summary>Takes over a member's buckets from the previous service, and whether the member could carry frames.</summary>
    public void Restore(Member member, IEnumerable<byte> buckets, bool wasUsable)
    {
        if (wasUsable)
            _usable = [.. _usable, member];
        foreach (var bucket in buckets)
            _spread[bucket] = member;
        foreach (var peer in _peers.Values)
            peer.Member = _spread[peer.Bucket];
    }

    /// <summary>Records the sender of an ARP packet for an address of this host; true if a bucket moved.</summary>
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
            // The address moved to another station, or the station has a new network card.
            Schedule(peer, 1, now);
        }
        peer.Station = arp.SenderMac;
        peer.Heard = now;
        return hasMoved;
    }

    /// <summary>Another station claims an address of this host: forgets the peers of that address.</summary>
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

    /// <summary>Updates the members that can carry frames, and spreads the peers over them.</summary>
    public void Settle(IReadOnlyList<Member> usable, long now)
    {
        if (usable.SequenceEqual(_usable) && (usable.Count == 0 || _spread.IsFull))
            return;
        _usable = usable;
        // Without peers a new spread costs nothing, and it gives neighbouring buckets different members.
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
            // Without a usable member no update can be sent.
            if (member is not null)
                Schedule(peer, Tellings, now);
        }
    }

    /// <summary>Schedules an update for all peers, after a broadcast request gave them all the same address. At most one per <see
    /// cref="TellingInterval"/>.</summary>
    public void Correct(long now)
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.TellingsLeft == 0)
                Schedule(peer, 1, now + TellingInterval);
        }
    }

    /// <summary>Schedules updates for a member's peers, because its address changed.</summary>
    public void AddressChanged(Member member, long now)
    {
        foreach (var peer in _peers.Values)
        {
            if (peer.Member == member)
                Schedule(peer, Tellings, now);
        }
    }

    /// <summary>Sends the ARP updates that are due.</summary>
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

    // A peer that is alone in its bucket gets the member with the fewest peers for its speed.
    private bool Place(Peer peer, long now)
    {
        var present = _spread[peer.Bucket];
        if (_spread.Weights[peer.Bucket] < 2 * WeightOfPeer && _spread.BestFor(peer.Bucket, _usable) is { } best && best != present)
        {
            _spread[peer.Bucket] = best;
            Move(peer, best, $"{best.Name} has the fewest peers for its speed", now);
            // The data path has already answered with the bucket's previous member.
            Schedule(peer, Tellings, now);
            return true;
        }
        Move(peer, present, "by its bucket", now);
        return false;
    }

    private static string ReasonToMove(Peer peer, HashSet<int> lost) =>
        peer.Member is not { } member ? "no member could carry its frames"
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

    // Makes room for a new peer; false if every peer was heard recently.
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
