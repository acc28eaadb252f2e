namespace Tandem.Linux.Threads;

/// <summary>Threads that wait for the kernel, as long as what they serve exists.</summary>
internal static class OwnThread
{
    private const int StackBytes = 256 * 1024;

    /// <summary>Starts a thread in the calling thread's network namespace. It does not keep the process alive.</summary>
    /// <param name="name">Its name, which <c>ps -L</c> and <c>top -H</c> show; at most 15 bytes.</param>
    /// <param name="run">The thread's code.</param>
    /// <exception cref="InvalidOperationException">The kernel has no more threads, descriptors or memory.</exception>
    public static Thread Start(string name, ThreadStart run)
    {
        var thread = new Thread(run, StackBytes) { Name = name, IsBackground = true };
        try
        {
            thread.Start();
            return thread;
        }
        catch (OutOfMemoryException e)
        {
            throw new InvalidOperationException(
                $"the thread \"{name}\" cannot be started: there are no more threads, descriptors or memory",
                e
            );
        }
    }
}
