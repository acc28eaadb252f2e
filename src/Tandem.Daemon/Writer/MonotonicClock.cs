namespace Tandem.Daemon.Writer;

/// <summary>The time that the brains are given: nanoseconds that never run backwards, from the origin that the rest of the process counts from.</summary>
internal sealed class MonotonicClock(TimeProvider time)
{
    private const long NanosecondsPerSecond = 1_000_000_000;
    private readonly long _start = Nanoseconds(time);
    private readonly DateTimeOffset _startUtc = time.GetUtcNow();

    /// <summary>Monotonic nanoseconds.</summary>
    public long Now => Nanoseconds(time);

    /// <summary>The wall-clock time of a moment, leaving out what was done to the wall clock since the start.</summary>
    public DateTimeOffset UtcOf(long nanoseconds) => _startUtc.AddTicks((nanoseconds - _start) / TimeSpan.NanosecondsPerTick);

    private static long Nanoseconds(TimeProvider time) =>
        time.TimestampFrequency == NanosecondsPerSecond
            ? time.GetTimestamp()
            : (long)((Int128)time.GetTimestamp() * NanosecondsPerSecond / time.TimestampFrequency);
}
