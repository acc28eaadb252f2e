using System.Runtime.InteropServices;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>A range of VLANs of a bridge or port.</summary>
/// <param name="Ifindex">Ifindex of the bridge or port.</param>
/// <param name="First">The first VLAN.</param>
/// <param name="Last">The last VLAN.</param>
/// <param name="IsPvid">Whether untagged frames that arrive belong to this VLAN.</param>
/// <param name="IsUntagged">Whether frames leave untagged.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct BridgeVlan(int Ifindex, ushort First, ushort Last, bool IsPvid, bool IsUntagged)
{
    /// <summary>Adds the VLANs of an RTM_NEWLINK message of family AF_BRIDGE.</summary>
    internal static void Parse(in NetlinkMessage message, List<BridgeVlan> vlans)
    {
        if (!message.TrySplit(out IfInfoMsg header, out var attributes) || header.Family != SocketCalls.AF_BRIDGE)
            return;
        while (attributes.TryNext(out var a))
        {
            if (a.Type == Rt.IFLA_AF_SPEC)
                ParseInfo(header.Index, a.Nested, vlans);
        }
    }

    private static void ParseInfo(int ifindex, AttributeReader attributes, List<BridgeVlan> vlans)
    {
        // A range consists of two entries, the first and the last VLAN.
        ushort first = 0;
        while (attributes.TryNext(out var a))
        {
            if (a.Type != Rt.IFLA_BRIDGE_VLAN_INFO || !MemoryMarshal.TryRead(a.Value, out BridgeVlanInfo info))
                continue;
            if ((info.Flags & Rt.BRIDGE_VLAN_INFO_RANGE_BEGIN) != 0)
            {
                first = info.VlanId;
                continue;
            }
            var isRange = (info.Flags & Rt.BRIDGE_VLAN_INFO_RANGE_END) != 0;
            vlans.Add(
                new BridgeVlan(
                    ifindex,
                    isRange ? first : info.VlanId,
                    info.VlanId,
                    (info.Flags & Rt.BRIDGE_VLAN_INFO_PVID) != 0,
                    (info.Flags & Rt.BRIDGE_VLAN_INFO_UNTAGGED) != 0
                )
            );
        }
    }
}
