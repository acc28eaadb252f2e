using System.Net;
using Tandem.Core;
using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Lacp;
using Tandem.Core.Modes;
using Tandem.Core.Options;
using Tandem.Core.Packets;

namespace Tandem.Simulation;

/// <summary>A host with a bond and the ports that can belong to it, and a data path that carries out the bond's plans.</summary>
public sealed partial class Station
{
    // News of the stack arrives a moment later, as it comes from another thread.
    private const long StackDelay = 1 * Clock.Millisecond;

    private readonly World _world;
    private readonly int _number;
    private readonly List<Port> _ports = [];
    private readonly Dictionary<int, Port> _slots = [];
    private readonly Dictionary<int, MacAddress> _permanent = [];
    private readonly ulong[] _loads = new ulong[BucketRule.Size + 1];
    private List<(Port Port, byte[] Frame)>? _stalled;
    private FrameRouter _router = new(seed: 1);
    private ulong _toldAll;

    internal Station(World world, string name, int number)
    {
        (_world, Name, _number) = (world, name, number);
        Address = OwnAddress = new MacAddress(0x0200_0000_ff00 + (ulong)number);
        Bond = new Bond(ModeTable.All, "bond0", this, Address, addressIsRandom: true, mtu: 1500, world.Now);
    }

    /// <summary>The station's name.</summary>
    public string Name { get; }

    /// <summary>The brain.</summary>
    public Bond Bond { get; private set; }

    /// <summary>The ports, members or not.</summary>
    public IReadOnlyList<Port> Ports => _ports;

    /// <summary>The address that the bond's device began with.</summary>
    public MacAddress OwnAddress { get; }

    /// <summary>The bond's device: its address.</summary>
    public MacAddress Address { get; private set; }

    /// <summary>The bond's device: its MTU.</summary>
    public int Mtu { get; private set; } = 1500;

    /// <summary>The bond's device: its carrier.</summary>
    public bool Carrier { get; private set; }

    /// <summary>The bond's device: its speed.</summary>
    public uint SpeedMbps { get; private set; }

    /// <summary>The plan that was published last.</summary>
    public ForwardingPlan Plan { get; private set; } = ForwardingPlan.Empty;

    /// <summary>All that was reported.</summary>
    public List<BondEvent> Events { get; } = [];

    /// <summary>For each slot the LACPDU that the data path may answer with, and from when on; null if none.</summary>
    public Dictionary<int, (byte[] Frame, long Due)?> Answers { get; } = [];

    /// <summary>All plans, in the order in which they were published.</summary>
    public List<ForwardingPlan> Plans { get; } = [];

    /// <summary>For each of the events, the generation of the plan that was in force when it was reported.</summary>
    public List<long> PlanWhenReported { get; } = [];

    /// <summary>Announcements: time, slot, and whether of addresses or groups.</summary>
    public List<(long Time, int Slot, string What)> Announced { get; } = [];

    /// <summary>The host's IP configuration on the bond, for given targets.</summary>
    public Func<IReadOnlyList<IPAddress>, HostStack> StackOf { get; set; } = targets => Stacks.OnBond(targets);

    /// <summary>Sees each frame that arrives.</summary>
    public Action<Port, byte[]>? Heard { get; set; }

    /// <summary>The targets whose ways the brain wants to know; null if the brain does not watch the stack.</summary>
    public IReadOnlyList<IPAddress>? Watched { get; private set; }

    /// <summary>Frames that reached the host, with the port on which they came.</summary>
    public List<(Port Port, byte[] Frame)> Received { get; } = [];

    /// <summary>Ports that accept frames for any address, at the bond's request.</summary>
    public HashSet<string> HearingAll { get; } = [];

    /// <summary>How often the bond gave a member another address.</summary>
    public int AddressChanges { get; private set; }

    /// <summary>Frames of the bond's own that were sent.</summary>
    public int ControlFrames { get; private set; }

    /// <summary>Frames of the host that no member could carry.</summary>
    public int Dropped { get; private set; }

    /// <summary>Sees each frame of the bond's own, with its slot, as it is sent.</summary>
    public Action<int, byte[]>? ControlSent { get; set; }

    /// <summary>Refuses an operation on a device (its name, "attach", "address" or "mtu") with the text that it returns.</summary>
    public Func<string, string, string?> Fault { get; set; } = (_, _) => null;

    /// <summary>The ports' devices take no frames of the bond's own.</summary>
    public bool RefusesFrames { get; set; }

    /// <summary>True while the station's process is gone; its links stay.</summary>
    internal bool IsDead { get; set; }

    internal long NextDeadline => _stalled is null ? Bond.NextDeadline : Clock.Never;

    /// <summary>Sets options by their words: <c>"mode", "active-backup", "miimon", "100"</c>.</summary>
    public OptionError? Set(params string[] words) => Bond.Change(_world.Now, Words.Parse(OptionScope.Bond, words));

    /// <summary>Sets options of a member.</summary>
    public OptionError? Set(Port port, params string[] words) =>
        Bond.ChangeMember(_world.Now, port.Ifindex, Words.Parse(OptionScope.Member, words));

    /// <summary>Makes a port a member.</summary>
    public OptionError? Join(Port port) => Bond.AddMember(_world.Now, port.AsCandidate());

    /// <summary>Sets options, joins all ports and brings the bond up; nothing may be refused.</summary>
    public Station Start(params string[] words)
    {
        Prepare(words);
        Bond.SetUp(_world.Now, up: true);
        return this;
    }

    /// <summary>Sets options and joins all ports; nothing may be refused.</summary>
    public void Prepare(params string[] words)
    {
        Must(Set(words));
        foreach (var port in _ports)
            Must(Join(port));
    }

