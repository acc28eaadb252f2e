using Tandem.Core.Forwarding;
using Tandem.Core.Modes;
using Tandem.Core.Options;
using Tandem.Core.Pacing;

namespace Tandem.Core;

/// <summary>
/// The brain of one bond: decides which members carry frames, and tells its host. It does no I/O, has no clock and no threads: time
/// comes in with each call (monotonic nanoseconds, never going back), wishes go out through <see cref="IBondHost"/>, and
/// <see cref="NextDeadline"/> says when it next wants to be called. All calls come from one thread.
/// </summary>
public sealed partial class Bond
{
    // After one report the kernel holds back the next loss of a carrier for up to a second (its linkwatch does at most one round a second), whosever
    // link it is. Links that move together or flap are therefore read often for a little longer than that.
    private const long WatchFor = 1200 * Clock.Millisecond;

    // A look at a link takes the kernel some ten µs: with many members looking must not become all that is done.
    private const long WatchInterval = 1 * Clock.Millisecond;
    private const long WatchIntervalOfEach = 50 * Clock.Microsecond;

    private readonly List<Member> _members = [];
    private readonly List<BondEvent> _unreported = [];
    private readonly FailoverAnnouncements _announcements = new();
    private readonly DeviceTraits _device;
    private MacAddress _ownAddress;
    private long _nextPoll = Clock.Never;
    private long _watchUntil;

    /// <summary>Makes the brain of a bond that has no members and is administratively down.</summary>
    /// <param name="name">The name of the bond's device.</param>
    /// <param name="host">What carries out the bond's wishes.</param>
    /// <param name="address">The device's address now.</param>
    /// <param name="addressIsRandom">True if nobody asked for that address: the first member then gives the bond its own.</param>
    /// <param name="mtu">The device's MTU in bytes.</param>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="isRestored">
    /// True if the bond goes on where an earlier process left it: until <see cref="EndRestoring"/> nothing is said about carrier and plan.
    /// </param>
    /// <param name="device">What the device is, which stays as long as the bond is.</param>
    public Bond(
        string name,
        IBondHost host,
        MacAddress address,
        bool addressIsRandom,
        int mtu,
        long now,
        bool isRestored = false,
        DeviceTraits? device = null
    )
    {
        Name = name;
        _device = device ?? DeviceTraits.Usual;
        Options = BondOptions.Default.With(BondOptions.Known.DeviceKind, (long)_device.Kind);
        Host = host;
        _ownAddress = Address = address;
        UserAddress = addressIsRandom ? null : address;
        Mtu = mtu;
        Mode = ModeTable.Make(Options.Mode, this);
        _probes = new Monitoring.ProbeMonitor(this);
        IsRestoring = isRestored;
        if (!isRestored)
        {
            host.Publish(Plan);
            host.SetCarrier(false);
        }
        Report(now, EventKind.BondAdded, null, isRestored ? "found as an earlier service left it" : $"made in mode {ModeName}");
        PassOnReports();
    }

    /// <summary>The name of the bond's device.</summary>
    public string Name { get; private set; }

    /// <summary>The values of all options.</summary>
    public BondOptions Options { get; private set; }

    /// <summary>Administratively up.</summary>
    public bool IsUp { get; private set; }

    /// <summary>Whether the bond has carrier.</summary>
    public bool HasCarrier { get; private set; }

    /// <summary>The address of the bond's device.</summary>
    public MacAddress Address { get; private set; }

    /// <summary>
    /// The address that a user asked for; null if none did. Members come and go without changing it; where fail_over_mac ties the
    /// address to the active member, the bond has it when it has no members.
    /// </summary>
    public MacAddress? UserAddress { get; private set; }

    /// <summary>Transmit queues of its device, which members can be tied to (<c>queue_id</c>).</summary>
    public int Queues => _device.Queues;

    /// <summary>The MTU of the bond's device and its members, in bytes.</summary>
    public int Mtu { get; private set; }

    /// <summary>The bond's speed in Mbit/s; 0 if unknown.</summary>
    public uint SpeedMbps { get; private set; }

