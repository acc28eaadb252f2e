using Tandem.Daemon.Bonds;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Trees;

/// <summary>
/// Keeps the files that the driver has in /proc and /sys beside the socket, for programs that read them there: <c>proc/net/bonding/BOND</c> and
/// <c>sys/class/net/...</c>. They follow the published snapshots, and go with the service. Those of other network namespaces than the service's own are in
/// <c>netns/NAME</c> beside these.
/// </summary>
internal sealed class BondTrees : IDisposable
{
    private readonly string _path;
    private readonly bool _isOwn;
    private readonly string _version;
    private readonly Snapshots _snapshots;
    private readonly Action<Action> _post;
    private readonly ILogger _log;
    private readonly PrivateDirectory? _directory;
    private readonly TreeFolder? _folder;
    private int _isDue;
    private bool _hasFailed;

    /// <summary>Prepares the files; the first publication writes them.</summary>
    /// <param name="path">The directory. If others may write there, there are no files.</param>
    /// <param name="isOwn">Whether the directory was made for the files, and goes with them.</param>
    /// <param name="version">The version of the service.</param>
    /// <param name="snapshots">The bonds.</param>
    /// <param name="post">Queues work that may block on the disk.</param>
    /// <param name="log">Receives why files cannot be written.</param>
    public BondTrees(string path, bool isOwn, string version, Snapshots snapshots, Action<Action> post, ILogger log)
    {
        (_path, _isOwn, _version, _snapshots, _post, _log) = (path, isOwn, version, snapshots, post, log);
        var opened = PrivateDirectory.Open(path);
        if (opened.Value is not { } directory)
        {
            Logging.Log.NoTrees(log, path, opened.Error.Detail ?? opened.Error.ToString());
            return;
        }
        _directory = directory;
        _folder = new TreeFolder(directory.OpenedPath);
        snapshots.Published = Refresh;
    }

    /// <summary>Whether there are files, or will be.</summary>
    public bool IsKept => _folder is not null;

    /// <summary>Completes when the files show all that was published before this call; at once if there are no files.</summary>
    public Task WrittenAsync()
    {
        if (_folder is null)
            return Task.CompletedTask;
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _post(written.SetResult);
        return written.Task;
    }

    /// <summary>Removes the files. Blocks; the writer and the thread of the queued work must have ended.</summary>
    public void Remove() =>
        Try(folder =>
        {
            folder.Remove();
            if (_isOwn)
                Directory.Delete(_path);
        });

    /// <inheritdoc/>
    public void Dispose() => _directory?.Dispose();

    // One write in the queue is enough: it shows the latest snapshots.
    private void Refresh()
    {
        if (Interlocked.Exchange(ref _isDue, 1) == 0)
            _post(Write);
    }

    private void Write()
    {
        Volatile.Write(ref _isDue, 0);
        var bonds = _snapshots.All ?? [];
        Try(folder => folder.Show(TreeLayout.Of(bonds.Select(bond => bond.Resource), _version)));
    }

    private void Try(Action<TreeFolder> action)
    {
        if (_folder is null)
            return;
        try
        {
            action(_folder);
            _hasFailed = false;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // A full disk is reported once, not with each change.
            if (!_hasFailed)
                Logging.Log.NoTrees(_log, _directory!.Path, e.Message);
            _hasFailed = true;
        }
    }
}
