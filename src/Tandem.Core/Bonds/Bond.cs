using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Core.Pacing;

namespace Tandem.Core.Bonds;

/// <summary>
/// The brain of one bond: decides which members carry frames, and tells its host. It has no I/O, no clock and no threads. The time
/// (monotonic ns, never decreasing) is an argument of each call, requests go out through <see cref="IBondHost"/>, and <see
/// cref="NextDeadline"/> says when to call <see cref="Advance"/>. All calls must come from one thread.
/// </summary>
public sealed partial class Bond
{
    // After one report the kernel's linkwatch delays the next, of any link, by up to a second. Links that fail together or flap are
    // therefore polled at a short interval for a little longer than that.
    private const long WatchFor = 1200 * Clock.Millisecond;

    // Reading a link takes some ten µs. With many members the interval grows, so that polling does not take up all the time.
    private const long WatchInterval = 1 * Clock.Millisecond;
    private const long WatchIntervalOfEach = 50 * Clock.Microsecond;

    private readonly List<Member> _members = [];
    private readonly List<BondEvent> _unreported = [];
    private readonly FailoverAnnouncements _announcements = new();
    private readonly ModeFactory _modes;
    private readonly DeviceTraits _device;
    private MacAddress _ownAddress;
    private long _nextPoll = Clock.Never;
    private long _watchUntil;

    /// <summary>Creates the brain of a bond without members that is administratively down.</summary>
    /// <param name="modes">The modes that the bond can be set to.</param>
    /// <param name="name">The name of the bond's device.</param>
    /// <param name="host">Carries out the bond's requests.</param>
    /// <param name="address">The device's present address.</param>
    /// <param name="addressIsRandom">True if the address was not requested by a user: then the bond takes the first member's.</param>
    /// <param name="mtu">The device's MTU in bytes.</param>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="isRestored">
    /// True if the bond is taken over from the previous service: nothing about carrier and plan is published until <see
    /// cref="EndRestoring"/>.
    /// </param>
    /// <param name="device">Properties of the device that are fixed for its lifetime.</param>
    /// <param name="mode">The mode in which the bond begins.</param>
    public Bond(
        ModeFactory modes,
        string name,
        IBondHost host,
        MacAddress address,
        bool addressIsRandom,
        int mtu,
        long now,
        bool isRestored = false,
        DeviceTraits? device = null,
        BondMode mode = BondMode.BalanceRoundRobin
    )
    {
        _modes = modes;
        Name = name;
        _device = device ?? DeviceTraits.Usual;
        var usual = BondOptions.Default.With(BondOptions.Known.DeviceKind, (long)_device.Kind);
        Options = OptionChange.SetMode(usual, mode);
        Host = host;
        _ownAddress = Address = address;
        UserAddress = addressIsRandom ? null : address;
        Mtu = mtu;
        Mode = modes.Make(Options.Mode, this);
        _probes = new ProbeMonitor(this);
        IsRestoring = isRestored;
        if (!isRestored)
        {
            host.Publish(Plan);
            host.SetCarrier(false);
        }
        Mode.Configure(usual, now);
        WatchStack();
        Report(now, EventKind.BondAdded, null, isRestored ? "taken over from the previous service" : $"created in mode {ModeName}");
        PassOnReports();
    }

    /// <summary>The name of the bond's device.</summary>
    public string Name { get; private set; }

    /// <summary>The values of all options.</summary>
    public BondOptions Options { get; private set; }

    /// <summary>Whether the bond is administratively up.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Whether the bond has carrier.</summary>
    public bool HasCarrier { get; private set; }

    /// <summary>The address of the bond's device.</summary>
    public MacAddress Address { get; private set; }

    /// <summary>
    /// The address set by a user; null if none. Members do not change it. Where fail_over_mac ties the bond's address to the active
    /// member, it applies only while the bond has no members.
    /// </summary>
    public MacAddress? UserAddress { get; private set; }

    /// <summary>Number of transmit queues of the bond's device; <c>queue_id</c> ties members to them.</summary>
    public int Queues => _device.Queues;

    /// <summary>The MTU of the bond's device and its members, in bytes.</summary>
    public int Mtu { get; private set; }

    /// <summary>The bond's speed in Mbit/s; 0 if unknown.</summary>
    public uint SpeedMbps { get; private set; }

    /// <summary>The bond's duplex.</summary>
    public Duplex Duplex { get; private set; } = Duplex.Unknown;

    /// <summary>The members, in the order in which they joined.</summary>
    public IReadOnlyList<Member> Members => _members;

    /// <summary>The active member; in modes where all members carry traffic, the one that sends IGMP. Null if no link is up.</summary>
    public Member? Active { get; private set; }

    /// <summary>The primary, if it is a member; null in modes without an active member.</summary>
    public Member? Primary => Options.Primary is { } name && Mode.ElectsActive ? _members.Find(member => member.Name == name) : null;

    /// <summary>The plan published last.</summary>
    public ForwardingPlan Plan { get; private set; } = ForwardingPlan.Empty;

