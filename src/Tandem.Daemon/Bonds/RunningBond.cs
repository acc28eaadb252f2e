using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Tandem.Core.Options;
using Tandem.Daemon.State;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>A running bond: its brain, its device and its state file.</summary>
/// <param name="name">Its name.</param>
/// <param name="store">Stores its state.</param>
/// <param name="debts">Former members that are not restored completely.</param>
/// <param name="earlier">Its state of an earlier service; null for a new bond.</param>
internal sealed partial class RunningBond(string name, StateStore store, Debts debts, BondState? earlier = null) : IBondJournal
{
    private static readonly IReadOnlyList<BondOption> SavedOptions =
    [
        .. BondOptionTable.Bond.Where(option => option != BondOptions.Known.ActiveMember),
    ];

    // Starts with the members of the earlier service, which stay listed until they are taken over or restored.
    private readonly List<MemberState> _saved = [.. earlier?.Members ?? []];
    private long _savedGeneration = -1;
    private long _savedVersion;
    private ulong _revision = earlier?.Revision ?? 0;

    /// <summary>The name of the bond.</summary>
    public string Name { get; private set; } = name;

    /// <summary>The brain. Set once, when the device is there.</summary>
    public Bond Brain { get; private set; } = null!;

    /// <summary>The device. Set once, with the brain.</summary>
    public IBondDevice Device { get; private set; } = null!;

    /// <summary>The address that the device had when it was made.</summary>
    public MacAddress OwnAddress { get; private set; }

    /// <summary>Whether the device was promiscuous when last read.</summary>
    public bool IsPromiscuous { get; set; }

    /// <summary>
    /// Whether VLAN devices were ever seen on the bond. Stays true, since they may have moved to other namespaces, where they cannot be seen.
    /// </summary>
    public bool HasVlans { get; private set; } = earlier?.HasVlans ?? false;

    /// <summary>The device's queueing discipline when last read.</summary>
    public string? PassedQdisc { get; set; }

    /// <summary>The numbers of the bond's interfaces: device, other end, members.</summary>
    public IEnumerable<int> Interfaces => Describe().Interfaces;

    /// <summary>The members with their options, in the order in which they joined.</summary>
    public IReadOnlyList<WantedMember> Members =>
        [
            .. Brain.Members.Select(member => new WantedMember(
                member.Name,
                [
                    .. BondOptionTable
                        .Member.Where(option => member[option] != new OptionValue(option.Default))
                        .Select(option => KeyValuePair.Create(option, member[option])),
                ]
            )),
        ];

    /// <summary>The spec that creates this bond.</summary>
    public BondSpec Spec =>
        new()
        {
            Options = SpecOptions(),
            Address = Brain.UserAddress?.ToString(),
            Mtu = Brain.Mtu,
            NumTxQueues = Device.Kind == DeviceKind.Tap ? null : Brain.Queues,
            Up = Brain.IsUp,
            Members =
            [
                .. Brain.Members.Select(member => new MemberSpec
                {
                    Name = member.Name,
                    Options = OptionTexts(BondOptionTable.Member, option => member[option]) is { Count: > 0 } options ? options : null,
                }),
            ],
        };

    /// <summary>The member whose interface has that name; null if there is none.</summary>
    public Member? FindMember(string name) => Brain.Members.FirstOrDefault(member => member.Name == name);

    /// <summary>Sets brain and device.</summary>
    public void Begin(Bond brain, IBondDevice device, MacAddress ownAddress)
    {
        OwnAddress = ownAddress;
        Brain = brain;
        Device = device;
    }

    /// <summary>Until when its deadlines wait after a fault, in monotonic ns.</summary>
    public long RestsUntil { get; set; }

    /// <summary>Whether another thread is checking its interfaces.</summary>
    public bool IsLookedAt { get; set; }

    /// <summary>Its interfaces with their counters, as last read.</summary>
    public LinkReading Reading { get; private set; } = LinkReading.None;

    /// <summary>Its last snapshot; null if the bond has changed since.</summary>
    public BondSnapshot? Published { get; set; }

    /// <summary>Stores a reading of its interfaces.</summary>
    public void TakeReading(LinkReading reading)
    {
        Reading = reading;
        Device.NoteRefused(reading);
    }

    /// <summary>Its interfaces.</summary>
    public Outlook Outlook => new(Device.Ifindex, Device.Netnsid, Device.OtherEnd, [.. Brain.Members.Select(member => member.Ifindex)]);

    /// <summary>Whether device and other end were in their intended state when read.</summary>
    public bool IsAsSeen(Sighting sighting) =>
        sighting.Device is { } device
        && (device.Name == Name || Device.Netnsid is not null)
        && device.IsUp == Brain.IsUp
        && device.Mtu == Brain.Mtu
        && device.Address == Brain.Address
        && (device.Promiscuity > 0) == IsPromiscuous
        && (Device.OtherEnd is null || (sighting.OtherEnd is { } end && !sighting.OtherEndHasAddresses && IsAsSeen(device, end)));

    /// <summary>Notes that the bond has VLAN devices.</summary>
    public void HearVlans()
    {
        HasVlans = true;
        Device.HearVlans();
        Save();
    }