    /// <summary>
    /// Ends the process without warning. After a while the next process takes the bond over. Meanwhile the links stay up, and the last plan carries
    /// frames.
    /// </summary>
    /// <param name="awayMilliseconds">How long no process runs.</param>
    /// <param name="keeps">What the process stored of a member's LACP for the next one; all of it if not given.</param>
    /// <param name="meanwhile">What happens while no process runs.</param>
    /// <param name="keepsBalancing">Whether the process stored the state of balancing for the next one.</param>
    public void Succeed(
        double awayMilliseconds,
        Func<LacpMemory, LacpMemory>? keeps = null,
        Action? meanwhile = null,
        bool keepsBalancing = true
    )
    {
        var left = Bond;
        var (peers, shares) = (left.PeersMemory, left.Members.ToDictionary(member => member, left.ShareMemoryOf));
        _world.Remove(this);
        meanwhile?.Invoke();
        _world.Run(awayMilliseconds);
        Bond = new Bond(ModeTable.All, "bond0", this, Address, addressIsRandom: true, Mtu, _world.Now, isRestored: true);
        Bond.RestoreAddress(OwnAddress, left.UserAddress);
        Bond.Restore(_world.Now, BondOptionTable.Bond.Select(option => KeyValuePair.Create(option, left.Options[option])));
        if (left.Lacp is { } lacp)
            Bond.RestoreSystem(lacp.Id.Address);
        if (peers is not null && keepsBalancing)
            Bond.RestorePeers(peers, _world.Now);
        foreach (var member in left.Members)
        {
            if (Find(member.Ifindex) is not { } port)
                continue;
            Must(Bond.RestoreMember(_world.Now, port.AsCandidate(), member.Slot, member.PermanentAddress, MemoryOf(member)));
            var options = BondOptionTable.Member.Where(option => member[option] != new OptionValue(option.Default));
            foreach (var option in options)
                Must(Bond.ChangeMember(_world.Now, member.Ifindex, [KeyValuePair.Create(option, member[option])]));
            Bond.RestoreFailures(_world.Now, member.Ifindex, member.LinkFailures, member.State is LinkState.Up or LinkState.Failing);
        }
        Bond.SetUp(_world.Now, left.IsUp);
        Bond.EndRestoring(_world.Now, left.Active?.Ifindex);
        _world.Return(this);

        MemberMemory? MemoryOf(Member member) =>
            member.Lacp?.Memory is { } memory ? keeps?.Invoke(memory) ?? memory
            : keepsBalancing ? shares[member]
            : null;
    }

    /// <summary>Releases a member.</summary>
    public OptionError? Leave(Port port) => Bond.RemoveMember(_world.Now, port.Ifindex);

    /// <summary>The member of a port.</summary>
    public Member Member(int port) =>
        Bond.FindMember(_ports[port].Ifindex) ?? throw new InvalidOperationException($"{_ports[port].Name} is no member");

    /// <summary>Sends a frame of the host through the bond; says on which ports it left.</summary>
    public IReadOnlyList<Port> Send(byte[] frame)
    {
        var slot = _router.Route(Plan, frame);
        if (Plan.Balancing is { } balancing)
        {
            frame = [.. frame];
            var choice = BucketChoice.For(Plan, balancing, frame);
            choice.Readdress(balancing, frame);
            _loads[choice.Bucket] += (ulong)frame.Length;
            _toldAll += choice.TellsAll ? 1u : 0;
        }
        var ports =
            Plan.Broadcasts(frame) ? [.. Plan.Transmit.Select(each => _slots[each])]
            : slot < 0 ? []
            : new[] { _slots[slot] };
        if (ports.Length == 0)
            Dropped++;
        foreach (var port in ports)
            port.Send(frame);
        return ports;
    }

    /// <summary>Reports the IP configuration to the brain, if the brain watches it.</summary>
    public void TellStack()
    {
        if (Watched is { } targets && !IsDead)
            Bond.StackChanged(_world.Now, StackOf(targets));
    }

    /// <summary>Stops the process for a while: frames received meanwhile wait, and are processed before any timer.</summary>
    public void Stall(double milliseconds)
    {
        _stalled = [];
        _world.Run(milliseconds);
        var waiting = _stalled;
        _stalled = null;
        foreach (var (port, frame) in waiting)
            Bond.FrameReceived(_world.Now, port.Ifindex, frame);
    }

    internal void AddPort(string name, int ifindex, uint speedMbps) =>
        _ports.Add(
            new Port(_world, this, name, ifindex, new MacAddress(0x0200_0000_0000 + ((ulong)_number << 8) + (ulong)_ports.Count), speedMbps)
        );

    internal void Advance()
    {
        if (NextDeadline <= _world.Now)
            Bond.Advance(_world.Now);
    }

    internal void Arrived(Port port, byte[] frame)
    {
        Heard?.Invoke(port, frame);
        if (IsDead)
            return;
        var isSlow = SlowProtocols.IsOne(frame);
        if (isSlow || (ControlClass.Of(frame, hasTag: false)?.Kind & Plan.Hears) is > 0)
        {
            if (_stalled is { } waiting)
                waiting.Add((port, frame));
            else
                Bond.FrameReceived(_world.Now, port.Ifindex, frame);
        }
        if (isSlow)
            return;
        foreach (var (slot, member) in _slots)
        {
            if (member != port || !Plan.Delivers(slot, frame))
                continue;
            byte[] delivered = [.. frame];
            Plan.Balancing?.ToBond(delivered);
            Received.Add((port, delivered));
        }
    }

    private Port? Find(int ifindex) => _ports.Find(port => port.Ifindex == ifindex && port.Exists);

    private static void Must(OptionError? error)
    {
        if (error is not null)
            throw new InvalidOperationException(error.Message);
    }
}
