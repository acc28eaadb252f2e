using System.Diagnostics;
using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Tandem.Linux.Hosting;

namespace Tandem.Daemon.State;

/// <summary>
/// A lock that lets only one service at a time use a network namespace and a state directory. The kernel releases it when the service
/// ends, for any reason.
/// </summary>
internal sealed class StateLock : IDisposable
{
    private readonly SafeFileHandle _file;
    private readonly PrivateDirectory _directory;
    private readonly string _name;

    private StateLock(SafeFileHandle file, PrivateDirectory directory, string name) => (_file, _directory, _name) = (file, directory, name);

    /// <summary>Takes the lock, and waits for it; null if another service holds it all that time.</summary>
    public static async Task<StateLock?> TakeAsync(PrivateDirectory directory, Surroundings here, TimeSpan wait)
    {
        for (var start = Stopwatch.GetTimestamp(); ; await Task.Delay(20))
        {
            if (TryTake(directory, here) is { } taken)
                return taken;
            if (Stopwatch.GetElapsedTime(start) >= wait)
                return null;
        }
    }

    /// <summary>Takes the lock; null if another service holds it.</summary>
    /// <exception cref="IOException">The file cannot be locked; the message says why.</exception>
    public static StateLock? TryTake(PrivateDirectory directory, Surroundings here)
    {
        var name = string.Create(CultureInfo.InvariantCulture, $"{here.Namespace}.lock");
        if (directory.TryLock(name, out var error) is { } file)
            return new StateLock(file, directory, name);
        return error.IsOk ? null : throw new IOException($"{Path.Combine(directory.Path, name)}: {error}");
    }

    /// <inheritdoc/>
    public void Dispose()
    {
        // Deleted while it is still held, so that nobody locks a file that is about to be removed.
        _directory.Delete(_name);
        _file.Dispose();
    }
}
