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
        using var writer = Start(new Work());
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
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        writer.Post(ended.SetResult);
        await ended.Task.WaitAsync(Bound, Cancellation);
        Assert.Equal(Enumerable.Range(0, 1000), done);
        Assert.Single(threads);
    }

    [Fact]
    public async Task News_of_links_goes_before_requests_that_came_earlier()
    {
        using var writer = Create(new Work(), capacity: 8);
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
    public async Task Requests_that_wait_are_all_answered()
    {
        using var writer = Create(new Work(), capacity: 8);
        var asked = Enumerable.Range(0, 5).Select(number => writer.Ask(_ => number)).ToList();
        writer.Start();
        var answers = await Task.WhenAll(asked).WaitAsync(Bound, Cancellation);
        Assert.Equal([0, 1, 2, 3, 4], answers);
    }

    [Fact]
    public async Task Work_that_throws_fails_alone()
    {
        using var writer = Start(new Work());
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
        var work = new Work { NextDeadline = clock.Now + 30_000_000 };
        var due = work.NextDeadline;
        work.OnAdvance = came.SetResult;
        using var writer = Start(work);
        Assert.InRange(await came.Task.WaitAsync(Bound, Cancellation), due, long.MaxValue);
    }

    [Fact]
    public async Task A_deadline_that_throws_does_not_end_the_thread()
    {
        var work = new Work { NextDeadline = 0, OnAdvance = _ => throw new InvalidOperationException("due") };
        using var writer = Start(work);
        Assert.Equal(1, await writer.Ask(_ => 1).WaitAsync(Bound, Cancellation));
    }

    [Fact]
    public async Task Requests_to_a_full_queue_are_refused()
    {
        using var writer = Create(new Work(), capacity: 2);
        var waiting = writer.Ask(_ => 1);
        _ = writer.Ask(_ => 2);
        await Assert.ThrowsAsync<WriterBusyException>(() => writer.Ask(_ => 3));
        // News has a limit of its own, however many requests wait.
        Assert.True(writer.TryPost(() => { }));
        Assert.True(writer.TryPost(() => { }));
        Assert.False(writer.TryPost(() => { }));
        writer.Start();
        Assert.Equal(1, await waiting.WaitAsync(Bound, Cancellation));
    }

    [Fact]
    public async Task Stopping_finishes_queued_work_and_refuses_new_work()
    {
        var writer = Start(new Work());
        var count = 0;
        for (var i = 0; i < 100; i++)
            writer.Post(() => count++);
        await Task.Run(writer.Dispose, Cancellation).WaitAsync(Bound, Cancellation);
        Assert.Equal(100, count);
        Assert.False(writer.Post(() => { }));
        // Frames may still arrive, as data paths end later.
        writer.FramesArrived();
        await Assert.ThrowsAsync<WriterBusyException>(() => writer.Ask(_ => 1));
    }

    [Fact]
    public async Task News_without_end_holds_up_neither_frames_nor_deadlines_nor_requests()
    {
        var taken = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var came = new TaskCompletionSource<long>(TaskCreationOptions.RunContinuationsAsynchronously);
        var work = new Work { OnFrames = taken.SetResult, OnAdvance = came.SetResult };
        using var writer = Create(work);
        var isFlooded = true;
        void Flood()
        {
            for (var i = 0; i < 2 && Volatile.Read(ref isFlooded); i++)
                writer.TryPost(Flood);
        }
        Flood();
        writer.Start();
        writer.FramesArrived();
        work.NextDeadline = 0;
        await taken.Task.WaitAsync(Bound, Cancellation);
        await came.Task.WaitAsync(Bound, Cancellation);
        Assert.Equal(1, await writer.Ask(_ => 1).WaitAsync(Bound, Cancellation));
        Volatile.Write(ref isFlooded, false);
    }

    [Fact]
    public async Task Frames_and_deadlines_wait_for_one_request_at_most()
    {
        var order = new List<string>();
        var work = new Work
        {
            NextDeadline = 0,
            OnFrames = () => order.Add("frames"),
            OnAdvance = _ => order.Add("deadline"),
        };
        using var writer = Create(work);
        var asked = new List<Task<int>>();
        for (var i = 0; i < 3; i++)
        {
            var request = $"request {i}";
            asked.Add(
                writer.Ask(now =>
                {
                    order.Add(request);
                    // Work that arrives and becomes due during a request.
                    writer.FramesArrived();
                    work.NextDeadline = now;
                    return 1;
                })
            );
        }
        writer.FramesArrived();
        writer.Start();
        await Task.WhenAll(asked).WaitAsync(Bound, Cancellation);
        string[] expected = ["frames", "deadline", "request 0", "frames", "deadline", "request 1", "frames", "deadline", "request 2"];
        Assert.Equal(expected, (await writer.Ask(_ => order.ToArray()).WaitAsync(Bound, Cancellation))[..expected.Length]);
    }

    private static WriterThread Create(Work work, int capacity = WriterThread.Capacity) =>
        new(new MonotonicClock(TimeProvider.System), work, NullLogger.Instance, capacity);

    private static WriterThread Start(Work work)
    {
        var writer = Create(work);
        writer.Start();
        return writer;
    }

    private sealed class Work : IWork
    {
        public long NextDeadline { get; set; } = long.MaxValue;

        public Action<long>? OnAdvance { get; set; }

        public Action? OnFrames { get; set; }

        public int Rounds { get; private set; }

        public void TakeFrames(long now) => OnFrames?.Invoke();

        public void EndRound() => Rounds++;

        public void Advance(long now)
        {
            NextDeadline = long.MaxValue;
            OnAdvance?.Invoke(now);
        }
    }
}
