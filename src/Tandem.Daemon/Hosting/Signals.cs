using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Hosting;

/// <summary>The signals that end this service: SIGTERM and SIGINT stop it, SIGHUP replaces it.</summary>
/// <remarks>Signals are handled one at a time. Later ones stay pending, also for the next program.</remarks>
internal static class Signals
{
    /// <summary>Blocks until the service must end. True if another program replaces it, and can.</summary>
    public static Task<bool> AwaitEndAsync(Func<bool> canBeReplaced)
    {
        var ended = new TaskCompletionSource<bool>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => ended.SetResult(Await(canBeReplaced))) { Name = "signals", IsBackground = true }.Start();
        return ended.Task;
    }

    private static bool Await(Func<bool> canBeReplaced)
    {
        while (HeldSignals.Await() == SignalWish.Replace)
        {
            if (canBeReplaced())
                return true;
        }
        return false;
    }
}
