using System.Net;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Lacp;
using Tandem.Core.Modes;
using Tandem.Core.Options;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Lacp;

/// <summary>An LACPDU or marker that the bond sent.</summary>
internal sealed record Sent(double Time, int Port, byte[] Frame, ForwardingPlan Plan)
{
    public Lacpdu Pdu =>
        Lacpdu.Read(Frame.AsSpan(14), out var pdu, out _) == FrameDefect.None ? pdu : throw new InvalidOperationException("not an LACPDU");

    public byte State => (byte)Pdu.Actor.State;

    public bool IsLacpdu => Frame[14] == 1;
}

/// <summary>
/// A bond in virtual time with partners that do what a script says. Seconds count from <see cref="Up"/>. After every step the invariants of
/// the catalogue are checked.
/// </summary>
internal sealed class LacpBench : IBondHost
{
    private const long Beginning = 7_000_000_003;
    private const int FirstIfindex = 10;

    public static readonly MacAddress OwnSystem = new(0x0200_5e10_0001);

    private readonly PriorityQueue<Action, (long Time, long Order)> _script = new();
    private readonly LinkStatus[] _links;
    private readonly SentChecker _sentChecker;
    private long _order;
    private long _zero = Beginning;

    public LacpBench(int ports, params string[] options)
    {
        _links = new LinkStatus[ports];
        _sentChecker = new SentChecker(() => Bond!, () => Now);
        Bond = new Bond(ModeTable.All, "bond0", this, new MacAddress(0x0200_0000_ff01), addressIsRandom: true, 1500, Now);
        Must("mode", "802.3ad");
        Lacp.PeriodicLead = 0;
        Must("miimon", "0", "lacp_rate", "fast", "lacp_aggregate_wait", "2000", "lacp_probe", "0", "ad_actor_system", OwnSystem.ToString());
        Must("ad_actor_sys_prio", "32768");
        if (options.Length > 0)
            Must(options);
        for (var i = 0; i < ports; i++)
        {
            _links[i] = new LinkStatus(true, false, 14_000, Duplex.Full);
            Join(i);
        }
        Peers = [.. Enumerable.Range(0, ports).Select(port => new ScriptedPeer(this, port))];
        Bond.SetUp(Now, up: true);
    }

    public Bond Bond { get; }

    public LacpSystem Lacp => Bond.Lacp!;

    public long Now { get; private set; } = Beginning;

    /// <summary>Seconds since time zero.</summary>
    public double Time => Seconds(Now);

    public List<Sent> Sent { get; } = [];

    /// <summary>The last LACPDU sent on each port.</summary>
    public Dictionary<int, PortInfo> Announced { get; } = [];

    public List<BondEvent> Events { get; } = [];

    public IReadOnlyList<ScriptedPeer> Peers { get; }

    public ForwardingPlan Plan { get; private set; } = ForwardingPlan.Empty;

    public bool Carrier { get; private set; }

    /// <summary>Changes of the carrier of the bond's device, with times.</summary>
    public List<(double Time, bool Up)> CarrierChanges { get; } = [];

    /// <summary>Times at which group memberships were announced to switches again.</summary>
    public List<double> GroupsAnnounced { get; } = [];

    public bool DeviceTakesFrames { get; set; } = true;

    public bool ChecksInvariants { get; set; } = true;

    public bool KeepsFrames { get; set; } = true;

    public LacpPort Port(int index) => Bond.FindMember(FirstIfindex + index)!.Lacp!;

    public ReceiveState Receive(int port = 0) => Port(port).Receive;

    public MuxState Mux(int port = 0) => Port(port).Mux;

    public byte State(int port = 0) => (byte)Port(port).Actor.State;

    public bool Distributes(int port = 0) => Plan.Transmit.Contains((byte)Port(port).Member.Slot);

    public bool Collects(int port = 0) => Plan.Delivers(Port(port).Member.Slot);

    public IEnumerable<Sent> SentOn(int port, double from = 0, double to = double.MaxValue) =>
        Sent.Where(sent => sent.IsLacpdu && sent.Port == port && sent.Time >= from && sent.Time <= to);

    public IEnumerable<BondEvent> EventsOf(EventKind kind) => Events.Where(happened => happened.Kind == kind);

    public void Join(int port)
    {
        Assert.Null(
            Bond.AddMember(
                Now,
                new Candidate
                {
                    Ifindex = FirstIfindex + port,
                    Name = $"eth{port}",
                    Address = new MacAddress(OwnSystem.Value + 0x10 + (ulong)port),
                }
            )
        );
        Assert.Null(Bond.ChangeMember(Now, FirstIfindex + port, Words.Parse(OptionScope.Member, "actor_port_prio", "32768")));
    }

    public OptionError? Set(params string[] words) => Bond.Change(Now, Words.Parse(OptionScope.Bond, words));

    public void SetMember(int port, params string[] words)
    {
        Assert.Null(Bond.ChangeMember(Now, FirstIfindex + port, Words.Parse(OptionScope.Member, words)));
        Check();
    }

    public void Leave(int port) => Assert.Null(Bond.RemoveMember(Now, FirstIfindex + port));

    /// <summary>Changes options without the rule that the bond must be down.</summary>
    internal void Configure(Func<LacpSettings, LacpSettings> change)
    {
        Lacp.Configure(change(Lacp.Settings), Now);
        Settle();
    }

