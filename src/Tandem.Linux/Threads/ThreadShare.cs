using Tandem.Linux.Native;

namespace Tandem.Linux.Threads;

/// <summary>The share of processor time of a thread.</summary>
public static unsafe class ThreadShare
{
    /// <summary>
    /// About three times the share of a thread of another program, and a shorter delay at wake-up. Not more, since requests of users run
    /// on this thread too. No real-time priority: the thread would run before the kernel's own threads, and would block the service's
    /// threads that it waits for (the garbage collector, owners of locks).
    /// </summary>
    private const int Nice = -5;

    /// <summary>
    /// Raises the calling thread's share, not that of threads it starts later. False if not permitted: needs CAP_SYS_NICE or a limit
    /// (RLIMIT_NICE).
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
