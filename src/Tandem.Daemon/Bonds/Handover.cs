using Tandem.Core;
using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Tandem.Core.Lacp;
using Tandem.Core.Options;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

/// <summary>Takeover of the bonds of an earlier service, which may have been killed, and the end of this service.</summary>
internal sealed class Handover(BondSet bonds, Debts debts, Reconciler reconciler, INetwork network, StateStore store, ILogger log)
{
    private const string IsTap =
        "its device is a TAP device, as an earlier version made it, or one that could not load programs: captures and counters on it miss what "
        + "the kernel sends; remove the bond and make it again to get a device that misses nothing";

    private bool _hasTakenOver;

    /// <summary>
    /// Takes over bonds and debts of an earlier service, and removes traces on interfaces that appear in no state.
    /// </summary>
    public void TakeOver(long now)
    {
        var memories = network.Memories();
        foreach (var state in store.ReadAll(memories))
            TakeOver(now, state);
        debts.TakeOver(now);
        Sweep(store.KnownElsewhere(memories));
        _hasTakenOver = true;
    }

    /// <summary>
    /// Takes over a bond whose device still exists, with the remaining members, so that its addresses and routes stay; cleans up after any other.
    /// Unchanged members and programs in the kernel continue without interruption. Failures are logged, and do not affect other bonds.
    /// </summary>
    public void TakeOver(long now, BondState state)
    {
        try
        {
            ReopenOrCleanUp(now, state);
        }
        catch (Exception e)
        {
            Log.WriterFault(log, e);
            store.SetAside(state.Name, e.Message);
            // The bond continues with what was restored.
            bonds.Find(state.Name)?.Brain.EndRestoring(now, state.Active);
        }
    }

    /// <summary>Removes all bonds, even if one of them fails, and prevents new ones.</summary>
    public void RemoveAll(long now)
    {
        bonds.IsClosing = true;
        foreach (var bond in bonds.All)
        {
            try
            {
                bonds.Close(now, bond);
            }
            catch (Exception e)
            {
                Logging.Log.WriterFault(log, e);
            }
        }
        // Before the takeover, traces may belong to bonds that were not read yet.
        if (_hasTakenOver)
            Sweep(store.KnownElsewhere(network.Memories()));
    }

    /// <summary>Saves the state of all bonds for the next service.</summary>
    public void SaveAll()
    {
        foreach (var bond in bonds.All)
            bond.Save();
    }

    private void ReopenOrCleanUp(long now, BondState state)
    {
        if (DeviceSearch.Find(network, state) is not { } link)
        {
            CleanUp(state, "its device is gone");
            return;
        }
        if (link.Name != state.Name && state.OtherEnd is null)
        {
            store.Delete(state.Name);
            state = state with { Name = link.Name };
        }
        var (bond, failure) = bonds.Reopen(now, state);
        if (bond is null && state.OtherEnd is not null)
        {
            // Programs continue to forward its frames, and a service with the necessary rights can take it over.
            Log.LeftAlone(log, state.Name, failure!);
            bonds.LeftAlone.Add(state);
            return;
        }
        if (bond is null)
        {
            // The device stays: a process that has it open may use it.
            CleanUp(state, failure!);
            return;
        }
        bonds.Add(bond);
        Restore(now, bond, state, bond.Device.Read() ?? link);
        bond.Save();
        Log.TakenOver(log, state.Name, bond.Brain.Members.Count);
        if (bond.Device.Kind == DeviceKind.Tap && bond.Device.IsInKernel && bond.Brain.Options.DeviceKind == DeviceKind.Auto)
            bonds.Tell(now, bond, EventKind.Notice, IsTap);
    }

    private void CleanUp(BondState state, string reason)
    {
        RemainsOf(state.Name).Undo(state, removesDevice: false);
        Log.NotTakenOver(log, state.Name, reason);
        store.Delete(state.Name);
    }

    private Remains RemainsOf(string bond) =>
        new(network)
        {
            NotGivenBack = (member, problem) => debts.Add(bond, member, problem),
            GivenBack = member => debts.AddDown(bond, member),
        };

    private void Sweep(IEnumerable<int> elsewhere)
    {
        var known = elsewhere.ToHashSet();
        foreach (var state in bonds.LeftAlone)
            known.UnionWith(state.Interfaces);
        foreach (var bond in bonds.All)
            known.UnionWith(bond.Interfaces);
        known.UnionWith(debts.Interfaces);
        Sweeper.Sweep(network, known, log);
    }

