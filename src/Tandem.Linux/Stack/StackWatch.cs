using Tandem.Core;
using Tandem.Linux.Hosting;

namespace Tandem.Linux.Stack;

/// <summary>
/// Tells what the IP stack has on a bond, whenever that changes, on a thread that all bonds share: <see cref="StackThread"/>. Whoever disposes of it
/// does not wait for that thread; one answer may still be under way.
/// </summary>
internal sealed class StackWatch : IDisposable
{
    private readonly PerNamespace<StackThread>.Lease _thread;
    private readonly Action<HostStack> _tell;
    private StackQuestion? _question;

    // The thread's own.
    private StackQuestion? _answered;
    private HostStack? _told;

    /// <summary>Begins to watch, in the network namespace of the calling thread.</summary>
    /// <param name="question">What is asked.</param>
    /// <param name="tell">Called on the thread with each answer that differs from the last one; the first is one.</param>
    /// <exception cref="InvalidOperationException">The kernel gives no news.</exception>
    public StackWatch(StackQuestion question, Action<HostStack> tell)
    {
        (_question, _tell) = (question, tell);
        _thread = StackThread.Take();
        _thread.Value.Add(this);
    }

    /// <summary>What is asked now; null once the watch has ended.</summary>
    public StackQuestion? Question => Volatile.Read(ref _question);

    /// <summary>Asks something else. The answer is told even if it is the same.</summary>
    public void Ask(StackQuestion question)
    {
        Volatile.Write(ref _question, question);
        _thread.Value.Ask();
    }

    /// <summary>Ends the watch.</summary>
    public void Dispose()
    {
        Volatile.Write(ref _question, null);
        _thread.Value.Remove(this);
        _thread.Dispose();
    }

    /// <summary>The thread: takes in an answer, and tells it if it is another.</summary>
    public void Answer(StackQuestion question, HostStack stack)
    {
        if (question == _answered && _told is not null && stack.SameAs(_told))
            return;
        (_answered, _told) = (question, stack);
        _tell(stack);
    }
}
