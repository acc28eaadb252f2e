using System.Collections.Concurrent;
using Tandem.Linux.Threads;

namespace Tandem.Daemon.Writer;

/// <summary>
/// The one thread that owns all brains. What happens elsewhere becomes a message in one of its queues: news of links, which may mean a
/// failover, goes before requests of users, of which there may be many; within each the order is kept. It works in rounds, each of which
/// is bounded: some news, the control frames that arrived, what is due, one request. So no flood of one of them holds the others up.
/// </summary>
internal sealed class WriterThread : IDisposable
{
    /// <summary>Messages that may wait. Whoever is faster than the writer waits (netlink) or is turned away (API).</summary>
    public const int Capacity = 4096;

    // Timers are never later than this after a change of deadline that no message caused; an idle service wakes once a minute.
    private const int LongestSleepMs = 60_000;

    // Each may have the kernel asked, which takes it some ten µs, or longer if it is busy with interfaces.
    private const int NewsInARound = 32;

    private const long NanosecondsPerMs = 1_000_000;

    private static readonly Action<IWork, long> TakeFrames = static (work, now) => work.TakeFrames(now);
    private static readonly Action<IWork, long> Advance = static (work, now) => work.Advance(now);
    private static readonly Action<IWork, long> EndRound = static (work, _) => work.EndRound();

    private readonly BlockingCollection<Action> _news;
    private readonly BlockingCollection<Action> _requests;

    // Not a semaphore of the "slim" kind: that one spins before each sleep, some sixty system calls long.
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

    /// <summary>Queues news, waiting for room. Returns false once the thread is stopping.</summary>
    public bool Post(Action news) => Add(_news, news, Timeout.Infinite);

    /// <summary>Queues news if there is room; for callers that must not wait.</summary>
    public bool TryPost(Action news) => Add(_news, news, 0);

    /// <summary>Has control frames taken in. Never waits, and allocates nothing.</summary>
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
    /// Has work done and hands back its answer. The task fails with what the work threw, or with <see cref="WriterBusyException"/>
    /// if the queue is full or the thread is stopping.
    /// </summary>
    public Task<T> Ask<T>(Func<long, T> work)
    {
        // Continuations must not run on the writer: they would hold up the bonds.
        var answer = new TaskCompletionSource<T>(TaskCreationOptions.RunContinuationsAsynchronously);
        if (!Add(_requests, () => Answer(work, answer), 0))
            answer.SetException(new WriterBusyException());
        return answer.Task;
    }

    /// <summary>Carries out what is queued, then ends the thread. Waits for that.</summary>
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
            // Whoever hears of a change can read it, too.
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
        // Where that is not allowed it does without.
        ThreadShare.Raise();
        while (!_news.IsCompleted || !_requests.IsCompleted)
        {
            _arrived.WaitOne(Sleep());
            for (var taken = 0; taken < NewsInARound && _news.TryTake(out var news); taken++)
                Guard(news);
            // Frames that arrived count before any timer, also those that came while this thread was held up.
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
        // What the last round left is not announced once more.
        if (_news.Count > 0 || _requests.Count > 0)
            return 0;
        var next = _work.NextDeadline;
        if (next == long.MaxValue)
            return LongestSleepMs;
        var remaining = next - _clock.Now;
        // Rounded up: waking a moment early would only mean going back to sleep.
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
            // The bonds that are well must go on whatever one message did.
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

/// <summary>What the writer thread does beside what it is asked.</summary>
internal interface IWork
{
    /// <summary>Takes in the control frames that wait.</summary>
    void TakeFrames(long now);

    /// <summary>When <see cref="Advance"/> is to be called next; <see cref="long.MaxValue"/> for never.</summary>
    long NextDeadline { get; }

    /// <summary>Does what is due.</summary>
    void Advance(long now);

    /// <summary>Lets other threads see what changed. Called after each round, and before an answer is given.</summary>
    void EndRound();
}

/// <summary>The writer takes no more work at the moment.</summary>
internal sealed class WriterBusyException() : Exception("the service is stopping or has too much to do");
