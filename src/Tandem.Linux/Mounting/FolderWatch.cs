using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Mounting;

/// <summary>Waits until something is added to folders, renamed in them, or removed from them. One thread waits; any thread may wake it.</summary>
public sealed unsafe class FolderWatch : IDisposable
{
    private const uint Changes =
        Watches.IN_CREATE | Watches.IN_DELETE | Watches.IN_DELETE_SELF | Watches.IN_MOVED_FROM | Watches.IN_MOVED_TO | Watches.IN_ONLYDIR;

    private readonly FileDescriptor _fd = Watches.Open(Watches.IN_NONBLOCK | Watches.IN_CLOEXEC);
    private readonly WakeUp _wake = new();

    /// <summary>Watches nothing yet.</summary>
    /// <exception cref="InvalidOperationException">The kernel refuses.</exception>
    public FolderWatch()
    {
        if (_fd.IsInvalid)
            throw new InvalidOperationException($"inotify: {Marshal.GetLastPInvokeErrorMessage()}");
    }

    /// <summary>Watches a folder until it is removed. Nothing changes if it is watched already, or does not exist.</summary>
    public void Add(string folder) => _ = Watches.Add(_fd.Number, folder, Changes);

    /// <summary>Returns when something has changed since the last call, after <see cref="Wake"/>, or after a time.</summary>
    public void Wait(TimeSpan limit)
    {
        var fds = stackalloc PollFd[2];
        fds[0] = new PollFd { Fd = _fd.Number, Events = Files.POLLIN };
        fds[1] = new PollFd { Fd = _wake.Fd, Events = Files.POLLIN };
        if (Files.Poll(fds, 2, (int)limit.TotalMilliseconds) <= 0)
            return;
        _wake.Clear();
        // The events are discarded: the caller reads the folders again.
        var news = stackalloc byte[4096];
        while (Files.Read(_fd.Number, news, 4096) > 0) { }
    }

    /// <summary>Ends a wait.</summary>
    public void Wake() => _wake.Signal();

    /// <inheritdoc/>
    public void Dispose()
    {
        _fd.Dispose();
        _wake.Dispose();
    }
}
