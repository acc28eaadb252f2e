using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Kernel;

namespace Tandem.Linux;

/// <summary>What processes of Tandem's may have left in this network namespace that no state file tells of.</summary>
public static class Leftovers
{
    /// <summary>Detaches programs from all interfaces and removes all guards. Says what could not be removed, and why.</summary>
    public static IReadOnlyList<(string What, string Problem)> Remove()
    {
        var problems = new List<(string, string)>();
        using var route = new RouteSocket();
        foreach (var link in route.GetLinks().Value ?? [])
        {
            foreach (var point in (HookPoint[])[HookPoint.Ingress, HookPoint.Egress])
            {
                if (new Place(Hook.Here, link.Ifindex, point).Leave() is { IsOk: false } attached)
                    problems.Add((link.Name, attached.ToString()));
            }
        }
        try
        {
            using var guard = new IngressGuard();
            if (guard.RemoveTable() is { IsOk: false } guarded)
                problems.Add(($"nftables table {IngressGuard.Table}", guarded.ToString()));
        }
        catch (InvalidOperationException)
        {
            // A kernel without nftables has no guards.
        }
        return problems;
    }
}
