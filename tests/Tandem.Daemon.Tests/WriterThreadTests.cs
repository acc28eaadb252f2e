using Microsoft.Extensions.Logging.Abstractions;
using Tandem.Daemon.Writer;

namespace Tandem.Daemon.Tests;

public sealed class WriterThreadTests
{
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(20);

    private static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Work_is_done_in_order_on_one_thread()
    {
        using var writer = Start(new Deadlines());
        var done = new List<int>();
        var threads = new HashSet<int>();
        for (var i = 0; i < 1000; i++)
        {
            var number = i;
            writer.Post(() =>
            {
                done.Add(number);
                threads.Add(Environment.CurrentManagedThreadId);
            });
        }
        Assert.Equal(Enumerable.Range(0, 1000), await writer.Ask(_ => done.ToList()).WaitAsync(Bound, Cancellation));
        Assert.Single(threads);
    }

    [Fact]
    public async Task News_of_links_goes_before_requests_that_came_earlier()
    {
        using var writer = Create(new Deadlines(), capacity: 8);
        var order = new List<string>();
        var asked = writer.Ask(_ =>
        {
            order.Add("request");
            return order;
        });
        writer.Post(() => order.Add("news"));
        writer.Start();
        Assert.Equal(["news", "request"], await asked.WaitAsync(Bound, Cancellation));
    }

    [Fact]
    public async Task Work_that_throws_fails_alone()
    {
        using var writer = Start(new Deadlines());
        writer.Post(() => throw new InvalidOperationException("posted"));
        var asked = writer.Ask<int>(_ => throw new InvalidOperationException("asked"));
        Assert.Equal("asked", (await Assert.ThrowsAsync<InvalidOperationException>(() => asked)).Message);
        Assert.Equal(1, await writer.Ask(_ => 1).WaitAsync(Bound, Cancellation));
    }

    [Fact]
    public async Task A_deadline_is_kept_while_nothing_else_happens()
    {
        var came = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var clock = new MonotonicClock(TimeProvider.System);
        var deadlines = new Deadlines { NextDeadline = clock.Now + 30_000_000 };
        var due = deadlines.NextDeadline;
        deadlines.OnAdvance = came.SetResult;
        using var writer = Start(deadlines);
        Assert.InRange(await came.Task.WaitAsync(Bound, Cancellation), due, long.MaxValue);
    }

    [Fact]
    public async Task A_deadline_that_throws_does_not_end_the_thread()
    {
        var deadlines = new Deadlines { NextDeadline = 0, OnAdvance = _ => throw new InvalidOperationException("due") };
        using var writer = Start(deadlines);
        Assert.Equal(1, await writer.Ask(_ => 1).WaitAsync(Bound, Cancellation));
    }

    [Fact]
    public async Task Who_asks_a_full_queue_is_turned_away()
    {
        using var writer = Create(new Deadlines(), capacity: 2);
        var waiting = writer.Ask(_ => 1);
        _ = writer.Ask(_ => 2);
        await Assert.ThrowsAsync<WriterBusyException>(() => writer.Ask(_ => 3));
        // News has room of its own, however many ask.
        Assert.True(writer.TryPost(() => { }));
        Assert.True(writer.TryPost(() => { }));
        Assert.False(writer.TryPost(() => { }));
        writer.Start();
        Assert.Equal(1, await waiting.WaitAsync(Bound, Cancellation));
    }

    [Fact]
    public async Task Stopping_carries_out_what_is_queued_and_takes_nothing_more()
    {
        var writer = Start(new Deadlines());
        var count = 0;
        for (var i = 0; i < 100; i++)
            writer.Post(() => count++);
        await Task.Run(writer.Dispose, Cancellation).WaitAsync(Bound, Cancellation);
        Assert.Equal(100, count);
        Assert.False(writer.Post(() => { }));
        await Assert.ThrowsAsync<WriterBusyException>(() => writer.Ask(_ => 1));
    }

    private static WriterThread Create(Deadlines deadlines, int capacity = WriterThread.Capacity) =>
        new(new MonotonicClock(TimeProvider.System), deadlines, NullLogger.Instance, capacity);

    private static WriterThread Start(Deadlines deadlines)
    {
        var writer = Create(deadlines);
        writer.Start();
        return writer;
    }

    private sealed class Deadlines : IDeadlines
    {
        public long NextDeadline { get; set; } = long.MaxValue;

        public Action<long>? OnAdvance { get; set; }

        public void Advance(long now)
        {
            NextDeadline = long.MaxValue;
            OnAdvance?.Invoke(now);
        }
    }
}
