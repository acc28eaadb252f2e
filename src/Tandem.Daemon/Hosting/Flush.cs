using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux.Members;

namespace Tandem.Daemon.Hosting;

/// <summary>Removes everything that a killed service left in a network namespace, without taking it over.</summary>
internal static class Flush
{
    /// <summary>Restores members and removes devices, programs, guards and state files. Returns whether everything was removed.</summary>
    public static bool Run(INetwork network, StateStore store, ILogger log)
    {
        var isClean = true;
        var memories = network.Memories();
        foreach (var state in store.ReadAll(memories))
            isClean &= Remove(network, store, state, log);
        isClean &= GiveBackOwed(network, store, log);
        // Nothing is left to bring bonds back to.
        store.SaveRollback(null);
        isClean &= store.WriteRollback() is null;
        store.SaveRolledBack(null);
        // What no state file and no other service has.
        return Sweeper.RemoveAll(network, store.KnownElsewhere(memories), log) && isClean;
    }

    // The file is removed last, and only if everything was restored; otherwise the next attempt needs it.
    private static bool Remove(INetwork network, StateStore store, BondState state, ILogger log)
    {
        var remains = new Remains(network)
        {
            NotGivenBack = (member, problem) => Log.CannotGiveBack(log, state.Name, member.Name, problem),
            GivenBack = member => ReportRoutes(log, member),
            NotRemoved = problem => Log.NotFlushed(log, state.Name, problem),
        };
        if (!remains.Undo(state, removesDevice: true))
            return false;
        store.Delete(state.Name);
        Log.Flushed(log, state.Name, state.Members.Count);
        return true;
    }

    private static bool GiveBackOwed(INetwork network, StateStore store, ILogger log)
    {
        var (owed, down) = store.ReadOwed();
        var left = owed.Where(member => !Report(log, member.Saved.Name, network.GiveBack(member.Saved))).ToList();
        foreach (var member in down.Where(member => network.GiveBackRoutes(member.Saved).Missing.Count > 0))
            ReportRoutes(log, member.Saved);
        if (owed.Count + down.Count > 0)
            store.SaveOwed(left, []);
        return left.Count == 0;
    }

    // No service is there to add them when the interface is set up.
    private static void ReportRoutes(ILogger log, SavedMember member)
    {
        if (member.Routes is { Count: > 0 } routes)
            Log.RoutesNotRestored(log, member.Name, routes.Count);
    }

    private static bool Report(ILogger log, string what, string? problem)
    {
        if (problem is not null)
            Log.NotFlushed(log, what, problem);
        return problem is null;
    }
}
