using System.Collections.Immutable;
using System.Net;
using Tandem.Core.Packets;

namespace Tandem.Core.Monitoring;

/// <summary>Where the host's routes lead for a target of the probes.</summary>
public enum ProbeRoute : byte
{
    /// <summary>To no interface; for IPv4 also to a gateway: a target behind one answers no ARP request.</summary>
    None = 0,

    /// <summary>Not by the bond.</summary>
    Elsewhere = 1,

    /// <summary>By the bond, or by a device above it.</summary>
    ByBond = 2,
}

/// <summary>The way that probes to a target take.</summary>
/// <param name="Target">The target: an IPv4 or an IPv6 address.</param>
/// <param name="Route">Where the routes lead.</param>
/// <param name="Tags">By the bond: the tags of the frames, the outermost first.</param>
/// <param name="Source">By the bond: the host's address for the target; 0.0.0.0 or :: if it has none.</param>
public sealed record ProbeWay(IPAddress Target, ProbeRoute Route, ImmutableArray<FrameTag> Tags, IPAddress Source)
{
    /// <summary>A way that leads nowhere: probes leave the bond without tags and without the host's address.</summary>
    public static ProbeWay None(IPAddress target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new ProbeWay(target, ProbeRoute.None, [], Unspecified(target));
    }

    /// <summary>The address of nobody, of a target's family.</summary>
    public static IPAddress Unspecified(IPAddress target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return target.AddressFamily == System.Net.Sockets.AddressFamily.InterNetwork ? IPAddress.Any : IPAddress.IPv6Any;
    }

    /// <inheritdoc/>
    public bool Equals(ProbeWay? other) =>
        other is not null
        && Target.Equals(other.Target)
        && Route == other.Route
        && Source.Equals(other.Source)
        && Tags.AsSpan().SequenceEqual(other.Tags.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Target, Route, Source);
}
