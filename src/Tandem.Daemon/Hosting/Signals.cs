using System.Runtime.InteropServices;

namespace Tandem.Daemon.Hosting;

/// <summary>The signals that end this service: SIGTERM and SIGINT for good, SIGHUP for another one in its place.</summary>
internal sealed class Signals : IDisposable
{
    private readonly SemaphoreSlim _came = new(0);
    private readonly PosixSignalRegistration[] _registrations;
    private volatile bool _isToStop;

    public Signals() =>
        _registrations = [
            PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop),
            PosixSignalRegistration.Create(PosixSignal.SIGHUP, Came),
        ];

    /// <summary>Waits for the end. True if another service is to take this one's place, and that can be.</summary>
    public async Task<bool> AwaitEndAsync(Func<bool> canBeReplaced)
    {
        while (true)
        {
            await _came.WaitAsync();
            if (_isToStop)
                return false;
            if (canBeReplaced())
                return true;
        }
    }

    public void Dispose()
    {
        foreach (var registration in _registrations)
            registration.Dispose();
        _came.Dispose();
    }

    private void Stop(PosixSignalContext context)
    {
        _isToStop = true;
        Came(context);
    }

    private void Came(PosixSignalContext context)
    {
        context.Cancel = true;
        _came.Release();
    }
}
