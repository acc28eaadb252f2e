using Tandem.Core.Bonds;
using Tandem.Linux.Hosting;

namespace Tandem.Linux.Stack;

/// <summary>
/// Reports the IP configuration on a bond whenever it changes, on a thread that all bonds share: <see cref="StackThread"/>. Disposing
/// does not wait for that thread; one report may still follow.
/// </summary>
internal sealed class StackWatch : IDisposable
{
    private readonly PerNamespace<StackThread>.Lease _thread;
    private readonly Action<HostStack> _tell;
    private StackQuestion? _question;

    // Used by the thread alone.
    private StackQuestion? _answered;
    private HostStack? _told;

    /// <summary>Starts watching, in the network namespace of the calling thread.</summary>
    /// <param name="question">What to read.</param>
    /// <param name="tell">Called on the thread with the first answer, and with each answer that differs from the last one.</param>
    /// <exception cref="InvalidOperationException">The kernel refuses the subscription.</exception>
    public StackWatch(StackQuestion question, Action<HostStack> tell)
    {
        (_question, _tell) = (question, tell);
        _thread = StackThread.Take();
        _thread.Value.Add(this);
    }

    /// <summary>The present question; null once the watch has ended.</summary>
    public StackQuestion? Question => Volatile.Read(ref _question);

    /// <summary>Changes the question. The next answer is reported even if it is the same.</summary>
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

    /// <summary>Thread: reports an answer if it differs from the last one.</summary>
    public void Answer(StackQuestion question, HostStack stack)
    {
        if (question == _answered && _told is not null && stack.SameAs(_told))
            return;
        (_answered, _told) = (question, stack);
        _tell(stack);
    }
}