    /// <summary>When <see cref="Advance"/> is due, in monotonic ns; <see cref="Clock.Never"/> if nothing is.</summary>
    public long NextDeadline
    {
        get
        {
            var next = Math.Min(Math.Min(_nextPoll, NextCarrierDeadline), _announcements.NextDeadline(CanAnnounce));
            next = Math.Min(next, Math.Min(Mode.NextDeadline, _probes.NextDeadline));
            foreach (var member in _members)
            {
                if (IsDelayed(member))
                    next = Math.Min(next, member.DelayEnds);
                next = Math.Min(next, member.Upkeep.NextTry);
            }
            return next;
        }
    }

    /// <summary>Carries out the bond's requests.</summary>
    internal IBondHost Host { get; }

    /// <summary>The bond's mode.</summary>
    internal Mode Mode { get; private set; }

    private string ModeName => Options[BondOptions.Known.Mode].Format(BondOptions.Known.Mode);

    private bool CanAnnounce => IsUp && HasCarrier && Active is not null;

    /// <summary>Finds a member by ifindex; null if there is none.</summary>
    public Member? FindMember(int ifindex)
    {
        // Runs for each control frame: a loop instead of a closure that allocates.
        foreach (var member in _members)
        {
            if (member.Ifindex == ifindex)
                return member;
        }
        return null;
    }

    /// <summary>Does what is due: ends delays, polls links, judges and sends probes, announces addresses.</summary>
    public void Advance(long now)
    {
        if (now >= _nextPoll)
        {
            SchedulePoll(now);
            foreach (var member in _members)
                Observe(member, Host.ReadLink(member.Ifindex), now);
        }
        foreach (var member in _members)
        {
            // Read the link again when its delay ends: the process may have been paused, and missed a change.
            if (IsDelayed(member) && now >= member.DelayEnds)
                Observe(member, Host.ReadLink(member.Ifindex), now);
            TryAgain(member, now);
        }
        if (_probes.IsDue(now))
        {
            _probes.Judge(now);
            // Settle first: its result decides which member is probed next.
            Settle(now);
            _probes.Probe(now);
        }
        _probes.Retry(now);
        Mode.LetTimePass(now);
        Settle(now);
    }

    /// <summary>The bond's device was renamed.</summary>
    public void Renamed(long now, string name)
    {
        Report(now, EventKind.Notice, null, $"the device was renamed to {name}, and so was the bond");
        PassOnReports();
        Name = name;
    }

    /// <summary>The bond's device was set up or down.</summary>
    public void SetUp(long now, bool up)
    {
        if (up == IsUp)
            return;
        IsUp = up;
        if (!up)
        {
            // A user who sets the device down and up again gets its carrier without damping.
            _carrierFalls = new FlapDamping();
            _announcements.Cancel();
            Mode.Stop(now);
        }
        _probes.SetUp(now);
        SchedulePoll(now);
        Settle(now);
    }

    /// <summary>The kernel reported a member's link.</summary>
    public void LinkChanged(long now, int ifindex, LinkStatus status)
    {
        if (FindMember(ifindex) is not { } member)
            return;
        Observe(member, status, now);
        Settle(now);
    }

    /// <summary>
    /// A member received a control frame, whether the plan delivers its frames or not. Call it for all frames that have arrived before
    /// <see cref="Advance"/>, so that no timer ends that one of them would have restarted. After a delay (a paused process, say) the
    /// caller must read its sockets first.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="ifindex">The member's ifindex.</param>
    /// <param name="frame">The frame from its destination address on, of any length. Frames that nothing asked for are ignored.</param>
    public void FrameReceived(long now, int ifindex, ReadOnlySpan<byte> frame)
    {
        if (FindMember(ifindex) is not { } member)
            return;
        _probes.Receive(member, frame, now);
        if (Mode.Receive(member, frame, now) || _unreported.Count > 0)
            Settle(now);
        else
            Mode.PlanIsOut(now);
    }

    /// <summary>Reads a member's link outside the polls, because it may have changed.</summary>
    internal void LookAgain(Member member, long now)
    {
        Observe(member, Host.ReadLink(member.Ifindex), now);
        Settle(now);
    }

    private void SchedulePoll(long now)
    {
        var interval = Options.Miimon * Clock.Millisecond;
        if (now < _watchUntil)
        {
            var watch = Math.Max(WatchInterval, _members.Count * WatchIntervalOfEach);
            interval = interval == 0 ? watch : Math.Min(interval, watch);
        }
        _nextPoll = IsUp && interval > 0 ? now + interval : Clock.Never;
    }

    private void Watch(long now)
    {
        _watchUntil = now + WatchFor;
        SchedulePoll(now);
    }

    // Events are passed to the host only after the actions that they report.
    internal void Report(long now, EventKind kind, Member? member, string reason) =>
        _unreported.Add(new BondEvent(now, kind, Name, member?.Name, reason));

    private void PassOnReports()
    {
        foreach (var happened in _unreported)
            Host.Report(happened);
        _unreported.Clear();
    }
}
