using Tandem.Linux.Netlink;

namespace Tandem.Linux.Hosting;

/// <summary>
/// Searches network namespaces among those that are mounted (as by <c>ip netns</c>) or have a process: the kernel identifies them by IDs, but opens none
/// by ID.
/// </summary>
public static class NetworkNamespaces
{
    private const string ThisThread = "/proc/thread-self/ns/net";

    /// <summary>All that can be found and opened, each once. Whoever enumerates them disposes of each.</summary>
    public static IEnumerable<NetworkNamespace> All()
    {
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var path in Candidates())
        {
            if (NetworkNamespace.Open(path) is not { } found)
                continue;
            if (seen.Add(found.Id))
                yield return found;
            else
                found.Dispose();
        }
    }

    /// <summary>
    /// Runs an action on a thread in a namespace, and waits for it. False if the namespace cannot be found or entered (CAP_SYS_ADMIN).
    /// </summary>
    /// <param name="netnsid">The ID that this namespace has for it.</param>
    /// <param name="route">A socket in this namespace.</param>
    /// <param name="work">The action.</param>
    internal static bool TryRun(int netnsid, RouteSocket route, Action work)
    {
        using var netns = Find(netnsid, route);
        return netns?.Run("elsewhere", work).IsOk == true;
    }

    /// <summary>A unique name of the calling thread's namespace; null if /proc does not show it.</summary>
    internal static string? NameOfThis() => NamespaceFiles.TargetOf(ThisThread);

    private static NetworkNamespace? Find(int netnsid, RouteSocket route)
    {
        foreach (var found in All())
        {
            if (route.NetnsidOf(found.Descriptor) == netnsid)
                return found;
            found.Dispose();
        }
        return null;
    }

    private static IEnumerable<string> Candidates()
    {
        foreach (var (_, path) in NamespaceFiles.Mounts())
            yield return path;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var process in NamespaceFiles.Processes())
        {
            var path = $"{process}/ns/net";
            if (NamespaceFiles.TargetOf(path) is { } target && seen.Add(target))
                yield return path;
        }
    }
}
