using Tandem.Linux.Native;

namespace Tandem.Linux.Paths.Sockets;

/// <summary>
/// How the owner of a data path makes sure that a thread of it has seen a change. The thread passes the checkpoint between
/// two bursts of frames and holds no socket across it; so a socket that was taken out of its slot before the owner asked can
/// be closed once the thread has passed.
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

    /// <summary>Owner: waits until the thread has passed after this call, or has ended.</summary>
    public void Await()
    {
        Ask();
        _passing.Wait();
    }

    /// <summary>Owner: has the thread pass, and does not wait for that.</summary>
    public void Ask()
    {
        lock (_gate)
        {
            if (_hasEnded)
                return;
            Volatile.Write(ref _asked, _asked + 1);
            _passing.Reset();
            // Under the lock: a signal after the thread has passed would never be cleared, and poll would never sleep.
            _wakeUp.Signal();
        }
    }

    /// <summary>Owner: asks the thread to end.</summary>
    public void Stop()
    {
        Volatile.Write(ref _isStopping, true);
        _wakeUp.Signal();
    }

    /// <summary>Thread: passes. True if the owner asked since the last time, and slots may have changed.</summary>
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

    /// <summary>Thread: will never use a socket again.</summary>
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
