using Tandem.Core.Options;
using Tandem.Core.Pacing;

namespace Tandem.Core;

/// <summary>What neighbours are told when another member is the active one.</summary>
internal enum PeerAnnouncement
{
    /// <summary>Nothing: it moves nobody.</summary>
    None,

    /// <summary>What is sent with other addresses than the bond's own, by bridges, macvlans and stations behind them.</summary>
    OfOthers,

    /// <summary>All addresses.</summary>
    All,
}

/// <summary>
/// Tells the network after a failover where the bond is now: neighbours num_grat_arp times, peer_notif_delay apart, and switches
/// resend_igmp times, 200 ms apart. What cannot be sent for want of carrier is put off, not dropped.
/// </summary>
internal sealed class FailoverAnnouncements
{
    // The driver's distance between membership reports.
    private const long GroupInterval = 200 * Clock.Millisecond;

    // Between notifications where neither peer_notif_delay nor miimon says anything.
    private const long DefaultPeerInterval = 100 * Clock.Millisecond;

    private FlapDamping _begun = new();
    private PeerAnnouncement _peers;
    private int _peersLeft;
    private long _nextPeers;
    private long _lastPeers = long.MinValue / 2;
    private int _groupsLeft;
    private long _nextGroups;

    /// <summary>When something is to be sent next.</summary>
    public long NextDeadline(bool canSend)
    {
        if (!canSend)
            return Clock.Never;
        return Math.Min(_peersLeft > 0 ? _nextPeers : Clock.Never, _groupsLeft > 0 ? _nextGroups : Clock.Never);
    }

    /// <summary>Begins anew for another active member.</summary>
    /// <param name="options">The bond's options.</param>
    /// <param name="peers">What neighbours are told, besides switches.</param>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="isDamped">True where a partner that flaps could begin it without end: then once a second.</param>
    public void Begin(BondOptions options, PeerAnnouncement peers, long now, bool isDamped = false)
    {
        if (peers != PeerAnnouncement.None)
            (_peers, _peersLeft, _nextPeers) = (peers, options.PeerNotifications, now);
        if (isDamped)
            _begun.Note(now);
        var isFlapping = isDamped && now < _begun.CalmAt;
        // What is left to send will be soon enough.
        if (isFlapping && _groupsLeft > 0)
            return;
        _groupsLeft = options.ResendIgmp;
        _nextGroups = isFlapping ? _begun.CalmAt : now;
    }

    /// <summary>
    /// Begins anew to tell neighbours, no sooner after the last time than they are told in a row: a partner may begin it without end. What is
    /// told to switches goes on.
    /// </summary>
    public void TellPeers(BondOptions options, long now) =>
        (_peers, _peersLeft, _nextPeers) = (
            PeerAnnouncement.All,
            options.PeerNotifications,
            Math.Max(now, _lastPeers + PeerInterval(options))
        );

    /// <summary>Forgets what is left to send.</summary>
    public void Cancel() => _peersLeft = _groupsLeft = 0;

    /// <summary>Sends what is due on the active member.</summary>
    public void Advance(IBondHost host, int slot, BondOptions options, long now)
    {
        if (_peersLeft > 0 && now >= _nextPeers)
        {
            host.AnnounceAddresses(slot, ofOthers: _peers == PeerAnnouncement.OfOthers);
            _peersLeft--;
            _lastPeers = now;
            _nextPeers = now + PeerInterval(options);
        }
        if (_groupsLeft > 0 && now >= _nextGroups)
        {
            host.AnnounceGroups(slot);
            _groupsLeft--;
            _nextGroups = now + GroupInterval;
        }
    }

    private static long PeerInterval(BondOptions options)
    {
        var milliseconds = options.PeerNotifyDelay > 0 ? options.PeerNotifyDelay : options.Miimon;
        return milliseconds > 0 ? milliseconds * Clock.Millisecond : DefaultPeerInterval;
    }
}
