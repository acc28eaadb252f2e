using Tandem.Core.Packets;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Announcing;

/// <summary>VLAN filtering of a bridge for frames that leave through one port.</summary>
/// <param name="vlans">The VLANs of all bridges and ports.</param>
/// <param name="bridge">The bridge.</param>
/// <param name="port">Its port.</param>
internal sealed class PortVlans(IReadOnlyList<BridgeVlan> vlans, LinkInfo bridge, LinkInfo port)
{
    /// <summary>EtherType of the tags that the bridge filters by.</summary>
    public ushort Protocol => bridge.BridgeVlanProtocol;

    /// <summary>Tags of a VLAN's frames behind the port; null if they do not leave there.</summary>
    public FrameTag[]? Of(ushort vlan) =>
        Find(port.Ifindex, vlan) is { } entry ? (entry.IsUntagged ? [] : [new FrameTag(Protocol, vlan)]) : null;

    /// <summary>As <see cref="Of"/>, for frames that the bridge's own device sends with a tag.</summary>
    public FrameTag[]? OfOwn(ushort vlan) => Find(bridge.Ifindex, vlan) is null ? null : Of(vlan);

    /// <summary>As <see cref="Of"/>, for frames that the bridge's own device sends without a tag.</summary>
    public FrameTag[]? OfOwn()
    {
        foreach (var entry in vlans)
        {
            if (entry.Ifindex == bridge.Ifindex && entry.IsPvid)
                return Of(entry.First);
        }
        return null;
    }

    private BridgeVlan? Find(int ifindex, ushort vlan)
    {
        foreach (var entry in vlans)
        {
            if (entry.Ifindex == ifindex && entry.First <= vlan && vlan <= entry.Last)
                return entry;
        }
        return null;
    }
}
