using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>The beginning of struct statx (linux/stat.h), which is 256 bytes long.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatX
{
    [FieldOffset(16)]
    public uint Links;

    [FieldOffset(20)]
    public uint Owner;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}

/// <summary>System calls on files by name in an open directory. Users who may write in a parent directory cannot replace that
/// directory.</summary>
internal static unsafe partial class DirectoryCalls
{
    public const int O_WRONLY = 1;
    public const int O_CREAT = 0x40;
    public const int O_EXCL = 0x80;

    public const int AT_FDCWD = -100;
    public const int AT_EMPTY_PATH = 0x1000;

    /// <summary>In the place of an owner or a group: leave it as it is.</summary>
    public const uint SameOwner = uint.MaxValue;

    public const uint STATX_BASIC_STATS = 0x7ff;

    /// <summary>S_IFMT: the mode bits of the file type.</summary>
    public const ushort S_IFMT = 0xf000;
    public const ushort S_IFREG = 0x8000;

    public const int LOCK_EX = 2;
    public const int LOCK_NB = 4;

    /// <summary>These two differ between architectures (asm/fcntl.h).</summary>
    public static readonly int O_DIRECTORY = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x4000 : 0x10000;
    public static readonly int O_NOFOLLOW = RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 0x8000 : 0x20000;

    // int openat(int dirfd, const char *pathname, int flags, mode_t mode); variadic, with the fourth argument like any other on x86-64 and arm64.
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int OpenAt(int directory, string pathname, int flags, uint mode);

    // int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf);
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(int directory, string pathname, int flags, uint mask, StatX* result);

    // int renameat(int olddirfd, const char *oldpath, int newdirfd, const char *newpath);
    [LibraryImport("libc", EntryPoint = "renameat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int RenameAt(int oldDirectory, string oldPath, int newDirectory, string newPath);

    // int unlinkat(int dirfd, const char *pathname, int flags);
    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int UnlinkAt(int directory, string pathname, int flags);

    // int fchownat(int dirfd, const char *pathname, uid_t owner, gid_t group, int flags); with an empty path it takes a handle of O_PATH too.
    [LibraryImport("libc", EntryPoint = "fchownat", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwnerAt(int directory, string pathname, uint owner, uint group, int flags);

    // int flock(int fd, int operation);
    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Lock(int fd, int operation);

    // uid_t geteuid(void);
    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();
}
