using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// Lets the owner of a data path wait until a thread of it has seen a change. The thread passes the checkpoint between two bursts of
/// frames, and uses no socket across it: a socket that was removed from its slot can be closed once the thread has passed.
/// </summary>
internal sealed class Checkpoint : IDisposable
{
    private readonly Lock _gate = new();
    private readonly ManualResetEventSlim _passing = new(initialState: true, spinCount: 0);
    private readonly WakeUp _wakeUp = new();
    private long _asked;
    private long _passed;
    private bool _isStopping;
    private bool _hasEnded;

    /// <summary>The descriptor that the thread polls beside its own.</summary>
    public int Fd => _wakeUp.Fd;

    public bool IsStopping => Volatile.Read(ref _isStopping);

    /// <summary>Owner: blocks until the thread has passed after this call, or has ended: at most one burst.</summary>
    public void Await()
    {
        Ask();
        _passing.Wait();
    }

    /// <summary>Owner: asks the thread to pass, without waiting.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            Volatile.Write(ref _asked, _asked + 1);
            _passing.Reset();
            // Under the lock: a signal sent after the thread has passed would never be cleared, and poll would never block.
            _wakeUp.Signal();
        }
    }

    /// <summary>Owner: asks the thread to end.</summary>
    public void Stop()
    {
        Volatile.Write(ref _isStopping, true);
        _wakeUp.Signal();
    }

    /// <summary>Thread: passes. True if the owner asked since the last pass, and slots may have changed.</summary>
    public bool Pass()
    {
        if (Volatile.Read(ref _asked) == _passed)
            return false;
        lock (_gate)
        {
            _wakeUp.Clear();
            _passed = _asked;
            _passing.Set();
        }
        return true;
    }

    /// <summary>Thread: will use no socket any more.</summary>
    public void End()
    {
        lock (_gate)
        {
            _hasEnded = true;
            _passing.Set();
        }
    }

    public void Dispose()
    {
        _wakeUp.Dispose();
        _passing.Dispose();
    }
}
