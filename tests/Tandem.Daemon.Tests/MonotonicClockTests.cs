using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Tests;

public sealed class MonotonicClockTests
{
    private static readonly DateTimeOffset Start = new(2026, 1, 2, 3, 4, 5, TimeSpan.Zero);

    [Theory]
    [InlineData(0)]
    [InlineData(3600)]
    [InlineData(-3600)]
    [InlineData(800_000_000)]
    public void An_event_has_the_time_of_the_wall_clock_when_it_was_set_and_after_a_suspension(int seconds)
    {
        var time = new TwoClocks { Utc = Start, Monotonic = TimeSpan.FromSeconds(1000) };
        var clock = new MonotonicClock(time);
        time.Pass(TimeSpan.FromSeconds(10));
        // The wall clock is set, or it advances while the monotonic clock stands still (suspend).
        time.Utc += TimeSpan.FromSeconds(seconds);
        var happened = clock.Now;
        Assert.Equal(time.Utc, clock.UtcOf(happened));
        time.Pass(TimeSpan.FromSeconds(5));
        Assert.Equal(time.Utc - TimeSpan.FromSeconds(5), clock.UtcOf(happened));
    }

    [Fact]
    public void A_moment_keeps_its_time_while_the_wall_clock_is_only_trimmed()
    {
        var time = new TwoClocks { Utc = Start, Monotonic = TimeSpan.FromSeconds(1000) };
        var clock = new MonotonicClock(time);
        var happened = clock.Now;
        time.Utc += TimeSpan.FromMilliseconds(15);
        Assert.Equal(Start, clock.UtcOf(happened));
    }

    private sealed class TwoClocks : TimeProvider
    {
        public DateTimeOffset Utc { get; set; }

        public TimeSpan Monotonic { get; set; }

        public override long TimestampFrequency => TimeSpan.TicksPerSecond;

        public override DateTimeOffset GetUtcNow() => Utc;

        public override long GetTimestamp() => Monotonic.Ticks;

        public void Pass(TimeSpan span) => (Utc, Monotonic) = (Utc + span, Monotonic + span);
    }
}
