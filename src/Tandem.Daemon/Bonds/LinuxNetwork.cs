using Tandem.Core;
using Tandem.Daemon.Descriptors;
using Tandem.Linux.Bonds;
using Tandem.Linux.Hosting;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>The kernel itself, in the network namespace of the thread that creates this object, and of all that use it.</summary>
/// <param name="handedOver">Open devices of bonds that an earlier process handed over.</param>
/// <param name="kept">Open devices of bonds whose frames pass through this process.</param>
/// <param name="netns">The namespace's ID in state files; null for the service's own.</param>
internal sealed class LinuxNetwork(HandedOver handedOver, KeptDevices kept, ulong? netns) : INetwork
{
    private readonly RouteSocket _routes = new();
    private readonly IDeviceStore _kept = kept.Of(netns);

    // Of the thread that looks, and of those that answer.
    private Lookout? _lookout;
    private Lookout? _reader;

    // A request may name anything; what no interface can be named is simply not there.
    public LinkInfo? Find(string name) => InterfaceName.Problem(name) is null ? _routes.GetLink(name).IfPresent() : null;

    public LinkInfo? Find(int ifindex) => _routes.GetLink(ifindex).IfPresent();

    public Opened OpenBond(string name, DeviceRequest request, IBondJournal journal, BondReports reports)
    {
        var options = new BondHostOptions
        {
            Kind = request.Kind,
            DataPath = request.DataPath,
            Queues = request.Queues,
        };
        return Open(name, options, journal, reports);
    }

    public Opened ReopenBond(string name, int? otherEnd, IReadOnlyList<SavedMember> members, IBondJournal journal, BondReports reports)
    {
        var options = new BondHostOptions
        {
            Reattach = true,
            OtherEnd = otherEnd,
            Device = handedOver.Take(KeptDevices.NameOf(netns, name)),
            Left = members,
        };
        return Open(name, options, journal, reports);
    }

    public string? GiveBack(SavedMember member)
    {
        using var keeper = new MemberKeeper(_routes);
        return ProblemOf(keeper.GiveBack(member));
    }

    public bool IsTaken(SavedMember member)
    {
        using var keeper = new MemberKeeper(_routes);
        return keeper.IsTaken(member);
    }

    public RoutesBack GiveBackRoutes(SavedMember member)
    {
        using var keeper = new MemberKeeper(_routes);
        return keeper.GiveBackRoutes(member);
    }

    public SavedMember? Capture(string name)
    {
        if (InterfaceName.Problem(name) is not null)
            return null;
        // Sockets of its own: the calling thread is not that of the others.
        using var routes = new RouteSocket();
        using var keeper = new MemberKeeper(routes);
        return routes.GetLink(name).IfPresent() is { } link ? keeper.Save(link.Ifindex).Value : null;
    }

    public string? SetUpAgain(SavedMember before)
    {
        using var keeper = new MemberKeeper(_routes);
        return ProblemOf(keeper.SetUpAgain(before));
    }

    public Sighting Look(Outlook outlook) => (_lookout ??= new Lookout()).Look(outlook);

    public LinkReading Read(Outlook outlook) => (_reader ??= new Lookout()).Read(outlook);

    public IReadOnlyList<LinkInfo> Links() => _routes.GetLinks().Expected();

    public IReadOnlyList<byte[]> Memories() => Linux.Bonds.Leftovers.ReadMemories(_routes);

    public IReadOnlyList<Leftover> Leftovers(IReadOnlySet<int> known) =>
        Presence.IsOther() ? [] : Linux.Bonds.Leftovers.Find(_routes, known);

    public void Unguard(int ifindex)
    {
        using var keeper = new MemberKeeper(_routes);
        keeper.Unguard(ifindex);
    }

    public string? SetUp(int ifindex, bool up) => ProblemOf(_routes.SetUp(ifindex, up));

    public string? Remove(int ifindex) => ProblemOf(_routes.DeleteLink(ifindex));

    public void Dispose()
    {
        _lookout?.Dispose();
        _reader?.Dispose();
        _routes.Dispose();
    }

    private static string? ProblemOf(LinuxResult result) => result.IsOk ? null : result.ToString();

    private Opened Open(string name, BondHostOptions options, IBondJournal journal, BondReports reports)
    {
        try
        {
            var complete = options with
            {
                Seed = (ulong)Random.Shared.NextInt64(),
                MemberFault = reports.MemberFault,
                ControlArrived = reports.ControlArrived,
                VerifierLog = reports.VerifierLog,
                StackChanged = reports.StackChanged,
                Store = _kept,
            };
            return new Opened(new BondHost(name, complete, journal, reports.Event), null);
        }
        catch (InvalidOperationException e)
        {
            return new Opened(null, e.Message);
        }
    }
}
