using System.Runtime.InteropServices;

namespace Tandem.Linux.Native;

/// <summary>An eventfd by which one thread wakes another from poll.</summary>
internal sealed unsafe class WakeUp : IDisposable
{
    private readonly FileDescriptor _fd = Files.EventFd(0, Files.EFD_CLOEXEC | Files.EFD_NONBLOCK);

    public WakeUp()
    {
        if (_fd.IsInvalid)
            throw new InvalidOperationException($"eventfd: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    public int Fd => _fd.Number;

    public void Signal()
    {
        ulong one = 1;
        _ = Files.Write(_fd.Number, &one, sizeof(ulong));
    }

    /// <summary>Clears the signal, so that the next poll sleeps.</summary>
    public void Clear()
    {
        ulong count;
        _ = Files.Read(_fd.Number, &count, sizeof(ulong));
    }

    public void Dispose() => _fd.Dispose();
}
