using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Tandem.Core.Monitoring;
using Tandem.Core.Packets;

namespace Tandem.Core;

/// <summary>
/// What the host's IP stack has on a bond, as it was when it was last read: a value that does not change. The brain gets it from
/// <see cref="Bond.StackChanged"/> after it asked for it (<see cref="IBondHost.WatchStack"/>).
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "An IP stack is called so.")]
public sealed record HostStack
{
    /// <summary>A stack of which nothing has been read yet.</summary>
    public static HostStack Unknown { get; } = new();

    /// <summary>The IPv4 and IPv6 addresses of the bond's device and of all devices above it.</summary>
    public IpAddressSet Addresses { get; init; } = IpAddressSet.Empty;

    /// <summary>Those of them that are of devices which send with the bond's own MAC address.</summary>
    public IpAddressSet OwnAddresses { get; init; } = IpAddressSet.Empty;

    /// <summary>The VLAN devices and macvlans above the bond, lower ones first; the bond's device itself is none of them.</summary>
    public ImmutableArray<HostStation> Stations { get; init; } = [];

    /// <summary>The way to each target that was asked for.</summary>
    public ImmutableArray<ProbeWay> Ways { get; init; } = [];

    /// <summary>The way to a target; one that is not known is no way.</summary>
    public ProbeWay WayTo(IPAddress target)
    {
        foreach (var way in Ways)
        {
            if (way.Target.Equals(target))
                return way;
        }
        return ProbeWay.None(target);
    }

    /// <summary>Whether two stacks have the same on the bond.</summary>
    public bool SameAs(HostStack other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Addresses.SameAs(other.Addresses)
            && OwnAddresses.SameAs(other.OwnAddresses)
            && Stations.AsSpan().SequenceEqual(other.Stations.AsSpan())
            && Ways.AsSpan().SequenceEqual(other.Ways.AsSpan());
    }
}

/// <summary>A device above a bond whose frames have an address, or tags, of their own.</summary>
/// <param name="Address">The device's MAC address.</param>
/// <param name="Tags">The tags that its frames have when they leave the bond, the outermost first.</param>
/// <param name="IsVlan">True for a VLAN device, false for a macvlan.</param>
public sealed record HostStation(MacAddress Address, ImmutableArray<FrameTag> Tags, bool IsVlan)
{
    /// <inheritdoc/>
    public bool Equals(HostStation? other) =>
        other is not null && Address == other.Address && IsVlan == other.IsVlan && Tags.AsSpan().SequenceEqual(other.Tags.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, Tags.Length, IsVlan);
}
