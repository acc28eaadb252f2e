using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Tandem.Config.Disk;

/// <summary>The beginning of struct statx (linux/stat.h), which is 256 bytes long.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatX
{
    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(128)]
    public uint DeviceMajor;

    [FieldOffset(132)]
    public uint DeviceMinor;
}

/// <summary>System calls that .NET lacks: what kind of file this is, without opening it, and flushing a directory.</summary>
internal static unsafe partial class FileCalls
{
    public const int O_RDONLY = 0;
    public const int O_CLOEXEC = 0x80000;

    /// <summary>Opens the place, not the file: neither waits for a writer of a FIFO, nor touches a device.</summary>
    public const int O_PATH = 0x200000;

    public const int AT_EMPTY_PATH = 0x1000;
    public const uint STATX_TYPE = 1;

    public const ushort S_IFMT = 0xf000;
    public const ushort S_IFIFO = 0x1000;
    public const ushort S_IFCHR = 0x2000;
    public const ushort S_IFDIR = 0x4000;
    public const ushort S_IFBLK = 0x6000;
    public const ushort S_IFREG = 0x8000;

    /// <summary>Opens a file; on failure the handle is invalid, and the error is the runtime's last one.</summary>
    public static SafeFileHandle Open(string path, int flags) => new(open(path, flags), ownsHandle: true);

    // int open(const char *pathname, int flags);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags);

    // int statx(int dirfd, const char *pathname, int flags, unsigned int mask, struct statx *statxbuf);
    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Stat(SafeFileHandle directory, string pathname, int flags, uint mask, StatX* result);

    // int fsync(int fd);
    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Flush(SafeFileHandle file);
}
