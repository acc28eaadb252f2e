using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Daemon.Bonds;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Tests;

/// <summary>A fake of the kernel: interfaces are entries of a list.</summary>
internal sealed class FakeNetwork : INetwork
{
    private const ushort Ethernet = 1;
    private readonly Lock _gate = new();
    private readonly List<LinkInfo> _links = [];
    private readonly Dictionary<int, int> _cables = [];
    private readonly Dictionary<int, Action<byte[]>> _ends = [];
    private int _lastIfindex = 1;

    /// <summary>Names of restored interfaces.</summary>
    public List<string> GivenBack { get; } = [];

    /// <summary>The error of the next change of an interface; null for success.</summary>
    public string? NextFailure { get; set; }

    /// <summary>How often members were requested to accept all VLANs.</summary>
    public int HearVlans { get; internal set; }

    /// <summary>The host's IP configuration on each bond.</summary>
    public HostStack Stack { get; init; } = HostStack.Unknown;

    /// <summary>An exception that reading interfaces throws; null for none.</summary>
    public Exception? Fault { get; set; }

    public LinkInfo Add(string name, string? kind = null, string? address = null)
    {
        lock (_gate)
        {
            var ifindex = ++_lastIfindex;
            var link = new LinkInfo
            {
                Ifindex = ifindex,
                Name = name,
                Kind = kind,
                HardwareType = Ethernet,
                Mtu = 1500,
                AddressBytes = Octets(
                    MacAddress.TryParse(address, out var given) ? given : new MacAddress(0x0200_0000_0000 + (ulong)ifindex)
                ),
                BroadcastBytes = [255, 255, 255, 255, 255, 255],
            };
            _links.Add(link);
            return link;
        }
    }

    /// <summary>Connects two members, so that each receives the other's control frames.</summary>
    public void Connect(LinkInfo one, LinkInfo other)
    {
        lock (_gate)
            (_cables[one.Ifindex], _cables[other.Ifindex]) = (other.Ifindex, one.Ifindex);
    }

    public void Delete(string name)
    {
        lock (_gate)
            _links.RemoveAll(link => link.Name == name);
    }

    public void Delete(int ifindex)
    {
        lock (_gate)
            _links.RemoveAll(link => link.Ifindex == ifindex);
    }

    public void Change(int ifindex, Func<LinkInfo, LinkInfo> change)
    {
        lock (_gate)
        {
            var i = _links.FindIndex(link => link.Ifindex == ifindex);
            if (i >= 0)
                _links[i] = change(_links[i]);
        }
    }

    /// <summary>Called when interfaces are read.</summary>
    public Action? OnRead { get; set; }

    /// <summary>How often members were made promiscuous.</summary>
    public int Promiscuous { get; internal set; }

    public IReadOnlyList<LinkInfo> Links()
    {
        OnRead?.Invoke();
        if (Fault is not null)
            throw Fault;
        lock (_gate)
            return [.. _links];
    }

    public LinkInfo? Find(string name) => Links().FirstOrDefault(link => link.Name == name);

    public LinkInfo? Find(int ifindex) => Links().FirstOrDefault(link => link.Ifindex == ifindex);

    /// <summary>Reports an interface to a registry, as the kernel does.</summary>
    public void Tell(BondRegistry registry, long now, int ifindex) =>
        registry.Links.LinkReported(
            now,
            Find(ifindex)
                ?? new LinkInfo
                {
                    Ifindex = ifindex,
                    Name = "gone",
                    AddressBytes = [],
                    BroadcastBytes = [],
                }
        );

    public Sighting Look(Outlook outlook) =>
        new(
            Find(outlook.Device),
            null,
            false,
            Speeds.ToDictionary(
                pair => pair.Key,
                pair => new LinkStatus(true, Find(pair.Key) is { IsRunning: true }, pair.Value.SpeedMbps, pair.Value.Duplex)
            )
        );

    /// <summary>Called when a bond's interfaces are read with their counters.</summary>
    public Action? OnCounters { get; set; }

    public LinkReading Read(Outlook outlook)
    {
        OnCounters?.Invoke();
        var all = Links();
        var members = all.Where(link => outlook.Members.Contains(link.Ifindex));
        return new LinkReading(
            all.FirstOrDefault(link => link.Ifindex == outlook.Device) is { } device ? new NamedLink(device, null, null) : null,
            null,
            members.ToDictionary(link => link.Ifindex, static link => new NamedLink(link, null, null)),
            new Dictionary<int, RefusedFrames>()
        );
    }

    /// <summary>Speeds of interfaces, by number.</summary>
    public Dictionary<int, (uint SpeedMbps, Duplex Duplex)> Speeds { get; } = [];

    public HostResult SetUp(int ifindex, bool up) =>
        Do(() =>
        {
            Change(ifindex, link => link with { Flags = up ? LinkFlags.Up | LinkFlags.LowerUp | LinkFlags.Running : LinkFlags.None });
            if (!up)
                Routes.Remove(ifindex);
        });

