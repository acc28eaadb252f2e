using System.Text.Json;
using Tandem.Api;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Brings bonds back to what they were, as far as possible: what cannot be brought back keeps nothing else from it. Changes that others made since are undone,
/// too; bonds that others made stay, without the members that belonged to the remembered ones.
/// </summary>
internal sealed class Restoration(BondSet bonds, BondRequests requests, Reconciler reconciler, INetwork network, ILogger log)
{
    /// <summary>Brings the bonds back; returns what could not be, with the bond's name and the cause.</summary>
    /// <param name="now">Monotonic ns.</param>
    /// <param name="state">The bonds as they were.</param>
    /// <param name="reason">Why, for the events: <c>"its changes were not confirmed in time"</c>.</param>
    public IReadOnlyList<string> Restore(long now, RollbackState state, string reason)
    {
        var failures = new List<string>();
        // First, so that their members are free.
        foreach (var name in state.Absent)
            Guard(name, failures, () => RemoveMade(now, name, reason));
        // A bond may be a member of another one, which can only be made after it.
        var left = state.Bonds.ToList();
        for (var before = int.MaxValue; left.Count > 0 && left.Count < before; )
        {
            before = left.Count;
            left.RemoveAll(bond => Guard(bond.Name, failures, () => TryWhole(now, bond, failures, reason)));
        }
        foreach (var bond in left)
            Guard(bond.Name, failures, () => RestoreParts(now, bond, failures, reason));
        // Also those that were released by hand meanwhile.
        foreach (var name in state.Up)
            Guard(name, failures, () => SetUpAgain(name, failures));
        return failures;
    }

    /// <summary>The interfaces that are up and no members.</summary>
    public IReadOnlyList<string> FreeAndUp() =>
        [.. network.Links().Where(link => link.IsUp && bonds.OwnerOf(link.Ifindex) is null).Select(link => link.Name)];

    // The one by which the machine is reached may have become a member.
    private bool SetUpAgain(string name, List<string> failures)
    {
        if (network.Find(name) is { IsUp: false } link && bonds.OwnerOf(link.Ifindex) is null)
        {
            if (network.SetUp(link.Ifindex, name, true) is { } problem)
                failures.Add($"{name}: {problem.Message}");
        }
        return true;
    }

    private bool RemoveMade(long now, string name, string reason)
    {
        if (bonds.Find(name) is not { } made)
            return true;
        bonds.Tell(now, made, EventKind.RolledBack, $"{reason}: it is removed");
        return requests.Remove(now, name) is null;
    }

    private bool TryWhole(long now, RememberedBond bond, List<string> failures, string reason) =>
        Put(now, bond, bond.ToSpec(), failures, reason) is null;

    // Without the interfaces that are gone; if that is refused, too, one member after the other.
    private bool RestoreParts(long now, RememberedBond bond, List<string> failures, string reason)
    {
        var whole = bond.ToSpec();
        var wanted = whole.Members!;
        var present = wanted.Where(member => network.Find(member.Name) is not null).ToList();
        failures.AddRange(wanted.Except(present).Select(member => $"{bond.Name}: {member.Name}: there is no interface of that name"));
        var spec = whole with { Options = FileBonds.OptionsOf(whole, name => network.Find(name) is not null), Members = present };
        if (Put(now, bond, spec, failures, reason) is null)
            return true;
        var isMember = bonds.Find(bond.Name) is { } running ? running.FindMember : (Func<string, Member?>)(static _ => null);
        var kept = present.Where(member => isMember(member.Name) is not null).ToList();
        if (Put(now, bond, spec with { Members = kept }, failures, reason) is { } refusal)
        {
            failures.Add($"{bond.Name}: {refusal.Message}");
            return true;
        }
        foreach (var member in present.Except(kept))
        {
            var options = RequestReader.Options(OptionScope.Member, member.Options).Value ?? [];
            reconciler.Resume(
                now,
                bonds.Find(bond.Name)!,
                [new WantedMember(member.Name, options)],
                refused => failures.Add($"{bond.Name}: {member.Name}: {refused.Message}")
            );
        }
        return true;
    }

    private ErrorMessage? Put(long now, RememberedBond bond, BondSpec spec, List<string> failures, string reason)
    {
        var before = bonds.Find(bond.Name) is { } present ? Text(present) : null;
        if (reconciler.Put(now, bond.Name, spec).Refusal is { } refusal)
            return refusal;
        var running = bonds.Find(bond.Name)!;
        // A spec without an address leaves the present one, which may be what was changed.
        if (bond.UserAddress is null && running.Brain.UserAddress is not null)
        {
            if (running.Brain.UndoAddress(now, bond.Address, null) is { } kept)
                return Refusals.Of(kept);
            running.Save();
        }
        if (before != Text(running))
            GiveBackAddresses(running, bond, failures);
        if (before is null)
            bonds.Tell(now, running, EventKind.RolledBack, $"{reason}: it is made again");
        else if (before != Text(running))
            bonds.Tell(now, running, EventKind.RolledBack, $"{reason}: it is as it was before them");
        return null;
    }

    private void GiveBackAddresses(RunningBond running, RememberedBond bond, List<string> failures)
    {
        if (running.Brain.IsUp && reconciler.GiveBackAddresses(running, bond.Device) is { } problem)
            failures.Add($"{bond.Name}: {problem}");
    }

    // One bond that fails keeps no other from being brought back.
    private bool Guard(string bond, List<string> failures, Func<bool> restore)
    {
        try
        {
            return restore();
        }
        catch (Exception e)
        {
            Log.WriterFault(log, e);
            failures.Add($"{bond}: {e.Message}");
            return true;
        }
    }

    private static string Text(RunningBond bond) => JsonSerializer.Serialize(bond.Spec, TandemJson.Default.BondSpec);
}
