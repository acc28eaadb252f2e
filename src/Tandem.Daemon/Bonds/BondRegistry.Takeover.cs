using Tandem.Core.Options;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Netlink;

namespace Tandem.Daemon.Bonds;

// What an earlier service left when it was killed.
internal sealed partial class BondRegistry
{
    /// <summary>
    /// Takes over a bond whose device is still there, with the members that are still there, so that addresses and routes on it
    /// stay; cleans up what is left of any other. Whatever goes wrong is told, and keeps no other bond from being taken over.
    /// </summary>
    public void TakeOver(long now, BondState state)
    {
        try
        {
            GiveBackAndReopen(now, state);
        }
        catch (Exception e)
        {
            Log.WriterFault(log, e);
            store.SetAside(state.Name, e.Message);
        }
    }

    private void GiveBackAndReopen(long now, BondState state)
    {
        // Members come back as they were before they joined: joining again is then joining, and cannot mistake what it finds
        // (the bond's address, say) for the member's own.
        foreach (var member in state.Members)
        {
            if (network.GiveBack(member.Saved) is { } problem)
                Log.CannotGiveBack(log, state.Name, member.Saved.Name, problem);
        }
        if (network.Find(state.Name) is not { Kind: "tun" } link || link.Ifindex != state.Device)
        {
            Log.NotTakenOver(log, state.Name, "its device is gone");
            store.Delete(state.Name);
            return;
        }
        var (bond, failure) = Open(now, state.Name, reattach: true, state);
        if (bond is null)
        {
            // The device stays: it may be in use by whoever has it open.
            Log.NotTakenOver(log, state.Name, failure!);
            store.Delete(state.Name);
            return;
        }
        _bonds.Add(bond);
        Restore(now, bond, state, link);
        bond.Save();
        Log.TakenOver(log, state.Name, bond.Brain.Members.Count);
    }

    private void Restore(long now, RunningBond bond, BondState state, LinkInfo link)
    {
        var brain = bond.Brain;
        brain.RestoreAddress(state.OwnAddress, state.UserAddress);
        foreach (var refusal in brain.Restore(now, ReadOptions(bond, OptionScope.Bond, state.Options)))
            TellIfRefused(bond, refusal);
        var isOfItsMode = IsOfMode(bond, state);
        foreach (var member in state.Members)
        {
            if (isOfItsMode)
                JoinAgain(now, bond, member);
            else
                Log.NotRestored(log, bond.Name, $"{member.Saved.Name} is given back: the bond has not the mode that it joined");
            // It was given back above, so there is nothing left to remember of one that is no member now.
            if (brain.FindMember(member.Saved.Ifindex) is null)
                bond.Forget(member.Saved.Ifindex);
        }
        brain.SetUp(now, link.IsUp);
        brain.EndRestoring(now, state.Active);
    }

    // Members must not carry traffic in another way than what they are connected to is set up for.
    private static bool IsOfMode(RunningBond bond, BondState state)
    {
        var mode = BondOptions.Known.Mode;
        var before = state.Options.GetValueOrDefault(mode.Name) ?? new OptionValue(mode.Default).Format(mode);
        return bond.Brain.Options[mode].Format(mode) == before;
    }

    private void JoinAgain(long now, RunningBond bond, MemberState member)
    {
        if (network.Find(member.Saved.Ifindex) is not { } found)
            return;
        TellIfRefused(bond, bond.Brain.AddMember(now, CandidateOf(found)));
        bond.Brain.RestoreFailures(found.Ifindex, member.LinkFailures);
        foreach (var option in ReadOptions(bond, OptionScope.Member, member.Options))
        {
            if (bond.Brain.FindMember(found.Ifindex) is not null)
                TellIfRefused(bond, bond.Brain.ChangeMember(now, found.Ifindex, [option]));
        }
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
            // One by one: what cannot be read takes nothing else with it.
            var read = RequestReader.Options(scope, new Dictionary<string, string>(StringComparer.Ordinal) { [text.Key] = text.Value });
            if (read.Refusal is { } refusal)
                Log.NotRestored(log, bond.Name, refusal.Message);
            values.AddRange(read.Value ?? []);
        }
        return values;
    }

    private void TellIfRefused(RunningBond bond, OptionError? refusal)
    {
        if (refusal is not null)
            Log.NotRestored(log, bond.Name, refusal.Message);
    }
}
