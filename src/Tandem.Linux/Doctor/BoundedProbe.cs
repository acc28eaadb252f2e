using System.Diagnostics;
using Tandem.Linux.Doctor.Checks;

namespace Tandem.Linux.Doctor;

/// <summary>
/// A probe of the machine with a time limit, which never throws. A probe that hangs in the kernel is abandoned, and not started again
/// while it hangs.
/// </summary>
internal sealed class BoundedProbe<T>(Func<T> probe, TimeSpan limit)
    where T : class
{
    private Task<T>? _running;
    private long _started;

    /// <summary>Starts the probe on a thread of its own, in the caller's network namespace.</summary>
    public void Start()
    {
        _started = Stopwatch.GetTimestamp();
        if (_running is null or { IsCompleted: true })
            _running = Task.Factory.StartNew(probe, CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default);
    }

    /// <summary>Waits for the result, up to the limit.</summary>
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
