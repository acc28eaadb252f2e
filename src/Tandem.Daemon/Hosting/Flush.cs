using Tandem.Daemon.Bonds;
using Tandem.Daemon.Logging;
using Tandem.Daemon.State;
using Tandem.Linux;

namespace Tandem.Daemon.Hosting;

/// <summary>Removes all that a killed service left in this network namespace, with no service to take it over.</summary>
internal static class Flush
{
    /// <summary>Gives members back and removes devices, programs, guards and state files. Says whether all of it went.</summary>
    public static bool Run(INetwork network, StateStore store, ILogger log)
    {
        var isClean = true;
        foreach (var state in store.ReadAll())
            isClean &= Remove(network, store, state, log);
        // What no file tells of any more.
        foreach (var (name, problem) in Leftovers.Remove())
            isClean &= Report(log, name, problem);
        return isClean;
    }

    // The file goes last, and only if nothing is left to be given back: else the next try finds what is left.
    private static bool Remove(INetwork network, StateStore store, BondState state, ILogger log)
    {
        var isClean = true;
        foreach (var member in state.Members)
        {
            if (network.GiveBack(member.Saved) is { } problem)
            {
                Log.CannotGiveBack(log, state.Name, member.Saved.Name, problem);
                isClean = false;
            }
        }
        // By its number: it may have been renamed. A pair by its other end: the bond's own may be in another namespace.
        if (DeviceSearch.Find(network, state) is { } device)
            isClean &= Report(log, state.Name, network.Remove(device.Ifindex));
        foreach (var rest in DeviceSearch.FindRest(network, state))
            isClean &= Report(log, state.Name, network.Remove(rest.Ifindex));
        if (!isClean)
            return false;
        store.Delete(state.Name);
        Log.Flushed(log, state.Name, state.Members.Count);
        return true;
    }

    private static bool Report(ILogger log, string what, string? problem)
    {
        if (problem is not null)
            Log.NotFlushed(log, what, problem);
        return problem is null;
    }
}
