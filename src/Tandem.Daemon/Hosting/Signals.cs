using Tandem.Linux.Hosting;

namespace Tandem.Daemon.Hosting;

/// <summary>
/// The signals that end this service: SIGTERM and SIGINT stop it, SIGHUP replaces it, SIGUSR1 ends it and leaves its bonds to the next one.
/// </summary>
/// <remarks>Signals are handled one at a time. Later ones stay pending, also for the next program.</remarks>
internal static class Signals
{
    /// <summary>Waits for the signal that ends the service. SIGHUP does so only if another program can replace it.</summary>
    public static Task<SignalWish> AwaitEndAsync(Func<bool> canBeReplaced)
    {
        var ended = new TaskCompletionSource<SignalWish>(TaskCreationOptions.RunContinuationsAsynchronously);
        new Thread(() => ended.SetResult(Await(canBeReplaced))) { Name = "signals", IsBackground = true }.Start();
        return ended.Task;
    }

    private static SignalWish Await(Func<bool> canBeReplaced)
    {
        while (true)
        {
            var wish = HeldSignals.Await();
            if (wish != SignalWish.Replace || canBeReplaced())
                return wish;
        }
    }
}
