using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>News of directories (sys/inotify.h).</summary>
internal static partial class Watches
{
    public const int IN_NONBLOCK = Files.O_NONBLOCK;
    public const int IN_CLOEXEC = Files.O_CLOEXEC;

    public const uint IN_MOVED_FROM = 0x40;
    public const uint IN_MOVED_TO = 0x80;
    public const uint IN_CREATE = 0x100;
    public const uint IN_DELETE = 0x200;
    public const uint IN_DELETE_SELF = 0x400;
    public const uint IN_ONLYDIR = 0x0100_0000;

    // int inotify_init1(int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int inotify_init1(int flags);

    public static FileDescriptor Open(int flags) => FileDescriptor.FromC(inotify_init1(flags));

    // int inotify_add_watch(int fd, const char *pathname, uint32_t mask);
    [LibraryImport("libc", EntryPoint = "inotify_add_watch", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Add(int fd, string pathname, uint mask);
}
