using System.Runtime.InteropServices;

namespace Tandem.Core.Packets;

/// <summary>A VLAN tag to put on a frame.</summary>
/// <param name="Protocol">The tag's EtherType: <see cref="EtherType.Vlan"/> or <see cref="EtherType.ServiceVlan"/>.</param>
/// <param name="VlanId">The VLAN ID, 0 to 4094.</param>
[StructLayout(LayoutKind.Auto)]
public readonly record struct FrameTag(ushort Protocol, ushort VlanId);
