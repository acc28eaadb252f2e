using System.Collections.Immutable;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Modes;
using Tandem.Core.Options;
using Tandem.Daemon.State;
using Tandem.Linux.Bonds;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>The running bonds, in the order of their creation. For the writer thread only.</summary>
/// <param name="network">The kernel's interfaces.</param>
/// <param name="store">Where the bonds' state is kept.</param>
/// <param name="debts">Former members that are not restored completely.</param>
/// <param name="report">Receives the events of bonds.</param>
/// <param name="log">Receives the messages of the kernel's verifier.</param>
internal sealed class BondSet(INetwork network, StateStore store, Debts debts, Action<BondEvent> report, ILogger log)
{
    // Bonds that requests are about to create.
    private readonly Dictionary<string, RunningBond> _prepared = new(StringComparer.Ordinal);

    /// <summary>Passes a fault of a data path to the writer thread, as a bond's name and a slot.</summary>
    public Func<string, int, bool>? MemberFault { get; set; }

    /// <summary>Passes the state of the host's IP stack on a bond to the writer thread, with the bond's name. Called on other threads.</summary>
    public Action<string, HostStack>? StackChanged { get; set; }

    /// <summary>Called by data paths, on their threads, when a control frame has arrived.</summary>
    public Action? ControlArrived { get; set; }

    /// <summary>The bonds.</summary>
    public ImmutableArray<RunningBond> All { get; private set; } = [];

    /// <summary>Bonds of an earlier service that this one cannot run. Their files, devices and members stay as they are.</summary>
    public List<BondState> LeftAlone { get; } = [];

    /// <summary>Whether the service is stopping, so that no bond is created any more.</summary>
    public bool IsClosing { get; set; }

    /// <summary>The bond with that name; null if there is none.</summary>
    public RunningBond? Find(string name) => All.FirstOrDefault(bond => bond.Name == name);

    /// <summary>The bond of which an interface is a member; null if there is none.</summary>
    public RunningBond? OwnerOf(int ifindex) => All.FirstOrDefault(bond => bond.Brain.FindMember(ifindex) is not null);

    /// <summary>Whether an interface is a member of a bond, directly or through bonds that are members of it.</summary>
    public bool Contains(string bond, string member) =>
        Find(bond)?.Brain.Members.Any(inner => inner.Name == member || Contains(inner.Name, member)) == true;

    /// <summary>
    /// Saves what a request for a bond may change, so that it need not wait for the state file. Call <see cref="EndPreparing"/> after it.
    /// </summary>
    /// <param name="name">The bond, which may not exist yet.</param>
    /// <param name="device">The bond's device as it is now; null if there is none.</param>
    /// <param name="found">The interfaces that may join, as they are now.</param>
    /// <returns>Writes the file, and blocks meanwhile; for another thread. Null if there is nothing to write.</returns>
    public Func<string?>? Prepare(string name, SavedMember? device, IReadOnlyList<SavedMember> found)
    {
        // A bond that another service left there keeps its file.
        var isTaken =
            InterfaceName.Problem(name) is not null || network.Find(name) is not null || LeftAlone.Exists(left => left.Name == name);
        if (Find(name) is null && isTaken)
            return null;
        // A member of another bond leaves that one before it joins, and is then as it was before both.
        var before = found.Select(present => OwnerOf(present.Ifindex)?.FindSaved(present.Ifindex) ?? present).ToList();
        if (Find(name) is not { } bond && !_prepared.TryGetValue(name, out bond!))
            _prepared[name] = bond = new RunningBond(name, store, debts);
        bond.Prepare(before);
        // By its number: in this namespace its name may belong to another interface.
        bond.DeviceBefore = Find(name)?.Device is { Netnsid: null } own && own.Ifindex == device?.Ifindex ? device : null;
        return store.WriteOf(name);
    }

    /// <summary>Removes what was saved for a request, and did not come about.</summary>
    public void EndPreparing(string name, IReadOnlyList<SavedMember> found)
    {
        if (Find(name) is { } bond)
        {
            bond.EndPreparing(found.Select(present => present.Ifindex));
            bond.DeviceBefore = null;
        }
        if (_prepared.Remove(name) && Find(name) is null)
            store.Delete(name);
    }

    /// <summary>Creates a bond with its device, without adding it to the set. Blocks until its state file is written, unless the request was prepared.</summary>
    public (RunningBond? Bond, string? Problem) Open(long now, string name, DeviceRequest request, BondMode mode)
    {
        if (!_prepared.Remove(name, out var bond))
            bond = new RunningBond(name, store, debts);
        // The file is written first: if the service is killed now, the next one knows whose device this is.
        if (bond.SaveNow() is { } problem)
        {
            store.Delete(name);
            return (null, $"its state cannot be stored, so the next service would not know it: {problem}");
        }
        var opened = Begin(now, bond, network.OpenBond(name, request, bond, ReportsOf(bond)), request, mode, earlier: null);
        if (opened.Bond is null)
            store.Delete(name);
        else
            // Adds the device's number.
            bond.Save();
        return opened;
    }

    /// <summary>Creates a bond with the device that an earlier service left, without adding it to the set.</summary>
    public (RunningBond? Bond, string? Problem) Reopen(long now, BondState earlier)
    {
        var bond = new RunningBond(earlier.Name, store, debts, earlier);
        var saved = earlier.Members.Select(member => member.Saved).ToList();
        return Begin(
            now,
            bond,
            network.ReopenBond(earlier.Name, earlier.OtherEnd, saved, bond, ReportsOf(bond)),
            request: null,
            default,
            earlier
        );
    }

    /// <summary>Adds a bond.</summary>
    public void Add(RunningBond bond) => All = All.Add(bond);

    /// <summary>Removes a bond with its device, and restores its members.</summary>
    public void Close(long now, RunningBond bond)
    {
        All = All.Remove(bond);
        bond.Close(now);
    }

    /// <summary>Reports an event of a bond.</summary>
    public void Tell(long now, RunningBond bond, EventKind kind, string reason) =>
        report(new BondEvent(now, kind, bond.Name, null, reason));

    private static (RunningBond? Bond, string? Problem) Begin(
        long now,
        RunningBond bond,
        Opened opened,
        DeviceRequest? request,
        BondMode mode,
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
            ModeTable.All,
            bond.Name,
            device,
            link.Address,
            addressIsRandom: true,
            link.Mtu,
            now,
            isRestored: earlier is not null,
            new DeviceTraits(request?.Kind ?? DeviceKind.Auto, QueuesOf(device, link)),
            mode
        );
        bond.Begin(brain, device, ownAddress: earlier?.OwnAddress ?? link.Address);
        return (bond, null);
    }

    // A TAP device has one queue. Options accept as many as with the driver, without effect, so that configurations stay valid.
    private static int QueuesOf(IBondDevice device, LinkInfo link) =>
        device.Kind == DeviceKind.Tap ? DeviceTraits.Usual.Queues : link.NumTxQueues;

    private BondReports ReportsOf(RunningBond bond) =>
        new(
            report,
            slot => MemberFault?.Invoke(bond.Name, slot) ?? true,
            () => ControlArrived?.Invoke(),
            text => Logging.Log.VerifierLog(log, bond.Name, text),
            stack => StackChanged?.Invoke(bond.Name, stack)
        );
}
