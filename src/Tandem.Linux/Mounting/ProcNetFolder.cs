using System.Globalization;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Linux.Mounting;

/// <summary>
/// /proc/net, which is a symbolic link to self/net. Another link is mounted over it, to a folder of links into self/net and what else there is to be. So
/// each process goes on to see the files of its own network namespace. The folder is mounted in /proc, too: containers that get the host's /proc at
/// another place get all of it.
/// </summary>
public static class ProcNetFolder
{
    /// <summary>What the link that is mounted over /proc/net leads to.</summary>
    public const string LinkTarget = "tty/ldisc";

    /// <summary>What a link in the folder begins with.</summary>
    public const string ToOwnFiles = "../../self/net/";

    private const string Place = "/proc/net";

    // Empty since Linux 3.0, and kept for those who know it.
    private const string Ground = "/proc/" + LinkTarget;

    /// <summary>Mounts.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="link">The link to it.</param>
    public static LinuxResult Put(string folder, string link)
    {
        if (new FileInfo(Place).LinkTarget is null)
            return new LinuxResult(Errno.EINVAL, $"{Place} is no symbolic link here");
        if (!Directory.Exists(Ground) || Directory.EnumerateFileSystemEntries(Ground).Any())
            return new LinuxResult(Errno.EINVAL, $"{Ground} is no empty folder here");
        var put = Bind(folder, Ground, 0);
        if (put.IsOk)
            put = Bind(link, Place, Mounts.AT_SYMLINK_NOFOLLOW);
        if (!put.IsOk)
            Remove();
        return put;
    }

    /// <summary>Mounts a folder in the folder, in the place of an earlier one.</summary>
    /// <param name="name">An empty folder in the folder.</param>
    /// <param name="content">What is to be there.</param>
    public static LinuxResult Fill(string name, string content)
    {
        var place = PathIn(name);
        Mounts.Unmount(place, Mounts.MNT_DETACH);
        return Bind(content, place, 0);
    }

    /// <summary>Where a name of the folder is.</summary>
    public static string PathIn(string name) => $"{Ground}/{name}";

    /// <summary>Removes all that was mounted last.</summary>
    public static void Remove()
    {
        Mounts.Unmount(Place, Mounts.MNT_DETACH | Mounts.UMOUNT_NOFOLLOW);
        Mounts.Unmount(Ground, Mounts.MNT_DETACH);
    }

    /// <summary>Whether it is mounted, of a folder or a link whose path has this part.</summary>
    internal static bool IsMounted(string part) =>
        MountTable.Read().Any(mount => mount.Path is Place or Ground && mount.Root.Contains(part, StringComparison.Ordinal));

    private static LinuxResult Bind(string from, string to, int flags)
    {
        const int Clone = Mounts.OPEN_TREE_CLONE | Mounts.OPEN_TREE_CLOEXEC;
        using var tree = Mounts.OpenTree(DirectoryCalls.AT_FDCWD, from, Clone | flags);
        if (tree.IsInvalid)
            return LinuxResult.Last(from);
        var moved = Mounts.MoveTo(tree, DirectoryCalls.AT_FDCWD, to, 0);
        // A link cannot be written to.
        return moved.IsOk && flags == 0
            ? Mounts.ForbidWriting(string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{tree.Number}"))
            : moved;
    }
}
