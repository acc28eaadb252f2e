using System.Collections.Immutable;
using System.Net;
using Tandem.Core.Packets;

namespace Tandem.Core.Monitoring;

/// <summary>Where the host's routes to a probe target lead.</summary>
public enum ProbeRoute : byte
{
    /// <summary>Nowhere; for IPv4 also to a gateway, since a target behind one answers no ARP request.</summary>
    None = 0,

    /// <summary>To another interface than the bond.</summary>
    Elsewhere = 1,

    /// <summary>To the bond, or to a device above it.</summary>
    ByBond = 2,
}

/// <summary>The path that probes to a target take.</summary>
/// <param name="Target">The target's IPv4 or IPv6 address.</param>
/// <param name="Route">Where the route leads.</param>
/// <param name="Tags">Through the bond: VLAN tags of the probes, outermost first.</param>
/// <param name="Source">Through the bond: the host's source address; 0.0.0.0 or :: if it has none.</param>
public sealed record ProbeWay(IPAddress Target, ProbeRoute Route, ImmutableArray<FrameTag> Tags, IPAddress Source)
{
    /// <summary>The path of a target without a route: probes leave the bond without tags and without a source address.</summary>
    public static ProbeWay None(IPAddress target)
    {
        ArgumentNullException.ThrowIfNull(target);
        return new ProbeWay(target, ProbeRoute.None, [], Unspecified(target));
    }

    /// <summary>The unspecified address of the target's family.</summary>
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
