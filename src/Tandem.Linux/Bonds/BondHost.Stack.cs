using System.Net;
using Tandem.Core.Bonds;
using Tandem.Linux.Stack;

namespace Tandem.Linux.Bonds;

// Watches the IP stack on the bond, and counts received frames.
public sealed partial class BondHost
{
    private readonly Action<HostStack> _stackChanged;
    private IReadOnlyList<IPAddress>? _targets;
    private StackWatch? _stack;

    /// <inheritdoc/>
    public void WatchStack(IReadOnlyList<IPAddress>? targets)
    {
        _targets = targets;
        if (targets is null)
        {
            _stack?.Dispose();
            _stack = null;
            return;
        }
        var question = new StackQuestion(_device.Ifindex, _device.Route.Netnsid, targets);
        try
        {
            if (_stack is null)
                _stack = new StackWatch(question, _stackChanged);
            else
                _stack.Ask(question);
        }
        catch (InvalidOperationException e)
        {
            Tell(EventKind.Fault, null, $"addresses and routes cannot be watched: {e.Message}");
        }
    }

    /// <inheritdoc/>
    public ulong FramesReceived(int slot)
    {
        var counted = _paths.ReadCounters(slot);
        return counted.RxFrames + counted.RxSuppressed + counted.RxDropped;
    }

    // The device was moved to another namespace.
    private void AskStackAgain()
    {
        if (_targets is not null)
            WatchStack(_targets);
    }
}
