using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>Network namespaces (sched.h).</summary>
internal static partial class Namespaces
{
    public const int CLONE_NEWNET = 0x4000_0000;

    /// <summary>ioctl: the kind of a namespace, as its CLONE flag (linux/nsfs.h).</summary>
    public const int NS_GET_NSTYPE = 0xb703;

    // int setns(int fd, int nstype);
    [LibraryImport("libc", EntryPoint = "setns", SetLastError = true)]
    public static partial int SetNamespace(FileDescriptor fd, int type);
}
