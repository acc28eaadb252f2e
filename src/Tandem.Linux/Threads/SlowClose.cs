namespace Tandem.Linux.Threads;

/// <summary>
/// Closes what takes the kernel long: before it closes a packet socket or one of nftables it waits for all of its processors, some 10 ms each. Nobody
/// waits for that here; sockets that are closed at the same time wait together.
/// </summary>
internal static class SlowClose
{
    private const int MostThreads = 8;

    private static readonly Lock Gate = new();
    private static readonly Queue<IDisposable> Waiting = [];
    private static int s_threads;

    /// <summary>Has something closed soon. Nobody uses it any longer.</summary>
    public static void Begin(IDisposable what)
    {
        lock (Gate)
        {
            Waiting.Enqueue(what);
            if (s_threads == MostThreads)
                return;
            s_threads++;
        }
        try
        {
            OwnThread.Start("closing", Run);
        }
        catch (InvalidOperationException)
        {
            Run();
        }
    }

    private static void Run()
    {
        while (Next() is { } what)
            what.Dispose();
    }

    private static IDisposable? Next()
    {
        lock (Gate)
        {
            if (Waiting.TryDequeue(out var what))
                return what;
            s_threads--;
            return null;
        }
    }
}
