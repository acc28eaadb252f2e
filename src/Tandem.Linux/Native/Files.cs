using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct pollfd (poll.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct PollFd
{
    public int Fd;
    public short Events;
    public short Revents;
}

/// <summary>File descriptors in general: open, read, write, poll, eventfd.</summary>
internal static unsafe partial class Files
{
    public const int O_RDONLY = 0;
    public const int O_RDWR = 2;
    public const int O_NONBLOCK = 0x800;
    public const int O_CLOEXEC = 0x80000;
    public const short POLLIN = 1;
    public const int EFD_CLOEXEC = O_CLOEXEC;
    public const int EFD_NONBLOCK = O_NONBLOCK;

    // int open(const char *pathname, int flags);
    [LibraryImport("libc", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int open(string pathname, int flags);

    public static FileDescriptor Open(string pathname, int flags) => FileDescriptor.FromC(open(pathname, flags));

    // int close(int fd);
    [LibraryImport("libc")]
    public static partial int close(int fd);

    // ssize_t read(int fd, void *buf, size_t count);
    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(int fd, void* buf, nuint count);

    // ssize_t write(int fd, const void *buf, size_t count);
    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(int fd, void* buf, nuint count);

    // ssize_t writev(int fd, const struct iovec *iov, int iovcnt);
    [LibraryImport("libc", EntryPoint = "writev", SetLastError = true)]
    public static partial nint WriteParts(int fd, IoVec* iov, int iovcnt);

    // int poll(struct pollfd *fds, nfds_t nfds, int timeout);
    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(PollFd* fds, nuint nfds, int timeout);

    // int eventfd(unsigned int initval, int flags);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int eventfd(uint initval, int flags);

    public static FileDescriptor EventFd(uint initval, int flags) => FileDescriptor.FromC(eventfd(initval, flags));

    // int ioctl(int fd, unsigned long request, void *argp);
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Ioctl(FileDescriptor fd, nuint request, void* argp);

    // int ioctl(int fd, unsigned long request, unsigned long arg);
    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int IoctlValue(FileDescriptor fd, nuint request, nuint arg);
}
