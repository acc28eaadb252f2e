using Tandem.Core.Packets;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Announcing;

/// <summary>What a bridge that keeps VLANs apart does with the frames that leave it by one port.</summary>
/// <param name="vlans">The VLANs of all bridges and ports.</param>
/// <param name="bridge">The bridge.</param>
/// <param name="port">Its port.</param>
internal sealed class PortVlans(IReadOnlyList<BridgeVlan> vlans, LinkInfo bridge, LinkInfo port)
{
    /// <summary>The EtherType of the tags by which the bridge tells VLANs apart.</summary>
    public ushort Protocol => bridge.BridgeVlanProtocol;

    /// <summary>The tags that frames of a VLAN have behind the port; null if they do not leave by it.</summary>
    public FrameTag[]? Of(ushort vlan) =>
        Find(port.Ifindex, vlan) is { } entry ? (entry.IsUntagged ? [] : [new FrameTag(Protocol, vlan)]) : null;

    /// <summary>The same for frames that the bridge's own device sends with a tag.</summary>
    public FrameTag[]? OfOwn(ushort vlan) => Find(bridge.Ifindex, vlan) is null ? null : Of(vlan);

    /// <summary>The same for frames that the bridge's own device sends without a tag.</summary>
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