    public Opened OpenBond(string name, DeviceRequest request, IBondJournal journal, BondReports reports) =>
        Open(() => new FakeDevice(this, Add(name, "tun").Ifindex, [], journal, reports));

    public Opened ReopenBond(string name, int? otherEnd, IReadOnlyList<SavedMember> members, IBondJournal journal, BondReports reports) =>
        Open(() => new FakeDevice(this, Find(name)!.Ifindex, members, journal, reports));

    string? INetwork.SetUp(int ifindex, bool up) => SetUp(ifindex, up).Problem;

    /// <summary>The copies of the state in the kernel, by the device's ifindex.</summary>
    public Dictionary<int, byte[]> Remembered { get; } = [];

    /// <summary>Leftovers on interfaces.</summary>
    public List<Leftover> Left { get; } = [];

    /// <summary>Interfaces that cannot be restored.</summary>
    public HashSet<string> Stuck { get; } = [];

    public IReadOnlyList<byte[]> Memories() => [.. Remembered.Values];

    public IReadOnlyList<Leftover> Leftovers(IReadOnlySet<int> known) => [.. Left.Where(found => !known.Contains(found.Ifindex))];

    public void Unguard(int ifindex) { }

    public string? Remove(int ifindex)
    {
        Delete(ifindex);
        return null;
    }

    /// <summary>Called when the settings of an interface are captured.</summary>
    public Action? OnCapture { get; set; }

    public SavedMember? Capture(string name)
    {
        OnCapture?.Invoke();
        return Find(name) is { } link
            ? SavedMember.From(link, [], null, now: 0) with
            {
                Routes = link.IsUp ? Routes.GetValueOrDefault(link.Ifindex) : null,
            }
            : null;
    }

    /// <summary>Routes of interfaces, by number; they go when the interface is set down.</summary>
    public Dictionary<int, IReadOnlyList<SavedRoute>> Routes { get; } = [];

    /// <summary>Numbers of interfaces that bonds have taken.</summary>
    public HashSet<int> Taken { get; } = [];

    public bool IsTaken(SavedMember member) => Taken.Contains(member.Ifindex);

    public RoutesBack GiveBackRoutes(SavedMember member)
    {
        if (Find(member.Ifindex) is not { IsUp: true })
            return new RoutesBack(member.Routes ?? [], Find(member.Ifindex) is null, null);
        Routes[member.Ifindex] = member.Routes!;
        return new RoutesBack([], IsFinal: true, null);
    }

    public string? SetUpAgain(SavedMember before)
    {
        SetUp(before.Ifindex, true);
        return GiveBackRoutes(before).Problem;
    }

    public string? GiveBack(SavedMember member)
    {
        if (Stuck.Contains(member.Name))
            return "Device or resource busy";
        GivenBack.Add(member.Name);
        Taken.Remove(member.Ifindex);
        if (Fault is not null)
            throw Fault;
        Assert.True(MacAddress.TryParse(member.Address, out var address));
        Routes.Remove(member.Ifindex);
        var flags = (LinkFlags)member.Flags & ~LinkFlags.Up;
        Change(member.Ifindex, link => link with { Flags = flags, Mtu = member.Mtu, AddressBytes = Octets(address) });
        return null;
    }

    public void Dispose() { }

    /// <summary>Delivers a frame on a member.</summary>
    public void Receive(LinkInfo member, byte[] frame)
    {
        Action<byte[]>? take;
        lock (_gate)
            _ends.TryGetValue(member.Ifindex, out take);
        take?.Invoke(frame);
    }

    internal void Hear(int ifindex, Action<byte[]> take)
    {
        lock (_gate)
            _ends[ifindex] = take;
    }

    internal void Send(int ifindex, ReadOnlySpan<byte> frame)
    {
        Action<byte[]>? take = null;
        lock (_gate)
        {
            if (_cables.TryGetValue(ifindex, out var other))
                _ends.TryGetValue(other, out take);
        }
        take?.Invoke(frame.ToArray());
    }

    internal static byte[] Octets(MacAddress address)
    {
        var octets = new byte[MacAddress.Length];
        address.Write(octets);
        return octets;
    }

    private Opened Open(Func<FakeDevice> open)
    {
        if (NextFailure is { } problem)
        {
            NextFailure = null;
            return new Opened(null, problem);
        }
        return new Opened(open(), null);
    }

    /// <summary>The change of an interface with this number, counted from now on, is refused once; 0 for none.</summary>
    public int RefuseNth { get; set; }

    /// <summary>The change of an interface with this number, counted from now on, and all later ones are refused; 0 for none.</summary>
    public int RefuseFrom { get; set; }

    internal HostResult Do(Action change)
    {
        if ((RefuseNth > 0 && --RefuseNth == 0) || (RefuseFrom > 0 && --RefuseFrom == 0 && ++RefuseFrom > 0))
            return new HostResult("not with this device");
        if (NextFailure is { } problem)
        {
            NextFailure = null;
            return new HostResult(problem);
        }
        change();
        return HostResult.Done;
    }
}
