using System.Globalization;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Tandem.Linux.Native;

namespace Tandem.Linux;

/// <summary>Gives files to groups. The base class library can set a file's mode, but not its group.</summary>
public static partial class FileGroup
{
    private const uint LeaveOwner = uint.MaxValue;

    /// <summary>Gives a file to a group. Returns false, and leaves the file, if there is no such group or no right to do so.</summary>
    public static bool Set(SafeFileHandle file, string group) =>
        Find(File.Exists("/etc/group") ? File.ReadLines("/etc/group") : [], group) is { } id
        && FChownAt((int)file.DangerousGetHandle(), "", LeaveOwner, id, DirectoryCalls.AT_EMPTY_PATH) == 0;

    /// <summary>Finds a group's number in the lines of /etc/group (<c>name:password:number:users</c>).</summary>
    internal static uint? Find(IEnumerable<string> lines, string group)
    {
        foreach (var line in lines)
        {
            if (
                line.Split(':') is [var name, _, var number, ..]
                && name == group
                && uint.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var id)
            )
                return id;
        }
        return null;
    }

    // int fchownat(int dirfd, const char *pathname, uid_t owner, gid_t group, int flags); with an empty path it takes a handle of O_PATH too.
    [LibraryImport("libc", EntryPoint = "fchownat", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int FChownAt(int directory, string pathname, uint owner, uint group, int flags);
}
