using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>
/// Mounts by descriptors, of which no path can be redirected meanwhile (Linux 5.2). By system calls: glibc has them since 2.36. Their numbers are the same on all architectures.
/// </summary>
internal static unsafe partial class Mounts
{
    public const int O_PATH = 0x200000;

    public const int AT_SYMLINK_NOFOLLOW = 0x100;

    public const int OPEN_TREE_CLONE = 1;
    public const int OPEN_TREE_CLOEXEC = Files.O_CLOEXEC;

    public const int MOVE_MOUNT_F_EMPTY_PATH = 0x4;
    public const int MOVE_MOUNT_T_SYMLINKS = 0x10;

    public const int FSOPEN_CLOEXEC = 1;
    public const int FSMOUNT_CLOEXEC = 1;
    public const int FSCONFIG_SET_FLAG = 0;
    public const int FSCONFIG_SET_STRING = 1;
    public const int FSCONFIG_CMD_CREATE = 6;

    public const int MOUNT_ATTR_RDONLY = 1;
    public const int MOUNT_ATTR_NOSUID = 2;
    public const int MOUNT_ATTR_NODEV = 4;
    public const int MOUNT_ATTR_NOEXEC = 8;

    public const nint MS_RDONLY = 1;
    public const nint MS_NOSUID = 2;
    public const nint MS_NODEV = 4;
    public const nint MS_NOEXEC = 8;
    public const nint MS_REMOUNT = 32;
    public const nint MS_BIND = 4096;

    public const int MNT_DETACH = 2;
    public const int UMOUNT_NOFOLLOW = 8;

    private const nint OpenTreeNumber = 428;
    private const nint MoveMountNumber = 429;
    private const nint FsOpenNumber = 430;
    private const nint FsConfigNumber = 431;
    private const nint FsMountNumber = 432;

    /// <summary>A copy of a mount, or of a part of one, that is mounted nowhere yet.</summary>
    public static FileDescriptor OpenTree(int directory, string path, int flags) =>
        FileDescriptor.FromC((int)open_tree(OpenTreeNumber, directory, path, flags));

    /// <summary>Mounts what a descriptor has at a path.</summary>
    public static LinuxResult MoveTo(FileDescriptor mount, int directory, string path, int flags) =>
        move_mount(MoveMountNumber, mount.Number, "", directory, path, MOVE_MOUNT_F_EMPTY_PATH | flags) < 0
            ? LinuxResult.Last(path)
            : LinuxResult.Ok;

    /// <summary>Begins to make a file system.</summary>
    public static FileDescriptor FsOpen(string name) => FileDescriptor.FromC((int)fsopen(FsOpenNumber, name, FSOPEN_CLOEXEC));

    /// <summary>Sets a parameter, or makes the file system.</summary>
    public static LinuxResult Configure(FileDescriptor context, int command, string? key, string? value) =>
        fsconfig(FsConfigNumber, context.Number, command, key, value, 0) < 0 ? LinuxResult.Last(key) : LinuxResult.Ok;

    /// <summary>A mount of the file system that was made.</summary>
    public static FileDescriptor FsMount(FileDescriptor context, int attributes) =>
        FileDescriptor.FromC((int)fsmount(FsMountNumber, context.Number, FSMOUNT_CLOEXEC, attributes));

    /// <summary>Lets nobody write through a mount, whatever it is a mount of.</summary>
    public static LinuxResult ForbidWriting(string path) =>
        mount(null, path, null, MS_REMOUNT | MS_BIND | MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC, 0) < 0
            ? LinuxResult.Last(path)
            : LinuxResult.Ok;

    /// <summary>Unmounts.</summary>
    public static LinuxResult Unmount(string path, int flags) => umount2(path, flags) < 0 ? LinuxResult.Last(path) : LinuxResult.Ok;

    // int open_tree(int dirfd, const char *filename, unsigned int flags);
    // long syscall(long number, ...);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint open_tree(nint number, nint directory, string path, nint flags);

    // int move_mount(int from_dirfd, const char *from_pathname, int to_dirfd, const char *to_pathname, unsigned int flags);
    // long syscall(long number, ...);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint move_mount(nint number, nint from, string fromPath, nint to, string toPath, nint flags);

    // int fsopen(const char *fsname, unsigned int flags);
    // long syscall(long number, ...);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fsopen(nint number, string name, nint flags);

    // int fsconfig(int fd, unsigned int cmd, const char *key, const void *value, int aux);
    // long syscall(long number, ...);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial nint fsconfig(nint number, nint context, nint command, string? key, string? value, nint aux);

    // int fsmount(int fsfd, unsigned int flags, unsigned int attr_flags);
    // long syscall(long number, ...);
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint fsmount(nint number, nint context, nint flags, nint attributes);

    // int mount(const char *source, const char *target, const char *filesystemtype, unsigned long mountflags, const void *data);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int mount(string? source, string target, string? type, nint flags, nint data);

    // int umount2(const char *target, int flags);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int umount2(string target, int flags);
}
