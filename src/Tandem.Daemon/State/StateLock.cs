using System.Diagnostics;
using System.Globalization;

namespace Tandem.Daemon.State;

/// <summary>
/// Sees to it that one service at a time works on a namespace and a state directory. The kernel lets go of the lock when the
/// service ends, however it ends.
/// </summary>
internal sealed class StateLock : IDisposable
{
    private readonly FileStream _file;
    private readonly string _path;

    private StateLock(FileStream file, string path) => (_file, _path) = (file, path);

    /// <summary>Takes the lock, for which it may have to wait; null if another service has it all that time.</summary>
    public static async Task<StateLock?> TakeAsync(string directory, Surroundings here, TimeSpan wait)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            if (TryTake(directory, here) is { } taken)
                return taken;
            if (Stopwatch.GetElapsedTime(start) >= wait)
                return null;
        }
    }

    /// <summary>Takes the lock; null if another service has it.</summary>
    public static StateLock? TryTake(string directory, Surroundings here)
    {
        var path = Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{here.Namespace}.lock"));
        Directory.CreateDirectory(directory);
        try
        {
            // FileShare.None is flock(LOCK_EX | LOCK_NB).
            return new StateLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None), path);
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Deleted while it is still held, so that nobody locks a file that is about to go.
        File.Delete(_path);
        _file.Dispose();
    }
}
