using System.Collections.Concurrent;

namespace Tandem.Daemon.Writer;

/// <summary>
/// A thread for work that the writer must not wait for: files, and reading interfaces, which takes the kernel's RTNL lock. Work is done
/// in the order in which it was queued.
/// </summary>
internal sealed class Housekeeping : IDisposable
{
    private readonly BlockingCollection<Action> _work = [];
    private readonly Thread _thread;
    private readonly ILogger _log;

    /// <summary>Starts the thread, in the calling thread's network namespace.</summary>
    /// <param name="name">Its name; at most 15 bytes.</param>
    /// <param name="log">Receives faults.</param>
    public Housekeeping(string name, ILogger log)
    {
        _log = log;
        _thread = new Thread(Run) { Name = name, IsBackground = true };
        _thread.Start();
    }

    /// <summary>Queues work. Never blocks; after <see cref="Dispose"/> the work is done at once.</summary>
    public void Post(Action work)
    {
        try
        {
            _work.Add(work);
        }
        catch (InvalidOperationException)
        {
            work();
        }
    }

    /// <summary>Finishes the queued work, then ends the thread. Blocks meanwhile.</summary>
    public void Dispose()
    {
        _work.CompleteAdding();
        _thread.Join();
    }

    private void Run()
    {
        foreach (var work in _work.GetConsumingEnumerable())
        {
            try
            {
                work();
            }
            catch (Exception e)
            {
                Logging.Log.WriterFault(_log, e);
            }
        }
    }
}
