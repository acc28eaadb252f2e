namespace Tandem.Linux.Threads;

/// <summary>
/// Closes descriptors in the background whose closing blocks: the kernel waits for all processors, some 10 ms, for each packet or
/// nftables socket. Sockets closed at the same time wait together.
/// </summary>
internal static class SlowClose
{
    private const int MostThreads = 8;

    private static readonly Lock Gate = new();
    private static readonly Queue<IDisposable> Waiting = [];
    private static int s_threads;

    /// <summary>Closes an object soon. The caller must not use it any more.</summary>
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
