using System.Runtime.ExceptionServices;
using Tandem.Linux.Native;
using Tandem.Linux.Netlink;
using Tandem.Linux.Threads;

namespace Tandem.Linux.Hosting;

/// <summary>
/// Runs code in another network namespace. The kernel identifies namespaces by IDs, but opens none by ID, so the namespace is searched
/// among those with a name (<c>ip netns</c>) or a process.
/// </summary>
internal static class NetworkNamespaces
{
    private const string Named = "/run/netns";

    /// <summary>
    /// Runs an action on a thread in a namespace, and waits for it. False if the namespace cannot be found or entered (CAP_SYS_ADMIN).
    /// </summary>
    /// <param name="netnsid">The ID that this namespace has for it.</param>
    /// <param name="route">A socket in this namespace.</param>
    /// <param name="work">The action.</param>
    public static bool TryRun(int netnsid, RouteSocket route, Action work)
    {
        using var netns = Find(netnsid, route);
        if (netns is null)
            return false;
        var hasEntered = false;
        ExceptionDispatchInfo? problem = null;
        OwnThread
            .Start(
                "elsewhere",
                () =>
                {
                    hasEntered = Namespaces.SetNamespace(netns, Namespaces.CLONE_NEWNET) == 0;
                    try
                    {
                        if (hasEntered)
                            work();
                    }
                    catch (Exception e)
                    {
                        // An unhandled exception on this thread would end the process.
                        problem = ExceptionDispatchInfo.Capture(e);
                    }
                }
            )
            .Join();
        problem?.Throw();
        return hasEntered;
    }

    /// <summary>The namespace of the calling thread.</summary>
    public static FileDescriptor OpenThis() => Files.Open("/proc/thread-self/ns/net", Files.O_RDONLY | Files.O_CLOEXEC);

    /// <summary>A unique name of the calling thread's namespace; null if /proc does not show it.</summary>
    public static string? NameOfThis() => TargetOf("/proc/thread-self/ns/net");

    private static FileDescriptor? Find(int netnsid, RouteSocket route)
    {
        foreach (var path in Candidates())
        {
            var netns = Files.Open(path, Files.O_RDONLY | Files.O_CLOEXEC);
            if (!netns.IsInvalid && route.NetnsidOf(netns) == netnsid)
                return netns;
            netns.Dispose();
        }
        return null;
    }

    private static IEnumerable<string> Candidates()
    {
        foreach (var path in Directory.Exists(Named) ? Directory.EnumerateFiles(Named) : [])
            yield return path;
        var seen = new HashSet<string>(StringComparer.Ordinal);
        foreach (var process in Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1])))
        {
            var path = $"{process}/ns/net";
            if (TargetOf(path) is { } target && seen.Add(target))
                yield return path;
        }
    }

    private static string? TargetOf(string path)
    {
        try
        {
            return new FileInfo(path).LinkTarget;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // The process has ended, or is not accessible.
            return null;
        }
    }
}