    private void Restore(long now, RunningBond bond, BondState state, LinkInfo link)
    {
        var brain = bond.Brain;
        if (state.Past is { } past)
            bond.Device.PastOfEarlierPath = past.ToCounters();
        brain.RestoreAddress(state.OwnAddress, state.UserAddress ?? (state.AddressIsUserSet == true ? link.Address : null));
        brain.Restore(now, ReadOptions(bond, OptionScope.Bond, state.Options));
        if (state.LacpSystem is { } system)
            brain.RestoreSystem(system);
        if (state.Peers is { } peers)
            brain.RestorePeers(peers.ToMemory(), now);
        // Before the members: programs that forward their frames are taken over first.
        if (bond.Device.UseDataPath(brain.Options.DataPath) is { IsOk: false } unavailable)
            Log.NotRestored(log, bond.Name, unavailable.Problem!);
        if (bond.Device.UsePassage(brain.Options.Passage) is { IsOk: false } noPassage)
            Log.NotRestored(log, bond.Name, noPassage.Problem!);
        bond.IsPromiscuous = link.Promiscuity > 0;
        bond.Device.SetPromiscuous(bond.IsPromiscuous);
        // VLAN devices may have been added while no service ran.
        if (bond.HasVlans || network.Links().Any(above => LinkNews.IsVlanOn(bond, above)))
            bond.HearVlans();
        var isOfItsMode = IsOfMode(bond, state);
        foreach (var member in state.Members)
            Restore(now, bond, member, isOfItsMode);
        // Members that could not stay join like new ones, so that the bond's address is not mistaken for theirs.
        if (isOfItsMode)
            reconciler.Resume(now, bond, Wanted(bond, state), refusal => Log.NotRestored(log, bond.Name, refusal.Message));
        foreach (var member in state.Members)
            EndRestoring(now, bond, member);
        brain.SetUp(now, link.IsUp);
        brain.EndRestoring(now, state.Active);
    }

    private void Restore(long now, RunningBond bond, MemberState member, bool isOfItsMode)
    {
        if (!isOfItsMode)
            Log.NotRestored(log, bond.Name, $"{member.Saved.Name} is given back: the bond has not the mode that it joined");
        if (!isOfItsMode || !StaysMember(now, bond, member))
            RemainsOf(bond.Name).GiveBack(member);
    }

    private static void EndRestoring(long now, RunningBond bond, MemberState member)
    {
        var ifindex = member.Saved.Ifindex;
        if (bond.Brain.FindMember(ifindex) is null)
            // It is restored, so no entry is left.
            bond.Forget(ifindex);
        else
            bond.Brain.RestoreFailures(now, ifindex, member.LinkFailures, member.HadLink);
    }

    // By their present names: an interface may have been renamed while no service ran.
    private List<WantedMember> Wanted(RunningBond bond, BondState state) =>
        [
            .. from member in state.Members
            let link = network.Find(member.Saved.Ifindex)
            where link is not null
            select new WantedMember(link.Name, ReadOptions(bond, OptionScope.Member, member.Options)),
        ];

    private bool StaysMember(long now, RunningBond bond, MemberState member)
    {
        if (
            member.Slot is not { } slot
            || !MacAddress.TryParse(member.Saved.Address, out var permanent)
            || network.Find(member.Saved.Ifindex) is not { } link
        )
            return false;
        var refusal = bond.Brain.RestoreMember(now, network.CandidateOf(link), slot, permanent, member.Memory);
        if (refusal is not null)
            Log.JoinsAnew(log, bond.Name, refusal.Message);
        return refusal is null;
    }

    // Members must not carry traffic in a mode that the connected switches are not configured for.
    private static bool IsOfMode(RunningBond bond, BondState state)
    {
        var mode = BondOptions.Known.Mode;
        var before = state.Options.GetValueOrDefault(mode.Name) ?? new OptionValue(mode.Default).Format(mode);
        return bond.Brain.Options[mode].Format(mode) == before;
    }

    private List<KeyValuePair<BondOption, OptionValue>> ReadOptions(
        RunningBond bond,
        OptionScope scope,
        IReadOnlyDictionary<string, string> texts
    )
    {
        var values = new List<KeyValuePair<BondOption, OptionValue>>();
        foreach (var text in texts)
        {
            // One by one: an option that cannot be read does not affect the others.
            var read = RequestReader.Options(scope, new Dictionary<string, string>(StringComparer.Ordinal) { [text.Key] = text.Value });
            if (read.Refusal is { } refusal)
                Log.NotRestored(log, bond.Name, refusal.Message);
            values.AddRange(read.Value ?? []);
        }
        return values;
    }
}
