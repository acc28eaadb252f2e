using System.Collections.Immutable;
using System.Diagnostics.CodeAnalysis;
using System.Net;
using Tandem.Core.Monitoring;
using Tandem.Core.Packets;

namespace Tandem.Core.Bonds;

/// <summary>
/// State of the host's IP stack on a bond: an immutable snapshot. The brain requests it by <see cref="IBondHost.WatchStack"/> and gets it
/// by <see cref="Bond.StackChanged"/>.
/// </summary>
[SuppressMessage("Naming", "CA1711", Justification = "An IP stack is called so.")]
public sealed record HostStack
{
    /// <summary>The state before anything was read.</summary>
    public static HostStack Unknown { get; } = new();

    /// <summary>IPv4 and IPv6 addresses of the bond's device and of all devices above it.</summary>
    public IpAddressSet Addresses { get; init; } = IpAddressSet.Empty;

    /// <summary>Those of <see cref="Addresses"/> whose device sends with the bond's own MAC address.</summary>
    public IpAddressSet OwnAddresses { get; init; } = IpAddressSet.Empty;

    /// <summary>VLAN devices and macvlans above the bond, lower ones first; without the bond's device.</summary>
    public ImmutableArray<HostStation> Stations { get; init; } = [];

    /// <summary>The path to each target that was asked for.</summary>
    public ImmutableArray<ProbeWay> Ways { get; init; } = [];

    /// <summary>The path to a target; <see cref="ProbeWay.None"/> if it is unknown.</summary>
    public ProbeWay WayTo(IPAddress target)
    {
        foreach (var way in Ways)
        {
            if (way.Target.Equals(target))
                return way;
        }
        return ProbeWay.None(target);
    }

    /// <summary>Whether both states are the same.</summary>
    public bool SameAs(HostStack other)
    {
        ArgumentNullException.ThrowIfNull(other);
        return Addresses.SameAs(other.Addresses)
            && OwnAddresses.SameAs(other.OwnAddresses)
            && Stations.AsSpan().SequenceEqual(other.Stations.AsSpan())
            && Ways.AsSpan().SequenceEqual(other.Ways.AsSpan());
    }
}

/// <summary>A device above a bond whose frames have their own MAC address or VLAN tags.</summary>
/// <param name="Address">The device's MAC address.</param>
/// <param name="Tags">VLAN tags of its frames when they leave the bond, outermost first.</param>
/// <param name="IsVlan">True for a VLAN device, false for a macvlan.</param>
public sealed record HostStation(MacAddress Address, ImmutableArray<FrameTag> Tags, bool IsVlan)
{
    /// <inheritdoc/>
    public bool Equals(HostStation? other) =>
        other is not null && Address == other.Address && IsVlan == other.IsVlan && Tags.AsSpan().SequenceEqual(other.Tags.AsSpan());

    /// <inheritdoc/>
    public override int GetHashCode() => HashCode.Combine(Address, Tags.Length, IsVlan);
}
