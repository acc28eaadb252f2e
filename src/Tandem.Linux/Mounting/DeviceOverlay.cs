using System.Globalization;
using Tandem.Linux.Native;

namespace Tandem.Linux.Mounting;

/// <summary>
/// A read-only overlay over the folder of an interface in /sys/devices: the kernel's files, and ours beside them. It follows a rename of the interface, and
/// goes with it.
/// </summary>
public sealed class DeviceOverlay : IDisposable
{
    private readonly FileDescriptor _device;
    private readonly string _source;
    private FileDescriptor? _mount;

    private DeviceOverlay(FileDescriptor device, string source) => (_device, _source) = (device, source);

    /// <summary>Holds the folder of an interface, where nothing is mounted yet.</summary>
    /// <param name="folder">The folder, below /sys/devices.</param>
    /// <param name="source">What mounts of it are called in the table of mounts.</param>
    public static LinuxResult<DeviceOverlay> Of(string folder, string source)
    {
        var device = OpenFolder(folder);
        return device.IsInvalid ? new(null, LinuxResult.Last(folder)) : new(new DeviceOverlay(device, source));
    }

    /// <summary>Mounts, in the place of an earlier layer.</summary>
    /// <param name="layer">A folder with what is to appear in that of the interface. It must not change while it is mounted.</param>
    /// <param name="folders">Empty folders of the layer, with what is mounted there: folders whose content may change.</param>
    public LinuxResult Put(string layer, IEnumerable<KeyValuePair<string, string>> folders)
    {
        using var ours = OpenFolder(layer);
        if (ours.IsInvalid)
            return LinuxResult.Last(layer);
        var made = Make(ours);
        if (made.Value is not { } mount)
            return made.Error;
        // The kernel lays the new one over the interface's own folder, which the earlier one hides.
        Remove();
        _mount = mount;
        var put = Mounts.MoveTo(mount, DirectoryCalls.AT_FDCWD, PathOf(_device), Mounts.MOVE_MOUNT_T_SYMLINKS);
        foreach (var (name, content) in folders)
        {
            if (put.IsOk)
                put = Bind(content, mount, name);
        }
        if (!put.IsOk)
            Remove();
        return put;
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        Remove();
        _device.Dispose();
    }

    // By descriptors in the place of paths: those of devices have colons, which overlayfs takes for separators.
    private LinuxResult<FileDescriptor> Make(FileDescriptor ours)
    {
        using var context = Mounts.FsOpen(MountSupport.Overlay);
        if (context.IsInvalid)
            return new(null, LinuxResult.Last(MountSupport.Overlay));
        var result = Mounts.Configure(context, Mounts.FSCONFIG_SET_STRING, "source", _source);
        if (result.IsOk)
            result = Mounts.Configure(context, Mounts.FSCONFIG_SET_STRING, "lowerdir", $"{PathOf(ours)}:{PathOf(_device)}");
        if (result.IsOk)
            result = Mounts.Configure(context, Mounts.FSCONFIG_SET_FLAG, "ro", null);
        if (result.IsOk)
            result = Mounts.Configure(context, Mounts.FSCONFIG_CMD_CREATE, null, null);
        if (!result.IsOk)
            return new(null, result);
        const int Attributes = Mounts.MOUNT_ATTR_RDONLY | Mounts.MOUNT_ATTR_NOSUID | Mounts.MOUNT_ATTR_NODEV | Mounts.MOUNT_ATTR_NOEXEC;
        var mount = Mounts.FsMount(context, Attributes);
        return mount.IsInvalid ? new(null, LinuxResult.Last(MountSupport.Overlay)) : new(mount);
    }

    private static LinuxResult Bind(string content, FileDescriptor mount, string name)
    {
        using var tree = Mounts.OpenTree(DirectoryCalls.AT_FDCWD, content, Mounts.OPEN_TREE_CLONE | Mounts.OPEN_TREE_CLOEXEC);
        if (tree.IsInvalid)
            return LinuxResult.Last(content);
        var moved = Mounts.MoveTo(tree, mount.Number, name, 0);
        // The overlay is read-only, and what is mounted in it is not.
        return moved.IsOk ? Mounts.ForbidWriting(PathOf(tree)) : moved;
    }

    // Also removes the mounts inside the overlay. If the interface is gone, the kernel has removed the overlay already.
    private void Remove()
    {
        if (_mount is null)
            return;
        Mounts.Unmount(PathOf(_mount), Mounts.MNT_DETACH);
        _mount.Dispose();
        _mount = null;
    }

    private static FileDescriptor OpenFolder(string path) => Files.Open(path, Mounts.O_PATH | DirectoryCalls.O_DIRECTORY | Files.O_CLOEXEC);

    private static string PathOf(FileDescriptor descriptor) =>
        string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{descriptor.Number}");
}
