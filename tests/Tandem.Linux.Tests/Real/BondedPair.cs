using System.Collections.Concurrent;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Options;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Real;

/// <summary>
/// Two namespaces joined by veth pairs m0 to p0, m1 to p1 and so on. In the first one a bond host has the m-devices; the second
/// one is a plain host that knows nothing of Tandem.
/// </summary>
internal sealed class BondedPair : IBondJournal, IDisposable
{
    public BondedPair(int members = 1, DataPathChoice path = DataPathChoice.CSharp, DeviceKind kind = DeviceKind.Auto)
    {
        for (var i = 0; i < members; i++)
            Here.AddVeth($"m{i}", There, $"p{i}");
        (Host, Route) = Here.Run(() =>
            (
                new BondHost(
                    "bond0",
                    new BondHostOptions
                    {
                        MemberFault = TakeFault,
                        ControlArrived = () => Arrived++,
                        Seed = 1,
                        Kind = kind,
                        DataPath = path,
                    },
                    this,
                    Events.Add
                ),
                new RouteSocket()
            )
        );
        Use(path);
    }

    public Netns Here { get; } = new();

    public Netns There { get; } = new();

    public BondHost Host { get; }

    public RouteSocket Route { get; }

    public ConcurrentBag<BondEvent> Events { get; } = [];

    /// <summary>How often the data path said that a control frame waits.</summary>
    public int Arrived { get; private set; }

    public ConcurrentBag<int> Faults { get; } = [];

    /// <summary>Calls of the journal, in order.</summary>
    public List<string> Journal { get; } = [];

    public Dictionary<int, SavedMember> Remembered { get; } = [];

    public LinkInfo Link(string name) => Route.GetLink(name).Value!;

    /// <summary>The host, after it read its interfaces' counters.</summary>
    public BondHost Counted
    {
        get
        {
            var outlook = new Outlook(Host.Ifindex, Host.Netnsid, Host.OtherEnd, [.. Remembered.Keys]);
            Here.Run(() =>
            {
                using var lookout = new Lookout();
                Host.NoteRefused(lookout.Read(outlook));
            });
            return Host;
        }
    }

    /// <summary>Lets the kernel or this process carry the frames.</summary>
    public void Use(DataPathChoice path) => Assert.Null(Here.Run(() => Host.UseDataPath(path)).Problem);

    /// <summary>Attaches member i on slot i with the bond's address.</summary>
    public HostResult Attach(int i, int mtu = 1500)
    {
        var name = $"m{i}";
        var setup = new MemberSetup(Link(name).Ifindex, name, i, Link("bond0").Address, mtu);
        return Here.Run(() => Host.Attach(setup));
    }

    public void Detach(int i)
    {
        var ifindex = Link($"m{i}").Ifindex;
        Here.Run(() => Host.Detach(ifindex, i));
    }

    /// <summary>Attaches member 0, publishes a plan that uses it alone, and gives both ends addresses: 10.8.0.1 and 10.8.0.2.</summary>
    public BondedPair Connect()
    {
        Assert.True(Attach(0).IsOk);
        Here.Run(() => Host.Publish(PlanOf(1, 0)));
        Host.SetCarrier(true);
        Here.Ip("link set bond0 up");
        Here.Ip("addr add 10.8.0.1/24 dev bond0");
        There.Ip("addr add 10.8.0.2/24 dev p0");
        There.Ip("link set p0 up");
        Until.True(() => Link("m0").IsRunning && Link("bond0").OperState == 6, "links are up");
        return this;
    }

    public void Publish(ForwardingPlan plan) => Here.Run(() => Host.Publish(plan));

    public static ForwardingPlan PlanOf(long generation, params byte[] slots) =>
        new()
        {
            Generation = generation,
            Rule = slots.Length == 1 ? TransmitRule.One : TransmitRule.RoundRobin,
            Transmit = [.. slots],
            Deliver = slots.Aggregate(0ul, (bits, slot) => bits | 1ul << slot),
        };

    private bool TakeFault(int slot)
    {
        Faults.Add(slot);
        return true;
    }

    /// <summary>Why nothing more can be stored; null if it can.</summary>
    public string? Full { get; set; }

    public SavedMember ToRestore(SavedMember present) => present;

    public HostResult Remember(SavedMember member)
    {
        if (Full is not null)
            return new HostResult(Full);
        Journal.Add($"remember {member.Name}");
        Remembered[member.Ifindex] = member;
        return HostResult.Done;
    }

    public void Owe(SavedMember member, string problem) => Journal.Add($"owe {member.Name}");

    public void Forget(int ifindex)
    {
        Journal.Add($"forget {Remembered[ifindex].Name}");
        Remembered.Remove(ifindex);
    }

    public void Dispose()
    {
        Here.Run(Host.Dispose);
        Route.Dispose();
        Here.Dispose();
        There.Dispose();
    }
}
