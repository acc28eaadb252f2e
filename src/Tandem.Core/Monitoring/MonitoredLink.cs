namespace Tandem.Core.Monitoring;

/// <summary>A link as the kernel reports it and as its monitor judges it. Contains no judgement; <see cref="LinkPolicy"/> does.</summary>
internal sealed class MonitoredLink
{
    /// <summary>The link as last reported by the kernel.</summary>
    public LinkStatus Status { get; set; }

    /// <summary>The monitor's view of the link.</summary>
    public LinkState State { get; set; } = LinkState.Down;

    /// <summary>When <see cref="State"/> last changed, in monotonic ns.</summary>
    public long StateSince { get; set; }

    /// <summary>When the up or down delay ends, in monotonic ns; valid while <see cref="State"/> is failing or returning.</summary>
    public long DelayEnds { get; set; }

    /// <summary>Damping of the link if it flaps.</summary>
    public LinkDamping Damping { get; } = new();
}
