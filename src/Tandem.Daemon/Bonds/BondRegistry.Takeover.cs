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
    /// stay; cleans up what is left of any other.
    /// </summary>
    public void TakeOver(long now, BondState state)
    {
        // Members come back as they were before they joined: joining again is then joining, and cannot mistake what it finds
        // (the bond's address, say) for the member's own.
        foreach (var member in state.Members)
        {
            if (network.GiveBack(member.Saved) is { } problem)
                Log.CannotGiveBack(log, state.Name, member.Saved.Name, problem);
        }
        if (network.Find(state.Name) is not { Kind: "tun" } link)
        {
            Log.NotTakenOver(log, state.Name, "its device is gone");
            store.Delete(state.Name);
            return;
        }
        var (bond, failure) = Open(now, state.Name, reattach: true, state);
        if (bond is null)
        {
            Log.NotTakenOver(log, state.Name, failure!);
            network.Remove(link.Ifindex);
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
        // Options that name interfaces come last, as do those of members: they are about members that have to be there.
        var options = ReadOptions(bond, OptionScope.Bond, state.Options);
        TellIfRefused(bond, bond.Brain.Change(now, [.. options.Where(option => option.Key != BondOptions.Known.ActiveMember)]));
        foreach (var member in state.Members)
        {
            if (network.Find(member.Saved.Ifindex) is not { } found)
                continue;
            TellIfRefused(bond, bond.Brain.AddMember(now, CandidateOf(found)));
            var wishes = ReadOptions(bond, OptionScope.Member, member.Options);
            if (wishes.Count > 0 && bond.Brain.FindMember(found.Ifindex) is not null)
                TellIfRefused(bond, bond.Brain.ChangeMember(now, found.Ifindex, wishes));
        }
        bond.Brain.SetUp(now, link.IsUp);
    }

    private List<KeyValuePair<BondOption, OptionValue>> ReadOptions(
        RunningBond bond,
        OptionScope scope,
        IReadOnlyDictionary<string, string> texts
    )
    {
        var options = RequestReader.Options(scope, texts);
        if (options.Refusal is { } refusal)
            Log.NotRestored(log, bond.Name, refusal.Message);
        return [.. options.Value ?? []];
    }

    private void TellIfRefused(RunningBond bond, OptionError? refusal)
    {
        if (refusal is not null)
            Log.NotRestored(log, bond.Name, refusal.Message);
    }
}
