using Tandem.Daemon.Logging;
using Tandem.Linux.Bonds;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Removes traces of ended processes from interfaces that appear in no state: guards that drop frames, programs, a bond's address.
/// </summary>
internal static class Sweeper
{
    /// <summary>
    /// Restores former members as far as the kernel knows their earlier state, and removes devices without programs. A device whose programs still
    /// forward frames stays, and so do interfaces that may be its members.
    /// </summary>
    /// <param name="network">The kernel's interfaces.</param>
    /// <param name="known">Numbers of interfaces that appear in a state.</param>
    /// <param name="log">Receives what was found.</param>
    public static void Sweep(INetwork network, IReadOnlySet<int> known, ILogger log)
    {
        var left = network.Leftovers(known);
        var devices = left.Where(found => found.Kind == LeftoverKind.Device).ToList();
        foreach (var device in devices)
            Log.DeviceOfNobody(log, device.Name);
        foreach (var found in devices.Count == 0 ? left : [])
            Remove(network, found, log);
    }

    /// <summary>Removes all traces, including devices. Returns whether nothing is left.</summary>
    public static bool RemoveAll(INetwork network, IReadOnlySet<int> known, ILogger log)
    {
        var isClean = true;
        foreach (var found in network.Leftovers(known).OrderBy(found => found.Kind))
            isClean &= Remove(network, found, log);
        return isClean;
    }

    private static bool Remove(INetwork network, Leftover found, ILogger log)
    {
        if (found.Kind == LeftoverKind.Gone)
        {
            network.Unguard(found.Ifindex);
            return true;
        }
        var problem = found.Saved is { } saved ? network.GiveBack(saved) : network.Remove(found.Ifindex);
        if (problem is not null)
            Log.NotFlushed(log, found.Name, problem);
        else if (found.Saved is { } member)
            Log.Swept(log, found.Name, member.Address);
        return problem is null;
    }
}
