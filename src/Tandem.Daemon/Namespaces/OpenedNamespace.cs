using System.Diagnostics;
using Tandem.Daemon.State;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Namespaces;

/// <summary>
/// A namespace other than the service's own while it is hosted. The service's threads and sockets in it keep it alive: if it is not closed, a namespace that
/// everybody has left would never end. Thread-safe.
/// </summary>
/// <param name="hosted">Its bonds.</param>
/// <param name="netns">The namespace.</param>
/// <param name="use">Whether others use it.</param>
/// <param name="taken">The lock that keeps other services out of it.</param>
internal sealed class OpenedNamespace(HostedNamespace hosted, NetworkNamespace netns, NamespaceUse use, StateLock taken)
{
    // Requests often come in rows.
    private static readonly TimeSpan IdleTime = TimeSpan.FromSeconds(5);

    private readonly Lock _gate = new();
    private int _users;
    private long _lastUse = Stopwatch.GetTimestamp();
    private bool _isClosed;

    /// <summary>Its bonds.</summary>
    public HostedNamespace Hosted { get; } = hosted;

    /// <summary>Adds a user; false if it is closed.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            if (!_isClosed)
                _users++;
            return !_isClosed;
        }
    }

    /// <summary>Removes a user.</summary>
    public void Leave()
    {
        lock (_gate)
        {
            _users--;
            _lastUse = Stopwatch.GetTimestamp();
        }
    }

    /// <summary>Why it need not be hosted any more; null if it must. Reads /proc.</summary>
    public string? IsOver()
    {
        if (!use.IsUsedByOthers())
            return "no process is in it any more, and it has no name";
        lock (_gate)
            return _users == 0 && Hosted.IsIdle && Stopwatch.GetElapsedTime(_lastUse) > IdleTime ? "it has no bonds" : null;
    }

    /// <summary>Keeps further users out; false if there are some.</summary>
    public bool TryClose()
    {
        lock (_gate)
            return _users == 0 && (_isClosed = true);
    }

    /// <summary>Removes the bonds, or leaves them for another service, and lets go of the namespace. Blocks meanwhile.</summary>
    public void Close(bool leavesBonds)
    {
        netns.Run("closing", () => Hosted.Close(leavesBonds));
        Hosted.Dispose();
        taken.Dispose();
        netns.Dispose();
    }
}
