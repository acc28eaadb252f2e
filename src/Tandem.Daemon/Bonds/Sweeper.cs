using Tandem.Daemon.Logging;
using Tandem.Linux.Bonds;

namespace Tandem.Daemon.Bonds;

/// <summary>
/// Looks after what processes that are gone left on interfaces of which no state tells: guards that drop what arrives, programs, a bond's address.
/// </summary>
internal static class Sweeper
{
    /// <summary>
    /// Gives back what were members, as far as the kernel tells how they were, and removes devices that nobody carries frames for. A device
    /// whose programs are at work stays, and so does what may be its members: frames go on.
    /// </summary>
    /// <param name="network">The kernel's interfaces.</param>
    /// <param name="known">Numbers of interfaces that somebody knows about.</param>
    /// <param name="log">Told of what was found.</param>
    public static void Sweep(INetwork network, IReadOnlySet<int> known, ILogger log)
    {
        var left = network.Leftovers(known);
        var devices = left.Where(found => found.Kind == LeftoverKind.Device).ToList();
        foreach (var device in devices)
            Log.DeviceOfNobody(log, device.Name);
        foreach (var found in devices.Count == 0 ? left : [])
            Remove(network, found, log);
    }

    /// <summary>Removes all of it, devices too. Says whether all of it went.</summary>
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
