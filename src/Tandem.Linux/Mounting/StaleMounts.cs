using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Linux.Mounting;

/// <summary>Mounts that a process left which could not remove them.</summary>
public static class StaleMounts
{
    /// <summary>Removes all overlays of a source; how many there were.</summary>
    public static int RemoveOverlays(string source)
    {
        var paths = MountTable
            .Read()
            .Where(mount => mount.FileSystem == MountSupport.Overlay && mount.Source == source)
            .Select(mount => mount.Path)
            .Reverse()
            .ToList();
        return paths.Count(path => Mounts.Unmount(path, Mounts.MNT_DETACH).IsOk);
    }

    /// <summary>Removes from /proc what was made of a folder; whether there was something.</summary>
    /// <param name="folder">A folder whose name no other file has.</param>
    public static bool RemoveFolder(string folder)
    {
        // The table has paths of the file system on which it is, which may be mounted anywhere.
        var part = $"/{Path.GetFileName(Path.GetDirectoryName(folder))}/{Path.GetFileName(folder)}/";
        var isThere = ProcNetFolder.IsMounted(part);
        while (ProcNetFolder.IsMounted(part))
            ProcNetFolder.Remove();
        return isThere;
    }
}
