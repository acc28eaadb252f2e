using System.Net;

namespace Tandem.Core;

// What the host's IP stack has on the bond: asked for only where something needs it.
public sealed partial class Bond
{
    private IReadOnlyList<IPAddress>? _watched;

    /// <summary>What the host's IP stack has on the bond, as it was last told; nothing while nobody needs it.</summary>
    public HostStack Stack { get; private set; } = HostStack.Unknown;

    /// <summary>Takes in what the host's IP stack has on the bond.</summary>
    public void StackChanged(long now, HostStack stack)
    {
        // News may have been under way when it was no longer wanted.
        if (_watched is null)
            return;
        Stack = stack;
        _probes.StackChanged(now);
        Settle(now);
    }

    // To whom the ways are wanted, if anything of the stack is.
    private void WatchStack()
    {
        var wanted = _probes.Targets?.Addresses ?? (Mode.NeedsStack ? [] : null);
        if (wanted is null ? _watched is null : _watched is not null && wanted.SequenceEqual(_watched))
            return;
        _watched = wanted;
        if (wanted is null)
            Stack = HostStack.Unknown;
        Host.WatchStack(wanted);
    }
}
