using Tandem.Linux.Native;

namespace Tandem.Linux.Threads;

/// <summary>What a thread gets of the processors when others want them too.</summary>
public static unsafe class ThreadShare
{
    /// <summary>
    /// About three times the share of a thread of another program, and sooner when it wakes up. Not more, since requests of users run on it
    /// too; and no real-time priority: it would stand before the kernel's own threads, and what waits for a thread of the service that is
    /// not running (the garbage collector, a lock) would keep that one from running.
    /// </summary>
    private const int Nice = -5;

    /// <summary>
    /// Raises the calling thread's share, not that of threads that it starts. False where that is not allowed: CAP_SYS_NICE or a limit
    /// (RLIMIT_NICE) that permits it is needed.
    /// </summary>
    public static bool Raise()
    {
        var attributes = new SchedAttr
        {
            Size = (uint)sizeof(SchedAttr),
            Policy = Scheduling.SCHED_OTHER,
            Flags = Scheduling.SCHED_FLAG_RESET_ON_FORK,
            Nice = Nice,
        };
        return Scheduling.SetAttributes(0, &attributes) == 0;
    }
}