    /// <summary>The bond's duplex.</summary>
    public Duplex Duplex { get; private set; } = Duplex.Unknown;

    /// <summary>The members in the order in which they joined.</summary>
    public IReadOnlyList<Member> Members => _members;

    /// <summary>The active member; in modes where all carry traffic, the one that carries IGMP. Null if no link is up.</summary>
    public Member? Active { get; private set; }

    /// <summary>The primary, if it is a member.</summary>
    public Member? Primary => Options.Primary is { } name && Mode.ElectsActive ? _members.Find(member => member.Name == name) : null;

    /// <summary>What the data path was last told to do.</summary>
    public ForwardingPlan Plan { get; private set; } = ForwardingPlan.Empty;

    /// <summary>When <see cref="Advance"/> wants to be called next, in monotonic ns; <see cref="Clock.Never"/> if nothing is due.</summary>
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
            }
            return next;
        }
    }

    /// <summary>What carries out the bond's wishes.</summary>
    internal IBondHost Host { get; }

    /// <summary>How the bond uses its members.</summary>
    internal Mode Mode { get; private set; }

    private string ModeName => Options[BondOptions.Known.Mode].Format(BondOptions.Known.Mode);

    private bool CanAnnounce => IsUp && HasCarrier && Active is not null;

    /// <summary>Finds a member by its interface's number; null if it is none.</summary>
    public Member? FindMember(int ifindex)
    {
        // Asked for each control frame: without a closure.
        foreach (var member in _members)
        {
            if (member.Ifindex == ifindex)
                return member;
        }
        return null;
    }

    /// <summary>Does what has become due: delays that end, the poll of all links, announcements.</summary>
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
            // Whether the time passed or this process stood still, only a fresh look tells whether the link held out.
            if (IsDelayed(member) && now >= member.DelayEnds)
                Observe(member, Host.ReadLink(member.Ifindex), now);
        }
        if (_probes.IsDue(now))
        {
            _probes.Judge(now);
            // Which member is asked next follows from what is decided now.
            Settle(now);
            _probes.Probe(now);
        }
        _probes.Retry(now);
        Mode.LetTimePass(now);
        Settle(now);
    }

    /// <summary>Takes in that the bond's device has another name.</summary>
    public void Renamed(long now, string name)
    {
        Report(now, EventKind.Notice, null, $"the device is called {name} now, and so is the bond");
        PassOnReports();
        Name = name;
    }

    /// <summary>Takes in that the bond's device was set up or down.</summary>
    public void SetUp(long now, bool up)
    {
        if (up == IsUp)
            return;
        IsUp = up;
        if (!up)
        {
            // Who sets it down and up again need not wait.
            _carrierFalls = new FlapDamping();
            _announcements.Cancel();
            Mode.Stop(now);
        }
        _probes.SetUp(now);
        SchedulePoll(now);
        Settle(now);
    }

    /// <summary>Takes in what the kernel says about a member's link.</summary>
    public void LinkChanged(long now, int ifindex, LinkStatus status)
    {
        if (FindMember(ifindex) is not { } member)
            return;
        Observe(member, status, now);
        Settle(now);
    }

    /// <summary>
    /// Takes in a control frame that a member received, whether the plan delivers frames of that member or not. Frames that have arrived are to be
    /// handed over before <see cref="Advance"/>, so that no timer ends that one of them would have stopped; a caller that was
    /// held up (by a pause of the process, say) reads its sockets first.
    /// </summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="ifindex">The member.</param>
    /// <param name="frame">The frame from its destination address on, of any length; frames that the mode does not ask for are ignored.</param>
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

    /// <summary>Asks the kernel for a member's link, beyond the polls: something says that it may have moved.</summary>
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

    // Deeds first: what happened is passed on once the host has been told what to do about it.
    internal void Report(long now, EventKind kind, Member? member, string reason) =>
        _unreported.Add(new BondEvent(now, kind, Name, member?.Name, reason));

    private void PassOnReports()
    {
        foreach (var happened in _unreported)
            Host.Report(happened);
        _unreported.Clear();
    }
}
