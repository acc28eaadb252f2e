using Tandem.Core.Packets;

namespace Tandem.Linux.Announcing;

/// <summary>How the frames of a device above a bond look when they leave the bond.</summary>
internal sealed class WirePath
{
    private readonly FrameTag[] _tags;
    private readonly PortVlans? _vlans;

    private WirePath(FrameTag[] tags, PortVlans? vlans = null) => (_tags, _vlans) = (tags, vlans);

    /// <summary>That of the bond itself: as they are.</summary>
    public static WirePath Bond { get; } = new([]);

    /// <summary>The tags of frames that the device sends without one, the outermost first; null if they do not get to the bond.</summary>
    public FrameTag[]? Tags => _vlans is null ? _tags : Join(_vlans.OfOwn());

    /// <summary>The tags of frames that a bridge passes on, in a VLAN if it keeps them apart; null if they do not get to the bond.</summary>
    public FrameTag[]? TagsOf(ushort vlan) => _vlans is null ? _tags : Join(_vlans.Of(vlan));

    /// <summary>That of a VLAN device on the device; null if its frames do not get to the bond.</summary>
    public WirePath? Vlan(FrameTag tag)
    {
        // A bridge that does not know the tag's EtherType takes the frame for one without a tag.
        var tags = _vlans is { } vlans && vlans.Protocol == tag.Protocol ? Join(vlans.OfOwn(tag.VlanId)) : Join(Tags, tag);
        return tags is null || tags.Length > EthernetWriter.MaxTags ? null : new WirePath(tags);
    }

    /// <summary>That of a bridge of which the device is a port.</summary>
    /// <param name="vlans">What the bridge does with VLANs; null if it does not look at them.</param>
    public WirePath? Bridge(PortVlans? vlans) => Tags is { } tags ? new WirePath(tags, vlans) : null;

    private FrameTag[]? Join(FrameTag[]? inner) => inner is null ? null : [.. _tags, .. inner];

    private static FrameTag[]? Join(FrameTag[]? outer, FrameTag inner) => outer is null ? null : [.. outer, inner];
}
