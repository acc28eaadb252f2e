using Tandem.Core.Options;
using Tandem.Core.Pacing;

namespace Tandem.Core.Bonds;

/// <summary>Which addresses are announced to neighbours when the active member changes.</summary>
internal enum PeerAnnouncement
{
    /// <summary>None: neighbours need no announcement.</summary>
    None,

    /// <summary>Addresses other than the bond's own: of bridges, macvlans and stations behind them.</summary>
    OfOthers,

    /// <summary>All addresses.</summary>
    All,
}

/// <summary>
/// Announces the bond's place in the network after a failover: to neighbours num_grat_arp times, peer_notif_delay apart, and to switches
/// (IGMP) resend_igmp times, 200 ms apart. Announcements that cannot be sent without carrier are postponed.
/// </summary>
internal sealed class FailoverAnnouncements
{
    // The driver's interval between membership reports.
    private const long GroupInterval = 200 * Clock.Millisecond;

    // Interval between announcements to neighbours if neither peer_notif_delay nor miimon is set.
    private const long DefaultPeerInterval = 100 * Clock.Millisecond;

    private FlapDamping _begun = new();
    private PeerAnnouncement _peers;
    private int _peersLeft;
    private long _nextPeers;
    private long _lastPeers = long.MinValue / 2;
    private int _groupsLeft;
    private long _nextGroups;

    /// <summary>When the next announcement is due.</summary>
    public long NextDeadline(bool canSend)
    {
        if (!canSend)
            return Clock.Never;
        return Math.Min(_peersLeft > 0 ? _nextPeers : Clock.Never, _groupsLeft > 0 ? _nextGroups : Clock.Never);
    }

    /// <summary>Starts over for a new active member.</summary>
    /// <param name="options">The bond's options.</param>
    /// <param name="peers">What is announced to neighbours, besides the membership reports.</param>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="isDamped">True where a flapping partner could start announcements without end: then at most one start a
    /// second.</param>
    public void Begin(BondOptions options, PeerAnnouncement peers, long now, bool isDamped = false)
    {
        if (peers != PeerAnnouncement.None)
            (_peers, _peersLeft, _nextPeers) = (peers, options.PeerNotifications, now);
        if (isDamped)
            _begun.Note(now);
        var isFlapping = isDamped && now < _begun.CalmAt;
        // The reports still to be sent will be soon enough.
        if (isFlapping && _groupsLeft > 0)
            return;
        _groupsLeft = options.ResendIgmp;
        _nextGroups = isFlapping ? _begun.CalmAt : now;
    }

    /// <summary>
    /// Announces all addresses to neighbours again, at the earliest one interval after the last announcement, since a partner could
    /// trigger it without end. Membership reports continue as scheduled.
    /// </summary>
    public void TellPeers(BondOptions options, long now) =>
        (_peers, _peersLeft, _nextPeers) = (
            PeerAnnouncement.All,
            options.PeerNotifications,
            Math.Max(now, _lastPeers + PeerInterval(options))
        );

    /// <summary>Drops all announcements still to be sent.</summary>
    public void Cancel() => _peersLeft = _groupsLeft = 0;

    /// <summary>Sends on the active member what is due.</summary>
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
