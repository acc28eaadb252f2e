using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>Sets the group of files, for which .NET has no method.</summary>
public static class FileGroup
{
    /// <summary>Sets a file's group. False, without a change, if the group does not exist or the right is missing.</summary>
    public static bool Set(SafeFileHandle file, string group) =>
        Find(File.Exists("/etc/group") ? File.ReadLines("/etc/group") : [], group) is { } id
        && DirectoryCalls.ChangeOwnerAt((int)file.DangerousGetHandle(), "", DirectoryCalls.SameOwner, id, DirectoryCalls.AT_EMPTY_PATH)
            == 0;

    /// <summary>Finds a group's ID in the lines of /etc/group (<c>name:password:number:users</c>).</summary>
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
}
