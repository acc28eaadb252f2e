using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct iovec (bits/types/struct_iovec.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct IoVec
{
    public void* Base;
    public nuint Length;
}

/// <summary>struct msghdr of 64-bit Linux (bits/socket.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal unsafe struct MsgHdr
{
    public void* Name;
    public uint NameLength;
    public IoVec* Iov;
    public nuint IovLength;
    public void* Control;
    public nuint ControlLength;
    public int Flags;
}

/// <summary>struct cmsghdr of 64-bit Linux (bits/socket.h); data follow at once.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct CMsgHdr
{
    public nuint Length;
    public int Level;
    public int Type;
}

/// <summary>Sockets in general.</summary>
internal static unsafe partial class SocketCalls
{
    public const int AF_INET = 2;
    public const int AF_BRIDGE = 7;
    public const int AF_INET6 = 10;
    public const int AF_NETLINK = 16;
    public const int AF_PACKET = 17;
    public const int SOCK_DGRAM = 2;
    public const int SOCK_RAW = 3;
    public const int SOCK_CLOEXEC = Files.O_CLOEXEC;
    public const int SOCK_NONBLOCK = Files.O_NONBLOCK;
    public const int SOL_SOCKET = 1;
    public const int SO_SNDBUF = 7;
    public const int SO_RCVBUF = 8;
    public const int SO_PRIORITY = 12;
    public const int SO_RCVTIMEO = 20;
    public const int SO_DETACH_FILTER = 27;
    public const int SO_SNDBUFFORCE = 32;
    public const int SO_RCVBUFFORCE = 33;
    public const int SO_ATTACH_BPF = 50;
    public const int MSG_PEEK = 0x2;
    public const int MSG_TRUNC = 0x20;
    public const int MSG_DONTWAIT = 0x40;
    public const int MSG_CMSG_CLOEXEC = 0x4000_0000;

    // int socket(int domain, int type, int protocol);
    [LibraryImport("libc", SetLastError = true)]
    private static partial int socket(int domain, int type, int protocol);

    public static FileDescriptor Socket(int domain, int type, int protocol) => FileDescriptor.FromC(socket(domain, type, protocol));

    // int bind(int sockfd, const struct sockaddr *addr, socklen_t addrlen);
    [LibraryImport("libc", EntryPoint = "bind", SetLastError = true)]
    public static partial int Bind(FileDescriptor sockfd, void* addr, uint addrlen);

    // int getsockname(int sockfd, struct sockaddr *addr, socklen_t *addrlen);
    [LibraryImport("libc", EntryPoint = "getsockname", SetLastError = true)]
    public static partial int GetSockName(FileDescriptor sockfd, void* addr, uint* addrlen);

    // int setsockopt(int sockfd, int level, int optname, const void *optval, socklen_t optlen);
    [LibraryImport("libc", EntryPoint = "setsockopt", SetLastError = true)]
    public static partial int SetSockOpt(FileDescriptor sockfd, int level, int optname, void* optval, uint optlen);

    // int getsockopt(int sockfd, int level, int optname, void *optval, socklen_t *optlen);
    [LibraryImport("libc", EntryPoint = "getsockopt", SetLastError = true)]
    public static partial int GetSockOpt(FileDescriptor sockfd, int level, int optname, void* optval, uint* optlen);

    // ssize_t send(int sockfd, const void *buf, size_t len, int flags);
    [LibraryImport("libc", EntryPoint = "send", SetLastError = true)]
    public static partial nint Send(int sockfd, void* buf, nuint len, int flags);

    // ssize_t recv(int sockfd, void *buf, size_t len, int flags);
    [LibraryImport("libc", EntryPoint = "recv", SetLastError = true)]
    public static partial nint Receive(int sockfd, void* buf, nuint len, int flags);

    // ssize_t recvmsg(int sockfd, struct msghdr *msg, int flags);
    [LibraryImport("libc", EntryPoint = "recvmsg", SetLastError = true)]
    public static partial nint ReceiveMessage(int sockfd, MsgHdr* msg, int flags);

    public static LinuxResult SetOption(FileDescriptor socket, int level, int name, int value) =>
        SetSockOpt(socket, level, name, &value, sizeof(int)) < 0 ? LinuxResult.Last() : LinuxResult.Ok;

    /// <summary>
    /// Requests a large buffer. The FORCE options need CAP_NET_ADMIN in the initial user namespace; without it the sysctls
    /// net.core.rmem_max and wmem_max limit the size.
    /// </summary>
    public static void SetReceiveBuffer(FileDescriptor socket, int bytes)
    {
        if (!SetOption(socket, SOL_SOCKET, SO_RCVBUFFORCE, bytes).IsOk)
            SetOption(socket, SOL_SOCKET, SO_RCVBUF, bytes);
    }

    /// <inheritdoc cref="SetReceiveBuffer"/>
    public static void SetSendBuffer(FileDescriptor socket, int bytes)
    {
        if (!SetOption(socket, SOL_SOCKET, SO_SNDBUFFORCE, bytes).IsOk)
            SetOption(socket, SOL_SOCKET, SO_SNDBUF, bytes);
    }
}