    /// <summary>Brings the links up, without advancing the time.</summary>
    public LacpBench Up(params int[] ports)
    {
        foreach (var port in ports.Length > 0 ? ports : [.. Enumerable.Range(0, _links.Length)])
            SetLink(port, true);
        return this;
    }

    /// <summary>Sets time zero to now.</summary>
    public void Zero()
    {
        _zero = Now;
        Sent.Clear();
        Events.Clear();
        CarrierChanges.Clear();
        GroupsAnnounced.Clear();
    }

    public void SetLink(int port, bool carrier, uint? speed = null, Duplex? duplex = null)
    {
        var link = _links[port];
        _links[port] = link with { HasCarrier = carrier, SpeedMbps = speed ?? link.SpeedMbps, Duplex = duplex ?? link.Duplex };
        Bond.LinkChanged(Now, FirstIfindex + port, _links[port]);
        Check();
    }

    /// <summary>Delivers a frame now.</summary>
    public void Deliver(int port, ReadOnlySpan<byte> frame)
    {
        Bond.FrameReceived(Now, FirstIfindex + port, frame);
        Check();
    }

    /// <summary>Schedules an action at a time in seconds.</summary>
    public void At(double seconds, Action action) => _script.Enqueue(action, (Instant(seconds), _order++));

    /// <summary>Runs up to a time in seconds; frames come before timers.</summary>
    public LacpBench RunTo(double seconds)
    {
        var end = Instant(seconds);
        while (true)
        {
            var next = Math.Min(Bond.NextDeadline, _script.TryPeek(out _, out var first) ? first.Time : long.MaxValue);
            if (next > end)
                break;
            Now = Math.Max(Now, next);
            while (_script.TryPeek(out var action, out var due) && due.Time <= Now)
            {
                _script.Dequeue();
                action();
            }
            if (Bond.NextDeadline <= Now)
                Settle();
        }
        Now = Math.Max(Now, end);
        return this;
    }

    /// <summary>Stops the process: time passes without a call.</summary>
    public void Pause(double seconds) => Now += (long)(seconds * Clock.Second);

    /// <summary>Lets the partners of ports come into sync as a switch does, and waits until all distribute; then time is zero.</summary>
    public LacpBench Steady(params int[] ports)
    {
        Up();
        foreach (var port in ports.Length > 0 ? ports : [.. Enumerable.Range(0, _links.Length)])
            Peers[port].Follow();
        RunTo(4.25);
        Zero();
        return this;
    }

    private void Settle()
    {
        Bond.Advance(Now);
        Check();
    }

    private void Check()
    {
        if (ChecksInvariants)
            LacpInvariants.Check(this);
    }

    private long Instant(double seconds) => _zero + (long)Math.Round(seconds * Clock.Second);

    private double Seconds(long instant) => Math.Round((double)(instant - _zero) / Clock.Second, 6);

    private void Must(params string[] words) => Assert.Null(Set(words));

    HostResult IBondHost.Attach(in MemberSetup setup) => HostResult.Done;

    void IBondHost.Detach(int ifindex, int slot) { }

    HostResult IBondHost.SetMemberAddress(int ifindex, MacAddress address, bool mayGoDown) => HostResult.Done;

    HostResult IBondHost.SetMemberMtu(int ifindex, int mtu) => HostResult.Done;

    HostResult IBondHost.SetBondAddress(MacAddress address) => HostResult.Done;

    HostResult IBondHost.SetBondMtu(int mtu) => HostResult.Done;

    void IBondHost.SetCarrier(bool up)
    {
        Carrier = up;
        CarrierChanges.Add((Time, up));
    }

    void IBondHost.SetSpeed(uint speedMbps, Duplex duplex) { }

    LinkStatus IBondHost.ReadLink(int ifindex) => _links[ifindex - FirstIfindex];

    HostResult IBondHost.UseDataPath(DataPathChoice choice) => HostResult.Done;

    HostResult IBondHost.UsePassage(DevicePassage passage) => HostResult.Done;

    void IBondHost.StoreLacpdu(int slot, ReadOnlySpan<byte> lacpdu, long due) { }

    void IBondHost.Publish(ForwardingPlan plan) => Plan = plan;

    void IBondHost.AnnounceAddresses(int slot, bool ofOthers) { }

    void IBondHost.AnnounceGroups(int slot) => GroupsAnnounced.Add(Time);

    bool IBondHost.SendControl(int slot, ReadOnlySpan<byte> frame)
    {
        if (!DeviceTakesFrames)
            return false;
        if (!KeepsFrames)
            return true;
        var sent = new Sent(Time, slot, frame.ToArray(), Plan);
        Sent.Add(sent);
        if (sent.IsLacpdu)
            Announced[sent.Port] = sent.Pdu.Actor;
        _sentChecker.Check(slot, sent.Frame);
        return true;
    }

    void IBondHost.WatchStack(IReadOnlyList<IPAddress>? targets) { }

    ulong IBondHost.FramesReceived(int slot) => 0;

    void IBondHost.ReadLoads(Span<ulong> bytes) => bytes.Clear();

    ulong IBondHost.ToldAll => 0;

    void IBondHost.HearAll(int ifindex, bool all) { }

    void IBondHost.Report(in BondEvent happened) => Events.Add(happened);
}
