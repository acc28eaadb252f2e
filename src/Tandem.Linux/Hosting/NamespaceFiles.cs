using System.Globalization;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>Files that show network namespaces: their mounts, and those of processes in /proc.</summary>
internal static class NamespaceFiles
{
    private const string Kind = "net:[";

    /// <summary>The kernel's name for the namespace of a descriptor; null if it is not that of a network namespace.</summary>
    public static unsafe string? IdOf(FileDescriptor descriptor)
    {
        StatX file,
            own;
        const uint Mask = DirectoryCalls.STATX_BASIC_STATS;
        // The link of an open file is no help: it shows where a namespace is mounted. Another file system may take the request for one of its own.
        if (
            DirectoryCalls.Stat(descriptor.Number, "", DirectoryCalls.AT_EMPTY_PATH, Mask, &file) != 0
            || DirectoryCalls.Stat(DirectoryCalls.AT_FDCWD, "/proc/thread-self/ns/net", 0, Mask, &own) != 0
            || (file.DeviceMajor, file.DeviceMinor) != (own.DeviceMajor, own.DeviceMinor)
            || Files.IoctlValue(descriptor, Namespaces.NS_GET_NSTYPE, 0) != Namespaces.CLONE_NEWNET
        )
            return null;
        return string.Create(CultureInfo.InvariantCulture, $"{Kind}{file.Inode}]");
    }

    /// <summary>The target of a link, as text; null if it cannot be read.</summary>
    public static string? TargetOf(string path)
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

    /// <summary>Where network namespaces are mounted: the name of each with its path.</summary>
    public static IEnumerable<(string Id, string Path)> Mounts() =>
        MountTable.Read().Where(mount => mount.Root.StartsWith(Kind, StringComparison.Ordinal)).Select(mount => (mount.Root, mount.Path));

    /// <summary>The folders of all processes.</summary>
    public static IEnumerable<string> Processes() => Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1]));
}
