using Tandem.Api;
using Tandem.Core;
using Tandem.Core.Balancing;
using Tandem.Core.Lacp;
using Tandem.Core.Options;
using Tandem.Daemon.State;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>A bond that runs: its brain, its device, and the file that remembers both.</summary>
/// <param name="name">Its name.</param>
/// <param name="store">Where its state is kept.</param>
/// <param name="debts">What is owed to interfaces that are no members any more.</param>
/// <param name="earlier">What an earlier service left of it; null for a new bond.</param>
internal sealed class RunningBond(string name, StateStore store, Debts debts, BondState? earlier = null) : IBondJournal
{
    // Members that an earlier service had are in it from the start: they stay known until they are back, or given up.
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

    /// <summary>What was last seen of the device's promiscuous mode.</summary>
    public bool IsPromiscuous { get; set; }

    /// <summary>
    /// Whether VLAN devices were seen on the bond. They may be in other namespaces by now, out of sight, so it stays true.
    /// </summary>
    public bool HasVlans { get; private set; } = earlier?.HasVlans ?? false;

    /// <summary>The queueing discipline that was last seen on the device.</summary>
    public string? PassedQdisc { get; set; }

    /// <summary>The numbers of all interfaces that are the bond's: device, other end, members.</summary>
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

    /// <summary>What would make a bond of this one.</summary>
    public BondSpec Spec =>
        new()
        {
            Options = OptionTexts(
                BondOptionTable.Bond.Where(option => option != BondOptions.Known.ActiveMember),
                option => Brain.Options[option]
            ),
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

    /// <summary>Joins brain and device.</summary>
    public void Begin(Bond brain, IBondDevice device, MacAddress ownAddress)
    {
        OwnAddress = ownAddress;
        Brain = brain;
        Device = device;
    }

    /// <summary>Until when its deadlines wait, monotonic ns, because the last one ended in a fault.</summary>
    public long RestsUntil { get; set; }

    /// <summary>Whether another thread is looking at its interfaces.</summary>
    public bool IsLookedAt { get; set; }

    /// <summary>Its interfaces as they were last read, with their counters.</summary>
    public LinkReading Reading { get; private set; } = LinkReading.None;

    /// <summary>What was last published of it; null if it changed since.</summary>
    public BondSnapshot? Published { get; set; }

    /// <summary>Takes in how its interfaces are, and what they counted.</summary>
    public void TakeReading(LinkReading reading)
    {
        Reading = reading;
        Device.NoteRefused(reading);
    }

    /// <summary>Its interfaces.</summary>
    public Outlook Outlook => new(Device.Ifindex, Device.Netnsid, Device.OtherEnd, [.. Brain.Members.Select(member => member.Ifindex)]);

    /// <summary>Whether its device and the other end are as they should be, by what was seen of them.</summary>
    public bool IsAsSeen(Sighting sighting) =>
        sighting.Device is { } device
        && (device.Name == Name || Device.Netnsid is not null)
        && device.IsUp == Brain.IsUp
        && device.Mtu == Brain.Mtu
        && device.Address == Brain.Address
        && (device.Promiscuity > 0) == IsPromiscuous
        && (Device.OtherEnd is null || (sighting.OtherEnd is { } end && !sighting.OtherEndHasAddresses && IsAsSeen(device, end)));

    /// <summary>Takes in that the bond has VLAN devices.</summary>
    public void HearVlans()
    {
        HasVlans = true;
        Device.HearVlans();
        Save();
    }

    /// <summary>Has the state written if anything changed since: to the kernel at once, to the file soon.</summary>
    public void Save()
    {
        _savedVersion = Brain?.MemoryVersion ?? 0;
        if (store.Save(Describe()) is not { } memory)
            return;
        _revision++;
        Published = null;
        Device?.Remember(memory);
    }

    /// <summary>The same, and blocks until the file is written. Says why it could not be, or null.</summary>
    public string? SaveNow()
    {
        Save();
        return store.Flush(Name);
    }

    /// <summary>
    /// Has the state written if the mode learned something since that moved no frame, a new peer say. Called now and then: by which member peers are
    /// answered is written with each plan, so what is lost here if the service is killed is heard again.
    /// </summary>
    public void SaveIfLearned()
    {
        if (Brain.MemoryVersion != _savedVersion)
            Save();
    }

    /// <summary>Does what is due.</summary>
    public void Advance(long now)
    {
        Brain.Advance(now);
        SaveIfMoved();
    }

    /// <summary>
    /// Writes the state file if frames go another way since. By what LACP knew before, the next service would drop what the partner sends
    /// on a link that has come since.
    /// </summary>
    public void SaveIfMoved()
    {
        if (Brain.Plan.Generation == _savedGeneration)
            return;
        _savedGeneration = Brain.Plan.Generation;
        Save();
    }

    /// <inheritdoc/>
    public SavedMember? Owed(int ifindex) => debts.Find(ifindex);

    /// <summary>Writes down how a member was found, which comes before the member is changed, and what it was given since.</summary>
    public HostResult Remember(SavedMember member)
    {
        var isNew = IndexOf(member.Ifindex) < 0;
        // In its place: the members stand in the order in which they joined.
        var i = IndexOf(member.Ifindex);
        if (i >= 0)
            _saved[i] = _saved[i] with { Saved = member };
        else
            _saved.Add(new MemberState { Saved = member });
        // Only the first entry must be safe at once: later changes of a member's address can be told from its guard and program.
        if (!isNew)
        {
            Save();
            return HostResult.Done;
        }
        if (SaveNow() is { } problem)
        {
            _saved.RemoveAll(saved => saved.Saved.Ifindex == member.Ifindex);
            Save();
            return new HostResult($"what is to be given back to it cannot be stored: {problem}");
        }
        debts.Forget(member.Ifindex);
        return HostResult.Done;
    }

    /// <inheritdoc/>
    public void Owe(SavedMember member, string problem)
    {
        debts.Add(Name, member, problem);
        Forget(member.Ifindex);
    }

    /// <summary>
    /// Takes in that the bond's device has another name. The file of the new name comes before the old one goes: should the service be killed
    /// between, the old one tells of a device that is not there.
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

    /// <summary>Takes in that a member has another name: by its old one the next service would not know it.</summary>
    public void Renamed(int ifindex, string newName)
    {
        var i = IndexOf(ifindex);
        if (i >= 0)
            _saved[i] = _saved[i] with { Saved = _saved[i].Saved with { Name = newName } };
        Save();
    }

    /// <summary>Forgets a member that was given back.</summary>
    public void Forget(int ifindex)
    {
        _saved.RemoveAll(member => member.Saved.Ifindex == ifindex);
        Save();
    }

    /// <summary>Gives all members back, removes the device, then the file.</summary>
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
        // What stands on it in another namespace is not in sight.
        && (Device.Netnsid is null || HasVlans);

    private BondState Describe()
    {
        // Before the device is there, its name is all that would have to be cleaned up.
        if (Brain is null)
            return earlier ?? store.Blank(Name);
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

    private int IndexOf(int ifindex) => _saved.FindIndex(member => member.Saved.Ifindex == ifindex);

    // Defaults are left out: a bond that is taken over by a later version gets that version's.
    private static Dictionary<string, string> OptionTexts(IEnumerable<BondOption> options, Func<BondOption, OptionValue> valueOf) =>
        options
            .Where(option => valueOf(option) != new OptionValue(option.Default))
            .ToDictionary(option => option.Name, option => valueOf(option).Format(option), StringComparer.Ordinal);
}
