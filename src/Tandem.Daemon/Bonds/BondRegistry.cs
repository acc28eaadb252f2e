using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Options;
using Tandem.Daemon.State;
using Tandem.Daemon.Writer;
using Tandem.Linux;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>All bonds of the service. Belongs to the writer thread: nothing here is called from another.</summary>
internal sealed partial class BondRegistry(
    INetwork network,
    StateStore store,
    Action<BondEvent> report,
    Func<long, DateTimeOffset> utcOf,
    ILogger log
) : IWork
{
    private const long RestAfterFault = Clock.Second;

    // The kernel does not report that a device became promiscuous, as bond0 does below a macvlan.
    private const long LookInterval = Clock.Second;

    private readonly List<RunningBond> _bonds = [];
    private readonly Debts _debts = new(network, store, log);

    // Bonds of an earlier service that this one cannot run: their files are theirs.
    private readonly List<BondState> _leftAlone = [];
    private readonly byte[] _frame = new byte[IBondDevice.ControlFrameLength];

    private bool _hasTakenOver;
    private bool _isClosing;
    private long _nextLook;

    // Until when a bond whose deadline ended in a fault is left alone.
    private readonly Dictionary<RunningBond, long> _resting = [];

    /// <summary>Passes a fault that a data path found on to the writer thread, as a bond's name and a slot.</summary>
    public Func<string, int, bool>? MemberFault { get; set; }

    /// <summary>Passes what the host's IP stack has on a bond on to the writer thread, by the bond's name. Called on other threads.</summary>
    public Action<string, HostStack>? StackChanged { get; set; }

    /// <summary>Has something looked at by another thread, and what it saw, or null if it failed, taken in by the writer thread.</summary>
    public Action<Func<Sighting>, Action<long, Sighting?>> Aside { get; set; } = static (look, then) => then(0, look());

    /// <summary>Told by data paths that a control frame waits to be taken. Called on their threads.</summary>
    public Action? ControlArrived { get; set; }

    /// <summary>How many bonds there are.</summary>
    public int Count => _bonds.Count;

    /// <inheritdoc/>
    public long NextDeadline
    {
        get
        {
            var next = Math.Min(_bonds.Count > 0 ? _nextLook : Clock.Never, _debts.NextTry);
            foreach (var bond in _bonds)
                next = Math.Min(next, DeadlineOf(bond));
            return next;
        }
    }

    /// <inheritdoc/>
    public void TakeFrames(long now)
    {
        // Nothing is allocated here for a frame.
        for (var i = 0; i < _bonds.Count; i++)
        {
            for (var j = 0; j < _bonds[i].Brain.Members.Count; j++)
                TakeFrames(now, _bonds[i], _bonds[i].Brain.Members[j]);
            Guard(now, _bonds[i], static (_, _, bond) => bond.SaveIfMoved());
        }
    }

    /// <inheritdoc/>
    public void Advance(long now)
    {
        foreach (var bond in _bonds.ToArray())
        {
            if (DeadlineOf(bond) <= now)
                Guard(now, bond, static (_, now, bond) => bond.Advance(now));
            if (_nextLook <= now)
                Guard(now, bond, static (self, _, bond) => self.LookAgain(bond));
        }
        if (_nextLook <= now)
            _nextLook = now + LookInterval;
        if (_debts.NextTry <= now)
            _debts.Try(now);
    }

    // What is due stays due when it ends in a fault: without a rest the writer would do nothing else, and the other bonds need it.
    private void Guard(long now, RunningBond bond, Action<BondRegistry, long, RunningBond> action)
    {
        try
        {
            action(this, now, bond);
        }
        catch (Exception e)
        {
            _resting[bond] = now + RestAfterFault;
            Logging.Log.WriterFault(log, e);
        }
    }

    private long DeadlineOf(RunningBond bond) => Math.Max(bond.Brain.NextDeadline, _resting.GetValueOrDefault(bond));

    /// <summary>All bonds in the order in which they were made.</summary>
    public IReadOnlyList<BondResource> List() => [.. _bonds.Select(Show)];

    /// <summary>One bond.</summary>
    public Answer<BondResource> Show(string name) => Find(name) is { } bond ? Show(bond) : Refusals.NoBond(name);

    /// <summary>What the data path of a bond does with frames of the host.</summary>
    public Answer<PlanResource> ShowPlan(string name) =>
        Find(name) is { Brain: var brain }
            ? PlanJson.Describe(brain.Plan, slot => brain.Members.First(member => member.Slot == slot).Name)
            : Refusals.NoBond(name);

    /// <summary>Makes a bond as asked, or none at all.</summary>
    public Answer<BondResource> Create(long now, CreateBondRequest request)
    {
        if (_isClosing)
            return new OptionError(OptionErrorKind.Unavailable, request.Name, "the service is stopping");
        if (InterfaceName.Problem(request.Name) is { } problem)
            return Refusals.Request($"name \"{request.Name}\": {problem}");
        if (Find(request.Name) is not null || network.Find(request.Name) is not null)
            return Refusals.Exists(request.Name);
        if (_leftAlone.Exists(left => left.Name == request.Name))
            return Refusals.LeftAlone(request.Name);
        var wishes = BondWishes.Read(network, request);
        if (wishes.Refusal is { } refusal)
            return refusal;

        // Most refusals are about options: they are found before a device comes and goes.
        var empty = new OptionSituation(HasMembers: false, IsUp: false, name => $"not a member of {request.Name}", IsNew: true);
        var (options, impossible) = OptionChange.Apply(BondOptions.Default, wishes.Value!.Options, empty);
        if (impossible is not null)
            return impossible;

        var device = new DeviceRequest(options.DeviceKind, options.DataPath, wishes.Value.Queues ?? DeviceTraits.Usual.Queues);
        var (bond, failure) = Open(now, request.Name, device);
        if (bond is null)
            return new OptionError(OptionErrorKind.Device, request.Name, failure!);
        // A choice that cannot be carried out is refused with the other options.
        bond.Device.UseDataPath(options.DataPath);
        if (wishes.Value.CarryOut(now, bond, new Steps()) is { } refused)
        {
            bond.Close(now);
            return refused;
        }
        _bonds.Add(bond);
        bond.Save();
        return Show(bond);
    }

    /// <summary>Changes a bond as asked, or not at all.</summary>
    public Answer<BondResource> Change(long now, string name, ChangeBondRequest request)
    {
        if (Find(name) is not { } bond)
            return Refusals.NoBond(name);
        var wishes = BondWishes.Read(network, request);
        if (wishes.Refusal is { } refusal)
            return refusal;
        if (wishes.Value!.CarryOut(now, bond, new Steps()) is { } refused)
            return refused;
        bond.Save();
        return Show(bond);
    }

    /// <summary>Removes a bond; its members get back what they had.</summary>
    public Answer<bool> Remove(long now, string name)
    {
        if (Find(name) is not { } bond)
            return Refusals.NoBond(name);
        Close(now, bond);
        return true;
    }

    /// <summary>Removes all bonds, whatever becomes of one of them, and makes no more.</summary>
    public void RemoveAll(long now)
    {
        _isClosing = true;
        foreach (var bond in _bonds.ToArray())
        {
            try
            {
                Close(now, bond);
            }
            catch (Exception e)
            {
                Logging.Log.WriterFault(log, e);
            }
        }
        // What an earlier service left is nobody's only once this one has looked at it.
        if (_hasTakenOver)
            Sweep(store.KnownElsewhere(network.Memories()));
    }

    /// <summary>Writes down how all bonds are, for the next service.</summary>
    public void SaveAll()
    {
        foreach (var bond in _bonds)
            bond.Save();
    }

    private RunningBond? Find(string name) => _bonds.Find(bond => bond.Name == name);

    private BondResource Show(RunningBond bond) => BondResources.Of(bond, network.Find, utcOf);

    // The file comes first: should the service be killed now, the next one knows whose device this is.
    private (RunningBond? Bond, string? Problem) Open(long now, string name, DeviceRequest request)
    {
        var bond = new RunningBond(name, store, _debts);
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

    private void DeleteNow(string name)
    {
        store.Delete(name);
        store.Flush(name);
    }

    private (RunningBond? Bond, string? Problem) Reopen(long now, BondState earlier)
    {
        var bond = new RunningBond(earlier.Name, store, _debts, earlier);
        var saved = earlier.Members.Select(member => member.Saved).ToList();
        return Begin(now, bond, network.ReopenBond(earlier.Name, earlier.OtherEnd, saved, bond, ReportsOf(bond)), request: null, earlier);
    }

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

    private BondReports ReportsOf(RunningBond bond) =>
        new(
            report,
            slot => MemberFault?.Invoke(bond.Name, slot) ?? true,
            () => ControlArrived?.Invoke(),
            text => Logging.Log.VerifierLog(log, bond.Name, text),
            stack => StackChanged?.Invoke(bond.Name, stack)
        );

    private void Close(long now, RunningBond bond)
    {
        _bonds.Remove(bond);
        _resting.Remove(bond);
        bond.Close(now);
    }
}
