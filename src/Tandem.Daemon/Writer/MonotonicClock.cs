namespace Tandem.Daemon.Writer;

/// <summary>The clock of the brains: monotonic nanoseconds, with the same origin as in the rest of the process.</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>The deviation of the wall clock from which it counts as set; below it, the same moment always has the same wall-clock
    /// time.</summary>
    private const long DriftBound = 20 * TimeSpan.TicksPerMillisecond;

    /// <summary>Maximum time between two readings of the clock for which a third one between them counts as simultaneous.</summary>
    private const long ReadingBound = NanosecondsPerSecond / 1000;

    // UTC, in ticks, at the origin of the monotonic time.
    private long _origin = OriginOf(time.GetUtcNow(), Nanoseconds(time));

    /// <summary>Monotonic nanoseconds.</summary>
    public long Now => Nanoseconds(time);

    /// <summary>
    /// The wall-clock time of a moment, by the present wall clock. So it stays right when the clock is set, and after a suspension, which
    /// monotonic time leaves out. For moments before a suspension it is late by the length of the suspension.
    /// </summary>
    public DateTimeOffset UtcOf(long nanoseconds)
    {
        var before = Now;
        var utc = time.GetUtcNow();
        // If the thread loses the processor between the two readings, the clock seems to have been set.
        if (
            Now - before < ReadingBound
            && OriginOf(utc, before) is var origin
            && Math.Abs(origin - Volatile.Read(ref _origin)) > DriftBound
        )
            Volatile.Write(ref _origin, origin);
        return new DateTimeOffset(Volatile.Read(ref _origin) + nanoseconds / TimeSpan.NanosecondsPerTick, TimeSpan.Zero);
    }

    private static long OriginOf(DateTimeOffset utc, long nanoseconds) => utc.UtcTicks - nanoseconds / TimeSpan.NanosecondsPerTick;

    private static long Nanoseconds(TimeProvider time) =>
        time.TimestampFrequency == NanosecondsPerSecond
            ? time.GetTimestamp()
            : (long)((Int128)time.GetTimestamp() * NanosecondsPerSecond / time.TimestampFrequency);
}
