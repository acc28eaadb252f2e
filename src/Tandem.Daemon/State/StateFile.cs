using Tandem.Daemon.Logging;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Daemon.State;

/// <summary>
/// A file and its intended content. One thread sets the content, another writes it: the first never waits for the disk, and the latest
/// content is what is written.
/// </summary>
/// <param name="directory">Its directory.</param>
/// <param name="name">Its name in the directory.</param>
/// <param name="log">Receives the problem when it cannot be written, once.</param>
/// <param name="before">A file that is written first, if its content has changed; null if there is none.</param>
internal sealed class StateFile(PrivateDirectory directory, string name, ILogger log, StateFile? before = null)
{
    // Reading is retried for this long: a signal or a lack of memory passes.
    private const int Attempts = 5;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    // Stands for unknown content, of a file that this process has neither read nor written.
    private static readonly byte[] Unknown = [];

    private readonly Lock _disk = new();
    private byte[]? _wanted = Unknown;
    private byte[]? _written = Unknown;
    private bool _isDeferred;
    private string? _told;

    /// <summary>Whether this is the content that was set last.</summary>
    public bool IsLatest(ReadOnlySpan<byte> content) => _wanted is { } wanted && content.SequenceEqual(wanted);

    /// <summary>Sets the content; null for no file. Schedules the write, unless one is already scheduled.</summary>
    public void Want(byte[]? content, Action<Action> defer)
    {
        Volatile.Write(ref _wanted, content);
        if (Interlocked.Exchange(ref _isDeferred, true))
            return;
        defer(() =>
        {
            // Before the content is read: content set from here on schedules another write.
            Interlocked.Exchange(ref _isDeferred, false);
            Write();
        });
    }

    /// <summary>Writes the content that was set last, and blocks meanwhile. Returns the problem, or null.</summary>
    public string? Write()
    {
        before?.Write();
        // A writer without new content does not wait.
        if (ReferenceEquals(Volatile.Read(ref _written), Volatile.Read(ref _wanted)) && _told is null)
            return null;
        lock (_disk)
        {
            var content = Volatile.Read(ref _wanted);
            // No fsync: a file truncated by a crash of the machine belongs to an earlier boot, and is not used.
            var result = content is null ? directory.Delete(name) : directory.Replace(name, content);
            if (result.IsOk)
                Volatile.Write(ref _written, content);
            // Forwarding matters more than the state file: the bond continues, and the log says once what a kill would cost.
            var problem = result.IsOk ? null : result.ToString();
            if (problem is not null && problem != _told)
                Log.StateUnwritable(log, Path.Combine(directory.Path, name), problem);
            return _told = problem;
        }
    }

    /// <summary>Reads a file; waits for passing errors, at most a quarter of a second.</summary>
    public static LinuxResult<byte[]> Read(PrivateDirectory directory, string name)
    {
        for (var attempt = 1; ; attempt++)
        {
            var content = directory.Read(name);
            if (content.IsOk || !content.Error.MayPass || attempt == Attempts)
                return content;
            Thread.Sleep(BetweenAttempts);
        }
    }
}
