using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>The process as a whole, and descriptors handed to another one.</summary>
internal static unsafe partial class Processes
{
    public const int F_SETFD = 2;
    public const int F_DUPFD_CLOEXEC = 1030;
    public const int FD_CLOEXEC = 1;

    /// <summary>Lowest number for duplicated descriptors: none takes the place of a closed standard stream.</summary>
    public const int FirstFree = 3;
    public const int X_OK = 1;
    public const int SCM_RIGHTS = 1;

    // int execve(const char *pathname, char *const argv[], char *const envp[]);
    [LibraryImport("libc", EntryPoint = "execve", SetLastError = true)]
    public static partial int Execute(byte* pathname, byte** argv, byte** envp);

    // int access(const char *pathname, int mode);
    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string pathname, int mode);

    // mode_t umask(mode_t mask);
    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint SetFileMask(uint mask);

    // int fcntl(int fd, int cmd, int arg); a variadic function, which takes its third argument like any other on x86-64 and on arm64.
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Control(int fd, int command, int argument);

    // ssize_t sendmsg(int sockfd, const struct msghdr *msg, int flags);
    [LibraryImport("libc", EntryPoint = "sendmsg", SetLastError = true)]
    public static partial nint SendMessage(int sockfd, MsgHdr* message, int flags);

    // ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags);
    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(int sockfd, MsgHdr* message, int flags);
}
