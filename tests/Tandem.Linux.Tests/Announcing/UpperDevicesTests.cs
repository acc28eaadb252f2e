using Tandem.Core.Packets;
using Tandem.Linux.Announcing;
using Tandem.Linux.Netlink;

namespace Tandem.Linux.Tests.Announcing;

public class UpperDevicesTests
{
    private const int Bond = 3;

    [Fact]
    public void Macvlans_and_vlan_devices_are_found_with_the_tags_that_their_frames_have()
    {
        string[] expected = ["bond0", "bond0.7 7", "mac", "tap", "inner 7 9", "mac7 7"];
        Assert.Equal(
            expected,
            Walk(
                Links.Bond(),
                Links.Vlan(4, Bond, 7),
                Links.On(5, Bond, "macvlan", "mac"),
                Links.On(6, Bond, "macvtap", "tap"),
                Inner(),
                Mac7()
            )
        );
        // The order in which the kernel lists the devices does not matter.
        Assert.Equal(
            expected.Order(),
            Walk(
                    Mac7(),
                    Inner(),
                    Links.On(6, Bond, "macvtap", "tap"),
                    Links.On(5, Bond, "macvlan", "mac"),
                    Links.Vlan(4, Bond, 7),
                    Links.Bond()
                )
                .Order()
        );

        static LinkInfo Inner() => Links.Vlan(7, 4, 9) with { Name = "inner" };
        static LinkInfo Mac7() => Links.On(8, 4, "macvlan", "mac7");
    }

    [Fact]
    public void A_providers_tag_stands_before_a_customers()
    {
        var links = new[] { Links.Bond(), Links.Vlan(4, Bond, 100) with { VlanProtocol = EtherType.ServiceVlan }, Links.Vlan(5, 4, 9) };
        var inner = UpperDevices.Of(links, [], "bond0")[^1];
        Assert.Equal([new FrameTag(EtherType.ServiceVlan, 100), new FrameTag(EtherType.Vlan, 9)], inner.Path.Tags!);
    }

    [Fact]
    public void A_bridge_is_found_by_its_port_and_what_is_on_it_too()
    {
        Assert.Equal(
            ["bond0", "br0", "br0.7 7", "mac"],
            Walk(
                Links.Bond() with
                {
                    Master = 10,
                },
                Links.Bridge(10),
                Links.Vlan(11, 10, 7) with
                {
                    Name = "br0.7",
                },
                Links.On(12, 10, "macvlan", "mac")
            )
        );
        // A bridge above a VLAN of the bond is included, but its other ports are not.
        Assert.Equal(
            ["bond0", "bond0.7 7", "br0 7"],
            Walk(
                Links.Bond(),
                Links.Vlan(4, Bond, 7) with
                {
                    Master = 10,
                },
                Links.Bridge(10),
                Links.On(13, 14, "veth", "vm") with
                {
                    Master = 10,
                }
            )
        );
    }

    [Fact]
    public void Other_masters_and_kinds_down_devices_and_other_namespaces_are_left_out()
    {
        Assert.Equal(
            ["bond0"],
            Walk(
                Links.Bond() with
                {
                    Master = 10,
                },
                Links.Bridge(10) with
                {
                    Kind = "vrf",
                },
                Links.On(4, Bond, "ipvlan", "ipvl0"),
                Links.On(5, Bond, "macvlan", "elsewhere") with
                {
                    LinkNetnsid = 0,
                },
                Links.Vlan(6, Bond, 7) with
                {
                    Flags = LinkFlags.None,
                },
                // Up, but above a device that is down.
                Links.On(7, 6, "macvlan", "mac7")
            )
        );
        Assert.Empty(Walk(Links.Bond() with { Flags = LinkFlags.None }, Links.Vlan(4, Bond, 7)));
        Assert.Empty(Walk(Links.Vlan(4, Bond, 7)));
    }

