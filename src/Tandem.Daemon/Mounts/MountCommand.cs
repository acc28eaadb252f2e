using System.Diagnostics;
using System.Runtime.InteropServices;
using Tandem.Daemon.Descriptors;
using Tandem.Daemon.Hosting;
using Tandem.Linux.Mounting;

namespace Tandem.Daemon.Mounts;

/// <summary><c>tandemd --mount</c> and <c>--unmount</c>, for the mount namespace of the caller. The service itself may be in one of its own.</summary>
internal static class MountCommand
{
    private const string LockName = "lock";

    private static readonly TimeSpan s_limit = TimeSpan.FromSeconds(10);

    /// <summary>Why there can be no mounts here; null if there can be.</summary>
    public static string? Problem() => MountSupport.Problem();

    /// <summary>Keeps the mounts until a signal, or <see cref="Unmount"/> in another process.</summary>
    /// <returns>Whether they could be made.</returns>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public static bool Keep(Settings settings, ILogger log)
    {
        if (Problem() is { } problem)
        {
            Logging.Log.CannotStart(log, problem);
            return false;
        }
        var folder = FolderOf(settings);
        using var opened = folder.Open();
        using var held = opened.TryLock(LockName, out var error);
        if (held is null)
        {
            Logging.Log.CannotStart(log, error.IsOk ? "another process keeps the mounts of this mount namespace" : error.ToString());
            return false;
        }
        using var keeper = new MountKeeper(folder, log);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, End);
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, End);
        using var hungUp = PosixSignalRegistration.Create(PosixSignal.SIGHUP, End);
        keeper.Run(ServiceManager.Ready);
        return true;

        void End(PosixSignalContext signal)
        {
            signal.Cancel = true;
            keeper.Stop();
        }
    }

    /// <summary>Ends the process that keeps the mounts, and removes what one left that was killed.</summary>
    /// <returns>Whether they are gone.</returns>
    /// <exception cref="IOException">The folder cannot be used.</exception>
    public static bool Unmount(Settings settings, ILogger log)
    {
        var folder = FolderOf(settings);
        if (!Directory.Exists(folder.Own))
        {
            MountKeeper.RemoveStale(folder);
            return true;
        }
        using var opened = folder.Open();
        File.Delete(folder.Mark);
        for (var watch = Stopwatch.StartNew(); watch.Elapsed < s_limit; Thread.Sleep(20))
        {
            using var held = opened.TryLock(LockName, out _);
            if (held is null)
                continue;
            MountKeeper.RemoveStale(folder);
            folder.Clear();
            folder.Remove();
            return true;
        }
        Logging.Log.CannotStart(log, $"{folder.Own}: the process that keeps the mounts does not end; end it, then try again");
        return false;
    }

    private static MountFolder FolderOf(Settings settings) => new(Path.GetDirectoryName(settings.Socket) ?? "/");
}
