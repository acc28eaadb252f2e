using System.Net;

namespace Tandem.Core.Bonds;

// State of the host's IP stack on the bond. It is watched only while something needs it.
public sealed partial class Bond
{
    private IReadOnlyList<IPAddress>? _watched;

    /// <summary>State of the host's IP stack on the bond, as last reported; <see cref="HostStack.Unknown"/> while nothing needs
    /// it.</summary>
    public HostStack Stack { get; private set; } = HostStack.Unknown;

    /// <summary>The state of the host's IP stack on the bond changed.</summary>
    public void StackChanged(long now, HostStack stack)
    {
        // A report may still arrive after the watch has ended.
        if (_watched is null)
            return;
        Stack = stack;
        _probes.StackChanged(now);
        Settle(now);
    }

    // Watches the stack with routes to the probe targets, if probes or the mode need it.
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
