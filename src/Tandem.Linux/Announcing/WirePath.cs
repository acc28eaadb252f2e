using Tandem.Core.Packets;

namespace Tandem.Linux.Announcing;

/// <summary>The VLAN tags that frames of a device above a bond have when they leave the bond.</summary>
internal sealed class WirePath
{
    private readonly FrameTag[] _tags;
    private readonly PortVlans? _vlans;

    private WirePath(FrameTag[] tags, PortVlans? vlans = null) => (_tags, _vlans) = (tags, vlans);

    /// <summary>The path of the bond itself: no tags.</summary>
    public static WirePath Bond { get; } = new([]);

    /// <summary>Tags of frames that the device sends untagged, outermost first; null if they do not reach the bond.</summary>
    public FrameTag[]? Tags => _vlans is null ? _tags : Join(_vlans.OfOwn());

    /// <summary>Tags of frames that a bridge forwards, in a VLAN if it filters VLANs; null if they do not reach the bond.</summary>
    public FrameTag[]? TagsOf(ushort vlan) => _vlans is null ? _tags : Join(_vlans.Of(vlan));

    /// <summary>The path of a VLAN device on this device; null if its frames do not reach the bond.</summary>
    public WirePath? Vlan(FrameTag tag)
    {
        // A bridge treats a tag of another EtherType as payload.
        var tags = _vlans is { } vlans && vlans.Protocol == tag.Protocol ? Join(vlans.OfOwn(tag.VlanId)) : Join(Tags, tag);
        return tags is null || tags.Length > EthernetWriter.MaxTags ? null : new WirePath(tags);
    }

    /// <summary>The path of a bridge of which this device is a port.</summary>
    /// <param name="vlans">The bridge's VLAN filtering; null if it has none.</param>
    public WirePath? Bridge(PortVlans? vlans) => Tags is { } tags ? new WirePath(tags, vlans) : null;

    private FrameTag[]? Join(FrameTag[]? inner) => inner is null ? null : [.. _tags, .. inner];

    private static FrameTag[]? Join(FrameTag[]? outer, FrameTag inner) => outer is null ? null : [.. outer, inner];
}
