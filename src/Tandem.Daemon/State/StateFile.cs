using Tandem.Daemon.Logging;
using Tandem.Linux.Hosting;
using Tandem.Linux.Native;

namespace Tandem.Daemon.State;

/// <summary>
/// One file, and what is to be in it. One thread says what, another writes it: the first never waits for the disk, and what it said last is
/// what is written.
/// </summary>
internal sealed class StateFile(PrivateDirectory directory, string name, ILogger log)
{
    // Reading is tried again for so long: a signal or a lack of memory passes.
    private const int Attempts = 5;
    private static readonly TimeSpan BetweenAttempts = TimeSpan.FromMilliseconds(50);

    // Stands for the content of a file of which this process has neither read nor written anything.
    private static readonly byte[] Unknown = [];

    private readonly Lock _disk = new();
    private byte[]? _wanted = Unknown;
    private byte[]? _written = Unknown;
    private bool _isDeferred;
    private string? _told;

    /// <summary>Whether this is what was said last.</summary>
    public bool IsLatest(ReadOnlySpan<byte> content) => _wanted is { } wanted && content.SequenceEqual(wanted);

    /// <summary>Says what is to be in the file; null for no file. Has it written by work that is deferred, unless such work is waiting.</summary>
    public void Want(byte[]? content, Action<Action> defer)
    {
        Volatile.Write(ref _wanted, content);
        if (Interlocked.Exchange(ref _isDeferred, true))
            return;
        defer(() =>
        {
            // Before the look at what is wanted: what is said from here on is deferred anew.
            Interlocked.Exchange(ref _isDeferred, false);
            Write();
        });
    }

    /// <summary>Writes what was said last, and blocks for as long as that takes. Says why it could not, or null.</summary>
    public string? Write()
    {
        // A writer that has nothing to write waits for nobody.
        if (ReferenceEquals(Volatile.Read(ref _written), Volatile.Read(ref _wanted)) && _told is null)
            return null;
        lock (_disk)
        {
            var content = Volatile.Read(ref _wanted);
            // Not flushed to the disk: a file that the machine's end could cut would be of an earlier boot, and is not used then.
            var result = content is null ? directory.Delete(name) : directory.Replace(name, content);
            if (result.IsOk)
                Volatile.Write(ref _written, content);
            // Traffic matters more than the memory of it: the bond goes on, and the log says once what a kill would cost.
            var problem = result.IsOk ? null : result.ToString();
            if (problem is not null && problem != _told)
                Log.StateUnwritable(log, Path.Combine(directory.Path, name), problem);
            return _told = problem;
        }
    }

    /// <summary>Reads a file; what passes by itself is waited for, at most a quarter of a second.</summary>
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
