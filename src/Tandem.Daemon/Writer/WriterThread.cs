using System.Collections.Concurrent;
using Tandem.Linux.Threads;

namespace Tandem.Daemon.Writer;

/// <summary>
/// The one thread that owns all brains. Other threads queue messages for it: news of links, which may mean a failover, come before
/// requests of users; each queue keeps its order. It works in bounded rounds: some news, the received control frames, due timers, one
/// request. So no flood of one kind delays the others.
/// </summary>
internal sealed class WriterThread : IDisposable
{
    /// <summary>Maximum number of queued messages. When the queue is full, netlink threads wait, and the API refuses requests.</summary>
    public const int Capacity = 4096;

    // Upper bound on one sleep: timers are never later than this after a change of deadline without a message. An idle service wakes once
    // a minute.
    private const int LongestSleepMs = 60_000;

    // Each may send a request to the kernel, which takes some ten µs, or longer if RTNL is busy.
    private const int NewsInARound = 32;

    private const long NanosecondsPerMs = 1_000_000;

    private static readonly Action<IWork, long> TakeFrames = static (work, now) => work.TakeFrames(now);
    private static readonly Action<IWork, long> Advance = static (work, now) => work.Advance(now);
    private static readonly Action<IWork, long> EndRound = static (work, _) => work.EndRound();

    private readonly BlockingCollection<Action> _news;
    private readonly BlockingCollection<Action> _requests;

    // Not SemaphoreSlim, which spins before each sleep, as long as some sixty system calls take.
    private readonly AutoResetEvent _arrived = new(initialState: false);
    private readonly Thread _thread;
    private readonly MonotonicClock _clock;
    private readonly IWork _work;
    private readonly ILogger _log;
    private int _framesWait;

    public WriterThread(MonotonicClock clock, IWork work, ILogger log, int capacity = Capacity)
    {
        _clock = clock;
        _work = work;
        _log = log;
        _news = new BlockingCollection<Action>(capacity);
        _requests = new BlockingCollection<Action>(capacity);
        _thread = new Thread(Run) { Name = "writer", IsBackground = true };
    }

    public void Start() => _thread.Start();

    /// <summary>Queues news, waiting for space. Returns false once the thread is stopping.</summary>
    public bool Post(Action news) => Add(_news, news, Timeout.Infinite);

    /// <summary>Queues news if there is space; for callers that must not wait.</summary>
    public bool TryPost(Action news) => Add(_news, news, 0);

    /// <summary>Announces received control frames. Never waits, and allocates nothing.</summary>
    public void FramesArrived()
    {
        if (Interlocked.Exchange(ref _framesWait, 1) != 0)
            return;
        try
        {
            _arrived.Set();
        }
        catch (ObjectDisposedException)
        {
            // The data paths end after this thread.
        }
    }

    /// <summary>
    /// Queues work and returns its result. The task fails with the work's exception, or with <see cref="WriterBusyException"/> if the
    /// queue is full or the thread is stopping.
    /// </summary>
    public Task<T> Ask<T>(Func<long, T> work)
    {
        // Continuations must not run on the writer thread: they would delay the bonds.
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Add(_requests, () => Answer(work, answer), 0))
            answer.SetException(new WriterBusyException());
        return answer.Task;
    }

    /// <summary>Finishes the queued messages, then ends the thread. Blocks meanwhile.</summary>
    public void Dispose()
    {
        _news.CompleteAdding();
        _requests.CompleteAdding();
        _arrived.Set();
        if (_thread.IsAlive)
            _thread.Join();
        _news.Dispose();
        _requests.Dispose();
        _arrived.Dispose();
    }

    private bool Add(BlockingCollection<Action> queue, Action work, int millisecondsTimeout)
    {
        try
        {
            if (!queue.TryAdd(work, millisecondsTimeout))
                return false;
            _arrived.Set();
            return true;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void Answer<T>(Func<long, T> work, TaskCompletionSource<T> answer)
    {
        try
        {
            var value = work(_clock.Now);
            // Whoever learns of a change can read it, too.
            _work.EndRound();
            answer.SetResult(value);
        }
        catch (Exception e)
        {
            answer.SetException(e);
        }
    }

    private void Run()
    {
        // Where a higher share is not permitted, the thread runs without it.
        ThreadShare.Raise();
        while (!_news.IsCompleted || !_requests.IsCompleted)
        {
            _arrived.WaitOne(Sleep());
            for (var taken = 0; taken < NewsInARound && _news.TryTake(out var news); taken++)
                Guard(news);
            // Received frames come before all timers, including frames received while this thread was delayed.
            if (Interlocked.Exchange(ref _framesWait, 0) != 0)
                Guard(TakeFrames);
            if (_work.NextDeadline <= _clock.Now)
                Guard(Advance);
            if (_requests.TryTake(out var request))
                Guard(request);
            Guard(EndRound);
        }
    }

    private int Sleep()
    {
        // Frames left by the last round are not announced again.
        if (_news.Count > 0 || _requests.Count > 0)
            return 0;
        var next = _work.NextDeadline;
        if (next == long.MaxValue)
            return LongestSleepMs;
        var remaining = next - _clock.Now;
        // Rounded up: after an early wake-up the thread would only sleep again.
        return remaining <= 0 ? 0 : (int)Math.Min(LongestSleepMs, (remaining + NanosecondsPerMs - 1) / NanosecondsPerMs);
    }

    private void Guard(Action work)
    {
        try
        {
            work();
        }
        catch (Exception e)
        {
            // Other bonds must continue after a message that failed.
            Logging.Log.WriterFault(_log, e);
        }
    }

    private void Guard(Action<IWork, long> part)
    {
        try
        {
            part(_work, _clock.Now);
        }
        catch (Exception e)
        {
            Logging.Log.WriterFault(_log, e);
        }
    }
}

/// <summary>The work of the writer thread besides requests.</summary>
internal interface IWork
{
    /// <summary>Processes the waiting control frames.</summary>
    void TakeFrames(long now);

    /// <summary>When to call <see cref="Advance"/> next; <see cref="long.MaxValue"/> for never.</summary>
    long NextDeadline { get; }

    /// <summary>Processes due timers.</summary>
    void Advance(long now);

    /// <summary>Publishes changes to other threads. Called after each round, and before an answer is returned.</summary>
    void EndRound();
}

/// <summary>The writer thread accepts no more work at present.</summary>
internal sealed class WriterBusyException() : Exception("the service is stopping or has too much to do");
