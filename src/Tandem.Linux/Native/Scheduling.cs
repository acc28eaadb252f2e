using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct sched_attr (linux/sched/types.h), first version, for all kernels since 3.14.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct SchedAttr
{
    public uint Size;
    public uint Policy;
    public ulong Flags;
    public int Nice;
    public uint Priority;
    public ulong Runtime;
    public ulong Deadline;
    public ulong Period;
}

/// <summary>Scheduling of threads.</summary>
internal static unsafe partial class Scheduling
{
    public const uint SCHED_OTHER = 0;
    public const ulong SCHED_FLAG_RESET_ON_FORK = 1;

    /// <summary>A system call, since glibc has no function for it before 2.41.</summary>
    public static nint SetAttributes(int thread, SchedAttr* attributes) =>
        SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 274 : 314, thread, attributes, 0);

    // long syscall(long number, ...); here sched_setattr(pid_t pid, struct sched_attr *attr, unsigned int flags).
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint thread, SchedAttr* attributes, nuint flags);
}
