using System.Runtime.InteropServices;
using Tandem.Core;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>An entry of a bridge's forwarding database, or an additional address that an interface listens for.</summary>
/// <param name="Ifindex">Ifindex of the bridge port or interface.</param>
/// <param name="Bridge">Ifindex of the bridge; null for an entry of the interface itself.</param>
/// <param name="Address">Address of the station or group.</param>
/// <param name="Vlan">The VLAN, for a bridge with vlan_filtering; 0 for none.</param>
/// <param name="IsPermanent">Whether it is an address of the bridge or its ports.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ForwardingEntry(int Ifindex, int? Bridge, MacAddress Address, ushort Vlan, bool IsPermanent)
{
    /// <summary>The entry in an RTM_NEWNEIGH message; null if it has no Ethernet address.</summary>
    internal static ForwardingEntry? Parse(in NetlinkMessage message)
    {
        if (!message.TrySplit(out NdMsg header, out var attributes) || header.Family != SocketCalls.AF_BRIDGE)
            return null;
        int? bridge = null;
        MacAddress? address = null;
        ushort vlan = 0;
        while (attributes.TryNext(out var a))
        {
            if (a.Type == Rt.NDA_LLADDR && a.Value.Length == MacAddress.Length)
                address = MacAddress.Read(a.Value);
            else if (a.Type == Rt.NDA_VLAN)
                vlan = a.UInt16;
            else if (a.Type == Rt.NDA_MASTER && (header.Flags & Rt.NTF_SELF) == 0)
                bridge = a.Int32;
        }
        if (address is not { } station)
            return null;
        return new ForwardingEntry(header.Index, bridge, station, vlan, (header.State & Rt.NUD_PERMANENT) != 0);
    }
}
