using Tandem.Core;
using Tandem.Core.Packets;
using Tandem.Linux.Announcing;
using Tandem.Linux.Netlink;
using static Tandem.Linux.Tests.Announcing.Links;

namespace Tandem.Linux.Tests.Announcing;

public class StationsBehindTests
{
    private const int Port = 3;
    private const int Br0 = 10;
    private const int Tap = 20;

    private static readonly LinkInfo[] BridgeOnBond = [Bond() with { Master = Br0 }, Bridge(Br0)];

    [Fact]
    public void Addresses_that_a_bridge_learned_on_other_ports_are_behind_the_bond()
    {
        Assert.Equal(
            ["02:00:00:00:00:63"],
            Find(
                BridgeOnBond,
                [
                    Learned(Tap, 99),
                    // Outside; the bridge's own, a port's own, a group, another bridge.
                    Learned(Port, 98),
                    Learned(Br0, Br0) with
                    {
                        IsPermanent = true,
                    },
                    Learned(Tap, Tap) with
                    {
                        IsPermanent = true,
                    },
                    Learned(Tap, 0) with
                    {
                        Address = new MacAddress(0x0100_5e00_0001),
                    },
                    Learned(Tap, 97) with
                    {
                        Bridge = 11,
                    },
                ]
            )
        );
    }

    [Fact]
    public void Addresses_on_another_port_that_leads_to_the_bond_are_not_behind_it()
    {
        LinkInfo[] links = [Bond() with { Master = Br0 }, Vlan(4, Port, 7) with { Master = Br0 }, Bridge(Br0)];
        Assert.Empty(Find(links, [Learned(4, 99)]));
    }

    [Fact]
    public void A_macvlan_in_another_namespace_is_known_by_the_device_that_listens_for_it()
    {
        LinkInfo[] links = [.. BridgeOnBond, Vlan(4, Port, 7), On(5, Port, "macvlan", "mac"), On(6, Port, "macvtap", "tap")];
        Assert.Equal(
            ["02:00:00:00:00:64", "02:00:00:00:00:63 7", "02:00:00:00:00:06"],
            Find(
                links,
                [
                    Heard(Br0, 100),
                    // One on the VLAN device, for which bond0 listens as well.
                    Heard(4, 99),
                    Heard(Port, 99),
                    // Devices in sight: a VLAN device with an address of its own, one that was announced, and one without an IP address.
                    Heard(Port, 4),
                    Heard(Port, 5),
                    Heard(Port, 6),
                    Heard(Tap, 96),
                ],
                announced: [Mac(5)]
            )
        );
    }

    [Fact]
    public void Stations_in_a_vlan_have_the_tag_of_the_port_or_do_not_leave()
    {
        BridgeVlan[] vlans = [new(Port, 1, 1, true, true), new(Port, 2, 9, false, false), new(Br0, 1, 1, true, true)];
        var bridge = Bridge(Br0) with { FiltersVlans = true, BridgeVlanProtocol = EtherType.Vlan };
        Assert.Equal(
            ["02:00:00:00:00:63", "02:00:00:00:00:63 5"],
            Find(
                [BridgeOnBond[0], bridge],
                [Learned(Tap, 99) with { Vlan = 1 }, Learned(Tap, 99) with { Vlan = 5 }, Learned(Tap, 99) with { Vlan = 10 }],
                vlans
            )
        );
    }

    [Fact]
    public void There_is_a_bound()
    {
        var entries = Enumerable.Range(1000, 2 * StationsBehind.Most).Select(i => Learned(Tap, i)).ToArray();
        Assert.Equal(StationsBehind.Most, Find(BridgeOnBond, entries).Length);
    }

    private static ForwardingEntry Learned(int port, int station) => new(port, Br0, Mac(station), 0, IsPermanent: false);

    private static ForwardingEntry Heard(int device, int station) => new(device, null, Mac(station), 0, IsPermanent: true);

    private static string[] Find(LinkInfo[] links, ForwardingEntry[] entries, BridgeVlan[]? vlans = null, MacAddress[]? announced = null) =>
        [
            .. StationsBehind
                .Of(UpperDevices.Of(links, vlans ?? [], "bond0"), entries, (announced ?? []).ToHashSet())
                .Select(s => string.Join(' ', [s.Address.ToString(), .. s.Tags.Select(t => $"{t.VlanId}")])),
        ];
}
