using Tandem.Core;
using Tandem.Core.Packets;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Announcing;

/// <summary>Interfaces as the kernel would describe them: up, and with the address 02:00:00:00:00:NN of their number.</summary>
internal static class Links
{
    /// <summary>bond0, with the number 3.</summary>
    public static LinkInfo Bond() => On(3, null, "tun", "bond0");

    /// <summary>The bridge br0.</summary>
    public static LinkInfo Bridge(int ifindex) => On(ifindex, null, "bridge", "br0");

    /// <summary>A VLAN device, named like one on bond0.</summary>
    public static LinkInfo Vlan(int ifindex, int lower, int vlan) =>
        On(ifindex, lower, "vlan", $"bond0.{vlan}") with
        {
            VlanId = (ushort)vlan,
            VlanProtocol = EtherType.Vlan,
        };

    /// <summary>A device of any kind on another one.</summary>
    public static LinkInfo On(int ifindex, int? lower, string kind, string name) =>
        new()
        {
            Ifindex = ifindex,
            Name = name,
            Link = lower,
            Kind = kind,
            Flags = LinkFlags.Up,
            AddressBytes = [2, 0, 0, 0, 0, (byte)ifindex],
            BroadcastBytes = [],
        };

    /// <summary>An address of the same form.</summary>
    public static MacAddress Mac(int number) => new(0x0200_0000_0000UL + (ulong)number);
}
