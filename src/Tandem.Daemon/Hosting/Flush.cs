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
        {
            foreach (var member in state.Members)
            {
                if (network.GiveBack(member.Saved) is { } problem)
                {
                    Log.CannotGiveBack(log, state.Name, member.Saved.Name, problem);
                    isClean = false;
                }
            }
            if (network.Find(state.Name) is { Kind: "tun" } link && link.Ifindex == state.Device)
                isClean &= Report(log, state.Name, network.Remove(link.Ifindex));
            if (isClean)
                store.Delete(state.Name);
            Log.Flushed(log, state.Name, state.Members.Count);
        }
        // What no file tells of any more.
        foreach (var (name, problem) in Leftovers.Remove())
            isClean &= Report(log, name, problem);
        return isClean;
    }

    private static bool Report(ILogger log, string what, string? problem)
    {
        if (problem is not null)
            Log.NotFlushed(log, what, problem);
        return problem is null;
    }
}
