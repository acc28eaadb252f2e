namespace Tandem.Daemon.Writer;

/// <summary>The time that the brains are given: nanoseconds that never run backwards, from the origin that the rest of the process counts from.</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    private const long NanosecondsPerSecond = 1_000_000_000;

    /// <summary>How far the wall clock may drift off before it counts as set; below this the same moment always has the same time.</summary>
    private const long DriftBound = 20 * TimeSpan.TicksPerMillisecond;

    /// <summary>The longest between two readings of the clock for which a third between them is taken as simultaneous.</summary>
    private const long ReadingBound = NanosecondsPerSecond / 1000;

    // UTC, in ticks, at the origin of the monotonic time.
    private long _origin = OriginOf(time.GetUtcNow(), Nanoseconds(time));

    /// <summary>Monotonic nanoseconds.</summary>
    public long Now => Nanoseconds(time);

    /// <summary>
    /// The wall-clock time of a moment, by the wall clock of now: so that it stays right when the clock is set, and when the machine was
    /// suspended, which the monotonic time leaves out. Of a moment before a suspension it is late by that.
    /// </summary>
    public DateTimeOffset UtcOf(long nanoseconds)
    {
        var before = Now;
        var utc = time.GetUtcNow();
        // A thread that lost the processor between the two readings would see a clock that was set.
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
