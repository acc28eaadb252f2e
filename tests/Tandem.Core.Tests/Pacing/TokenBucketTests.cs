using Tandem.Core.Pacing;
using Xunit;

namespace Tandem.Core.Tests.Pacing;

public class TokenBucketTests
{
    private const int Burst = 3;
    private const long Interval = 10 * Clock.Millisecond;

    private TokenBucket _bucket;

    [Theory]
    [InlineData(0)]
    [InlineData(5 * Clock.Second)]
    public void A_new_bucket_allows_a_burst_and_then_one_event_per_interval(long start)
    {
        Assert.Equal(Burst, TakenAt(start));
        Assert.Equal(0, TakenAt(start + Interval - 1));
        Assert.Equal(1, TakenAt(start + Interval));
        Assert.Equal(2, TakenAt(start + (3 * Interval)));
    }

    [Fact]
    public void The_rest_of_an_interval_is_not_lost()
    {
        Assert.Equal(Burst, TakenAt(0));
        Assert.Equal(1, TakenAt(Interval * 3 / 2));
        Assert.Equal(1, TakenAt(2 * Interval));
    }

    [Fact]
    public void After_a_rest_of_any_length_there_is_no_more_than_a_burst()
    {
        Assert.Equal(Burst, TakenAt(0));
        Assert.Equal(Burst, TakenAt(Burst * Interval));
        Assert.Equal(Burst, TakenAt(3600 * Clock.Second));
    }

    private int TakenAt(long now)
    {
        var taken = 0;
        while (_bucket.Take(now, Burst, Interval))
            taken++;
        return taken;
    }
}
