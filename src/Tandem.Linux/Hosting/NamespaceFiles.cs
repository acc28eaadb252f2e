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
    public static IEnumerable<(string Id, string Path)> Mounts() => Mounts(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads the mounts of network namespaces from the lines of a mountinfo (proc(5)).</summary>
    internal static IEnumerable<(string Id, string Path)> Mounts(IEnumerable<string> mountinfo)
    {
        foreach (var line in mountinfo)
        {
            if (line.Split(' ') is [_, _, _, var root, var path, ..] && root.StartsWith(Kind, StringComparison.Ordinal))
                yield return (root, Unescaped(path));
        }
    }

    /// <summary>The folders of all processes.</summary>
    public static IEnumerable<string> Processes() => Directory.EnumerateDirectories("/proc").Where(path => char.IsAsciiDigit(path[^1]));

    // Space, tab, line feed and backslash stand as three octal digits after a backslash.
    private static string Unescaped(string path)
    {
        if (!path.Contains('\\', StringComparison.Ordinal))
            return path;
        foreach (
            var (code, character) in (ReadOnlySpan<(string, string)>)[("\\040", " "), ("\\011", "\t"), ("\\012", "\n"), ("\\134", "\\")]
        )
            path = path.Replace(code, character, StringComparison.Ordinal);
        return path;
    }
}
