using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>struct timespec of 64-bit Linux (time.h).</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct TimeSpec
{
    public long Seconds;
    public long Nanoseconds;
}

/// <summary>Clocks that .NET does not read.</summary>
internal static unsafe partial class ClockCalls
{
    /// <summary>Time since the boot, suspensions included.</summary>
    public const int CLOCK_BOOTTIME = 7;

    // int clock_gettime(clockid_t clockid, struct timespec *tp);
    [LibraryImport("libc", EntryPoint = "clock_gettime", SetLastError = true)]
    public static partial int GetTime(int clock, TimeSpec* time);
}