    /// <summary>Saves the state if it has changed: in the kernel at once, in the file soon.</summary>
    public void Save()
    {
        _savedVersion = Brain?.MemoryVersion ?? 0;
        if (store.Save(Describe()) is not { } memory)
            return;
        _revision++;
        Published = null;
        Device?.Remember(memory);
    }

    /// <summary>Saves the state, and blocks until the file is written. Returns the problem, or null.</summary>
    public string? SaveNow()
    {
        Save();
        return store.Flush(Name);
    }

    /// <summary>
    /// Saves the state if the mode has learned something that changed no plan, such as a new peer. Called each second: what a kill of the service
    /// loses is learned again.
    /// </summary>
    public void SaveIfLearned()
    {
        if (Brain.MemoryVersion != _savedVersion)
            Save();
    }

    /// <summary>Runs the brain's timers that are due.</summary>
    public void Advance(long now)
    {
        Brain.Advance(now);
        SaveIfMoved();
    }

    /// <summary>
    /// Saves the state if the plan has changed. With an older state of LACP the next service would drop frames that the partner sends on a link that
    /// has come up since.
    /// </summary>
    public void SaveIfMoved()
    {
        if (Brain.Plan.Generation == _savedGeneration)
            return;
        _savedGeneration = Brain.Plan.Generation;
        Save();
    }

    /// <summary>
    /// Changes the bond's name after its device was renamed. The new file is written before the old one is deleted: after a kill between both, the
    /// old one names a device that does not exist.
    /// </summary>
    public void Renamed(long now, string newName)
    {
        var oldName = Name;
        Brain.Renamed(now, newName);
        Device.Renamed(newName);
        Name = newName;
        Save();
        store.Delete(oldName);
    }

    /// <summary>Changes a member's name, by which the next service finds it.</summary>
    public void Renamed(int ifindex, string newName)
    {
        var i = IndexOf(ifindex);
        if (i >= 0)
            _saved[i] = _saved[i] with { Saved = _saved[i].Saved with { Name = newName } };
        Save();
    }

    /// <summary>Restores all members, removes the device, then the file.</summary>
    public void Close(long now)
    {
        Brain.Close(now);
        Device.Dispose();
        store.Delete(Name);
    }

    private bool IsAsSeen(LinkInfo device, LinkInfo end) =>
        end.Link == device.Ifindex
        && end.LinkNetnsid == Device.Netnsid
        && end.IsUp == Brain.HasCarrier
        && end.Flags.HasFlag(LinkFlags.NoArp)
        && BondHost.FitsOtherEnd(end, device.Mtu)
        // VLAN devices on it in another namespace cannot be seen.
        && (Device.Netnsid is null || HasVlans);

    private BondState Describe()
    {
        // Before the device exists, only its name and the members would have to be cleaned up.
        if (Brain is null)
            return earlier ?? store.Blank(Name) with { Revision = _revision, Members = _saved };
        return store.Blank(Name) with
        {
            Revision = _revision,
            Device = Device.Ifindex,
            OtherEnd = Device.OtherEnd,
            OwnAddress = OwnAddress,
            UserAddress = Brain.UserAddress,
            Active = Brain.Active?.Ifindex,
            LacpSystem = Brain.Lacp?.Id.Address,
            Peers = PeersState.Of(Brain.PeersMemory),
            HasVlans = HasVlans ? true : null,
            Past = CarriedState.Of(Device.PastOfEarlierPath),
            Options = OptionTexts(BondOptionTable.Bond, option => Brain.Options[option]),
            Members = [.. _saved.Select(Describe)],
        };
    }

    private MemberState Describe(MemberState saved) =>
        Brain.FindMember(saved.Saved.Ifindex) is { } member
            ? saved with
            {
                Slot = member.Slot,
                Partner = PartnerState.Of(member.Lacp?.Memory),
                Share = ShareState.Of(Brain.ShareMemoryOf(member)),
                LinkFailures = member.LinkFailures,
                HadLink = member.State is LinkState.Up or LinkState.Failing,
                Options = OptionTexts(BondOptionTable.Member, option => member[option]),
            }
            : saved;

    // Some options change others when they are set (mode 802.3ad sets miimon 100): what the others would give is named, too.
    private Dictionary<string, string> SpecOptions()
    {
        var named = OptionTexts(SavedOptions, option => Brain.Options[option]);
        var changes = SavedOptions
            .Where(option => named.ContainsKey(option.Name))
            .Select(option => KeyValuePair.Create(option, Brain.Options[option]));
        var isNew = new OptionSituation(HasMembers: false, IsUp: false, static _ => null, IsNew: true);
        var (made, _) = OptionChange.Apply(BondOptions.Default, [.. changes], isNew);
        foreach (var option in SavedOptions.Where(option => made[option] != Brain.Options[option]))
            named[option.Name] = Brain.Options[option].Format(option);
        return named;
    }

    private int IndexOf(int ifindex) => _saved.FindIndex(member => member.Saved.Ifindex == ifindex);

    // Without defaults: a bond that a later version takes over gets that version's defaults.
    private static Dictionary<string, string> OptionTexts(IEnumerable<BondOption> options, Func<BondOption, OptionValue> valueOf) =>
        options
            .Where(option => valueOf(option) != new OptionValue(option.Default))
            .ToDictionary(option => option.Name, option => valueOf(option).Format(option), StringComparer.Ordinal);
}
