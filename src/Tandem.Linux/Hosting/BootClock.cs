using Tandem.Linux.Native;

namespace Tandem.Linux.Hosting;

/// <summary>The time since the boot. It goes on while the machine is suspended, nobody can set it, and all processes of a boot share it.</summary>
public static unsafe class BootClock
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>Nanoseconds since the boot.</summary>
    public static long Now
    {
        get
        {
            TimeSpec time = default;
            return ClockCalls.GetTime(ClockCalls.CLOCK_BOOTTIME, &time) == 0
                ? time.Seconds * NanosecondsPerSecond + time.Nanoseconds
                : throw new InvalidOperationException(LinuxResult.Last("CLOCK_BOOTTIME").ToString());
        }
    }
}
