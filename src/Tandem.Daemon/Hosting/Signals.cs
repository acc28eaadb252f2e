using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Hosting;

/// <summary>The signals that end this service: SIGTERM and SIGINT for good, SIGHUP for another one in its place.</summary>
/// <remarks>Each is taken only when the one before has been dealt with. Those that come later stay pending, for the next program too.</remarks>
internal static class Signals
{
    /// <summary>Waits for the end. True if another service is to take this one's place, and that can be.</summary>
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
