using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct sched_attr (linux/sched/types.h), the first version, which all kernels since 3.14 know.</summary>
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

/// <summary>How the kernel shares its processors among threads.</summary>
internal static unsafe partial class Scheduling
{
    public const uint SCHED_OTHER = 0;
    public const ulong SCHED_FLAG_RESET_ON_FORK = 1;

    /// <summary>The C library has no function for it before glibc 2.41.</summary>
    public static nint SetAttributes(int thread, SchedAttr* attributes) =>
        SystemCall(RuntimeInformation.ProcessArchitecture == Architecture.Arm64 ? 274 : 314, thread, attributes, 0);

    // long syscall(long number, ...); here sched_setattr(pid_t pid, struct sched_attr *attr, unsigned int flags).
    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint SystemCall(nint number, nint thread, SchedAttr* attributes, nuint flags);
}
