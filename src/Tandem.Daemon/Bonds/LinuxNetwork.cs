using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Forwarding;
using Tandem.Linux;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>The kernel itself, in the network namespace of this process.</summary>
internal sealed class LinuxNetwork : INetwork
{
    private const int NoSuchDevice = 19; // ENODEV

    private readonly RouteSocket _routes = new();

    // A request may name anything; what no interface can be named is simply not there.
    public LinkInfo? Find(string name) => InterfaceName.Problem(name) is null ? Found(_routes.GetLink(name)) : null;

    public LinkInfo? Find(int ifindex) => Found(_routes.GetLink(ifindex));

    public HostResult SetUp(int ifindex, bool up) =>
        _routes.SetUp(ifindex, up) is { IsOk: false } failed
            ? new HostResult($"cannot be set {(up ? "up" : "down")}: {failed}")
            : HostResult.Done;

    public Opened OpenBond(string name, bool reattach, IBondJournal journal, BondReports reports)
    {
        var options = new BondHostOptions
        {
            Reattach = reattach,
            Persist = true,
            Seed = (ulong)Random.Shared.NextInt64(),
            MemberFault = reports.MemberFault,
        };
        try
        {
            return new Opened(new Device(new BondHost(name, options, journal, reports.Event)), null);
        }
        catch (InvalidOperationException e)
        {
            return new Opened(null, e.Message);
        }
    }

    public string? GiveBack(SavedMember member)
    {
        using var keeper = new MemberKeeper(_routes);
        return keeper.GiveBack(member) is { IsOk: false } failed ? failed.ToString() : null;
    }

    public void Dispose() => _routes.Dispose();

    // Only "there is none" may look like an interface that is gone; anything else would tear bonds down for a passing trouble.
    private static LinkInfo? Found(LinuxResult<LinkInfo> result) =>
        result.IsOk ? result.Value
        : result.Error.Errno == NoSuchDevice ? null
        : throw Failure(result.Error);

    private static InvalidOperationException Failure(LinuxResult error) => new($"the kernel does not tell about interfaces: {error}");

    /// <summary>Forwards to the host of a bond.</summary>
    private sealed class Device(BondHost host) : IBondDevice
    {
        public int Ifindex => host.Ifindex;

        public ulong NoMemberDropped => host.NoMemberDropped;

        public MemberCounters CountersOf(int slot)
        {
            var counters = host.ReadCounters(slot);
            return new MemberCounters
            {
                TxFrames = counters.TxFrames,
                TxBytes = counters.TxBytes,
                TxDropped = counters.TxDropped,
                RxFrames = counters.RxFrames,
                RxBytes = counters.RxBytes,
                RxSuppressed = counters.RxSuppressed,
                RxDropped = counters.RxDropped,
            };
        }

        public void Reguard() => host.Reguard();

        public void MemberRenamed(int ifindex, string name) => host.MemberRenamed(ifindex, name);

        public void SetPromiscuous(bool promiscuous) => host.SetPromiscuous(promiscuous);

        public HostResult Attach(in MemberSetup setup) => host.Attach(setup);

        public void Detach(int ifindex, int slot) => host.Detach(ifindex, slot);

        public HostResult SetMemberAddress(int ifindex, MacAddress address) => host.SetMemberAddress(ifindex, address);

        public HostResult SetMemberMtu(int ifindex, int mtu) => host.SetMemberMtu(ifindex, mtu);

        public HostResult SetBondAddress(MacAddress address) => host.SetBondAddress(address);

        public HostResult SetBondMtu(int mtu) => host.SetBondMtu(mtu);

        public void SetCarrier(bool up) => host.SetCarrier(up);

        public void SetSpeed(uint speedMbps, Duplex duplex) => host.SetSpeed(speedMbps, duplex);

        public LinkStatus ReadLink(int ifindex) => host.ReadLink(ifindex);

        public void Publish(ForwardingPlan plan) => host.Publish(plan);

        public void AnnounceAddresses(int slot) => host.AnnounceAddresses(slot);

        public void AnnounceGroups(int slot) => host.AnnounceGroups(slot);

        public void Report(in BondEvent happened) => host.Report(happened);

        public void Dispose() => host.Dispose();
    }
}
