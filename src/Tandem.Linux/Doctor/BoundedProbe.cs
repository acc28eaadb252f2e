using System.Diagnostics;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor;

/// <summary>
/// A look at a part of the machine that takes a bounded time and never throws. One that hangs in the kernel is left to itself, and not
/// begun a second time while it hangs.
/// </summary>
internal sealed class BoundedProbe<T>(Func<T> probe, TimeSpan limit)
    where T : class
{
    private Task<T>? _running;
    private long _started;

    /// <summary>Begins to look, on a thread of its own, which is in the caller's network namespace.</summary>
    public void Start()
    {
        _started = Stopwatch.GetTimestamp();
        if (_running is null or { IsCompleted: true })
            _running = Task.Factory.StartNew(probe, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>What was seen.</summary>
    public Observation<T> Result()
    {
        try
        {
            var left = limit - Stopwatch.GetElapsedTime(_started);
            if (_running!.Wait(left > TimeSpan.Zero ? left : TimeSpan.Zero))
                return new Observation<T>(_running.Result, null);
            return new Observation<T>(null, $"no answer within {limit.TotalSeconds} s");
        }
        catch (AggregateException e)
        {
            return new Observation<T>(null, e.GetBaseException().Message);
        }
    }
}
