using System.Collections.Immutable;
using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Daemon.State;
using Tandem.Linux.Bonds;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>The bonds that run, in the order in which they were made. Belongs to the writer thread.</summary>
/// <param name="network">The kernel's interfaces.</param>
/// <param name="store">Where the bonds' state is kept.</param>
/// <param name="debts">What is owed to interfaces that are no members any more.</param>
/// <param name="report">Told of what happens to bonds.</param>
/// <param name="log">Told of what the kernel's verifier says.</param>
internal sealed class BondSet(INetwork network, StateStore store, Debts debts, Action<BondEvent> report, ILogger log)
{
    /// <summary>Passes a fault that a data path found on to the writer thread, as a bond's name and a slot.</summary>
    public Func<string, int, bool>? MemberFault { get; set; }

    /// <summary>Passes what the host's IP stack has on a bond on to the writer thread, by the bond's name. Called on other threads.</summary>
    public Action<string, HostStack>? StackChanged { get; set; }

    /// <summary>Told by data paths that a control frame waits to be taken. Called on their threads.</summary>
    public Action? ControlArrived { get; set; }

    /// <summary>The bonds.</summary>
    public ImmutableArray<RunningBond> All { get; private set; } = [];

    /// <summary>Bonds of an earlier service that this one cannot run. Their files, devices and members stay as they are.</summary>
    public List<BondState> LeftAlone { get; } = [];

    /// <summary>Whether the service is stopping: no bond is made any more.</summary>
    public bool IsClosing { get; set; }

    /// <summary>The bond of that name; null if there is none.</summary>
    public RunningBond? Find(string name) => All.FirstOrDefault(bond => bond.Name == name);

    /// <summary>The bond of which an interface is a member; null if there is none.</summary>
    public RunningBond? OwnerOf(int ifindex) => All.FirstOrDefault(bond => bond.Brain.FindMember(ifindex) is not null);

    /// <summary>Whether an interface is a member of a bond directly, or of a bond that is its member, and so on.</summary>
    public bool Contains(string bond, string member) =>
        Find(bond)?.Brain.Members.Any(inner => inner.Name == member || Contains(inner.Name, member)) == true;

    /// <summary>Makes a bond with its device, which is not one of the set yet. Blocks until its state file is written.</summary>
    public (RunningBond? Bond, string? Problem) Open(long now, string name, DeviceRequest request)
    {
        var bond = new RunningBond(name, store, debts);
        // The file comes first: should the service be killed now, the next one knows whose device this is.
        if (bond.SaveNow() is { } problem)
        {
            DeleteNow(name);
            return (null, $"its state cannot be stored, so the next service would not know it: {problem}");
        }
        var opened = Begin(now, bond, network.OpenBond(name, request, bond, ReportsOf(bond)), request, earlier: null);
        if (opened.Bond is null)
            DeleteNow(name);
        else
            // Now with the device's number.
            bond.Save();
        return opened;
    }

    /// <summary>Makes a bond with the device that an earlier service left; it is not one of the set yet.</summary>
    public (RunningBond? Bond, string? Problem) Reopen(long now, BondState earlier)
    {
        var bond = new RunningBond(earlier.Name, store, debts, earlier);
        var saved = earlier.Members.Select(member => member.Saved).ToList();
        return Begin(now, bond, network.ReopenBond(earlier.Name, earlier.OtherEnd, saved, bond, ReportsOf(bond)), request: null, earlier);
    }

    /// <summary>Makes a bond one of the set.</summary>
    public void Add(RunningBond bond) => All = All.Add(bond);

    /// <summary>Removes a bond with its device; its members get back what they had.</summary>
    public void Close(long now, RunningBond bond)
    {
        All = All.Remove(bond);
        bond.Close(now);
    }

    /// <summary>Tells listeners of something that concerns a bond.</summary>
    public void Tell(long now, RunningBond bond, EventKind kind, string reason) =>
        report(new BondEvent(now, kind, bond.Name, null, reason));

    private static (RunningBond? Bond, string? Problem) Begin(
        long now,
        RunningBond bond,
        Opened opened,
        DeviceRequest? request,
        BondState? earlier
    )
    {
        if (opened.Device is not { } device)
            return (null, opened.Problem);
        if (device.Read() is not { } link)
        {
            device.Dispose();
            return (null, "the device went away as soon as it was made");
        }
        var brain = new Bond(
            bond.Name,
            device,
            link.Address,
            addressIsRandom: true,
            link.Mtu,
            now,
            isRestored: earlier is not null,
            new DeviceTraits(request?.Kind ?? DeviceKind.Auto, QueuesOf(device, link))
        );
        bond.Begin(brain, device, ownAddress: earlier?.OwnAddress ?? link.Address);
        return (bond, null);
    }

    // A TAP device has one. Members can be tied to as many as with the driver all the same: it has no effect, and configurations stay valid.
    private static int QueuesOf(IBondDevice device, LinkInfo link) =>
        device.Kind == DeviceKind.Tap ? DeviceTraits.Usual.Queues : link.NumTxQueues;

    private void DeleteNow(string name)
    {
        store.Delete(name);
        store.Flush(name);
    }

    private BondReports ReportsOf(RunningBond bond) =>
        new(
            report,
            slot => MemberFault?.Invoke(bond.Name, slot) ?? true,
            () => ControlArrived?.Invoke(),
            text => Logging.Log.VerifierLog(log, bond.Name, text),
            stack => StackChanged?.Invoke(bond.Name, stack)
        );
}
