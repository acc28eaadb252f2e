namespace Tandem.Linux.Hosting;

/// <summary>A mount of this process's mount namespace.</summary>
/// <param name="Root">The part of its file system that is mounted.</param>
/// <param name="Path">Where it is.</param>
/// <param name="FileSystem">The kind of the file system.</param>
/// <param name="Source">What it was made of.</param>
public sealed record MountLine(string Root, string Path, string FileSystem, string Source);

/// <summary>Reads /proc/self/mountinfo (proc(5)).</summary>
public static class MountTable
{
    /// <summary>All mounts, in the order in which they were made.</summary>
    public static IEnumerable<MountLine> Read() => Read(File.ReadLines("/proc/self/mountinfo"));

    /// <summary>Reads lines; those that are not understood are left out.</summary>
    public static IEnumerable<MountLine> Read(IEnumerable<string> mountinfo)
    {
        foreach (var line in mountinfo)
        {
            var fields = line.Split(' ');
            // Some optional fields end with a dash.
            var end = Array.IndexOf(fields, "-");
            if (end >= 5 && fields.Length > end + 2)
                yield return new MountLine(fields[3], Unescaped(fields[4]), fields[end + 1], Unescaped(fields[end + 2]));
        }
    }

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
