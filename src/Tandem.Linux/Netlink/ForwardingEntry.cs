using System.Runtime.InteropServices;
using Tandem.Core;
using Tandem.Linux.Native;

namespace Tandem.Linux.Netlink;

/// <summary>An entry of a forwarding database, or an address for which an interface listens besides its own.</summary>
/// <param name="Ifindex">The bridge's port, or the interface.</param>
/// <param name="Bridge">The bridge; null for an entry of the interface itself.</param>
/// <param name="Address">The station's or group's address.</param>
/// <param name="Vlan">The VLAN in a bridge that keeps VLANs apart; 0 for none.</param>
/// <param name="IsPermanent">True for the bridge's and its ports' own addresses.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct ForwardingEntry(int Ifindex, int? Bridge, MacAddress Address, ushort Vlan, bool IsPermanent)
{
    /// <summary>The entry that an RTM_NEWNEIGH message is about; null if it has no Ethernet address.</summary>
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
