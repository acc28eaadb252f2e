using System.Globalization;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>
/// Whether a network namespace is in use by others than this process: by its mounts, and by the processes in it. The kernel tells nobody that the last one
/// has left, and this process itself keeps the namespace alive.
/// </summary>
public sealed class NamespaceUse
{
    // Each namespace has files of its own in /proc/PID/net, whose numbers everybody may read, unlike /proc/PID/ns/net.
    private const string Mark = "net/dev";

    private readonly ulong? _mark;
    private readonly string _id;

    /// <summary>For the namespace of the calling thread.</summary>
    /// <param name="id">Its name (<see cref="NetworkNamespace.Id"/>).</param>
    public NamespaceUse(string id) => (_id, _mark) = (id, NumberOf("/proc/thread-self/" + Mark));

    /// <summary>The name that <c>ip netns</c> gave it; null if it has none.</summary>
    public static string? NameOf(string id)
    {
        foreach (var (mounted, path) in NamespaceFiles.Mounts())
        {
            if (mounted == id && Path.GetDirectoryName(path) is ("/run/netns" or "/var/run/netns"))
                return Path.GetFileName(path);
        }
        return null;
    }

    /// <summary>
    /// Whether it is mounted somewhere, or is that of another process. A process counts by its first thread; true in case of doubt. Reads /proc.
    /// </summary>
    public bool IsUsedByOthers()
    {
        try
        {
            if (_mark is null || NamespaceFiles.Mounts().Any(mount => mount.Id == _id))
                return true;
            var own = string.Create(CultureInfo.InvariantCulture, $"/proc/{Environment.ProcessId}");
            return NamespaceFiles.Processes().Any(process => process != own && NumberOf($"{process}/{Mark}") == _mark);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return true;
        }
    }

    private static unsafe ulong? NumberOf(string path)
    {
        StatX stat;
        return DirectoryCalls.Stat(DirectoryCalls.AT_FDCWD, path, 0, DirectoryCalls.STATX_BASIC_STATS, &stat) == 0 ? stat.Inode : null;
    }
}