    [Fact]
    public void A_port_that_the_spanning_tree_blocks_does_not_lead_to_its_bridge()
    {
        Assert.Equal(["bond0"], Walk(Links.Bond() with { Master = 10, BridgePortState = 4 }, Links.Bridge(10)));
        Assert.Equal(["bond0", "br0"], Walk(Links.Bond() with { Master = 10, BridgePortState = 3 }, Links.Bridge(10)));
    }

    [Fact]
    public void Devices_in_a_circle_are_each_found_once()
    {
        Assert.Equal(
            ["bond0", "br0", "br0.7 7"],
            Walk(Links.Bond() with { Master = 10 }, Links.Bridge(10), Links.Vlan(11, 10, 7) with { Name = "br0.7", Master = 10 })
        );
        Assert.Equal(["bond0"], Walk(Links.Bond() with { Link = Bond, Kind = "macvlan" }));
    }

    [Fact]
    public void More_tags_than_linux_stacks_are_not_followed()
    {
        var links = new List<LinkInfo> { Links.Bond() };
        for (var i = 1; i <= EthernetWriter.MaxTags + 2; i++)
            links.Add(Links.Vlan(Bond + i, Bond + i - 1, i));
        Assert.Equal(EthernetWriter.MaxTags + 1, UpperDevices.Of(links, [], "bond0").Count);
    }

    [Fact]
    public void A_bridge_that_keeps_vlans_apart_tags_what_leaves_by_the_port()
    {
        BridgeVlan[] vlans =
        [
            // The port has VLAN 1 without a tag and 2 to 20 with one; the bridge's own device takes part in 1 and 10 to 11.
            new(Bond, 1, 1, IsPvid: true, IsUntagged: true),
            new(Bond, 2, 20, IsPvid: false, IsUntagged: false),
            new(10, 1, 1, IsPvid: true, IsUntagged: true),
            new(10, 10, 11, IsPvid: false, IsUntagged: false),
        ];
        LinkInfo[] links =
        [
            Links.Bond() with
            {
                Master = 10,
            },
            Links.Bridge(10) with
            {
                FiltersVlans = true,
                BridgeVlanProtocol = EtherType.Vlan,
            },
            Links.Vlan(11, 10, 10) with
            {
                Name = "br0.10",
            },
            Links.Vlan(12, 10, 12) with
            {
                Name = "not on the bridge",
            },
            Links.Vlan(13, 10, 30) with
            {
                Name = "not on the port",
            },
            Links.Vlan(14, 11, 5) with
            {
                Name = "inner",
            },
            // With another EtherType the bridge sees a frame without a tag.
            Links.Vlan(15, 10, 6) with
            {
                Name = "provider",
                VlanProtocol = EtherType.ServiceVlan,
            },
        ];
        Assert.Equal(["bond0", "br0", "br0.10 10", "provider 6", "inner 10 5"], Walk(vlans, links));

        // The bridge's own VLAN is tagged on the port, or is missing there.
        vlans[2] = new BridgeVlan(10, 3, 3, IsPvid: true, IsUntagged: true);
        Assert.Equal(["bond0", "br0 3", "br0.10 10", "provider 3 6", "inner 10 5"], Walk(vlans, links));
        vlans[2] = new BridgeVlan(10, 40, 40, IsPvid: true, IsUntagged: true);
        Assert.Equal(["bond0", "br0 -", "br0.10 10", "inner 10 5"], Walk(vlans, links));
    }

    private static string[] Walk(params LinkInfo[] links) => Walk([], links);

    private static string[] Walk(BridgeVlan[] vlans, LinkInfo[] links) =>
        [.. UpperDevices.Of(links, vlans, "bond0").Select(d => string.Join(' ', [d.Link.Name, .. Text(d.Path.Tags)]))];

    private static IEnumerable<string> Text(FrameTag[]? tags) => tags?.Select(t => $"{t.VlanId}") ?? ["-"];
}
