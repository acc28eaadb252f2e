using System.Net;
using System.Net.Sockets;
using Tandem.Core;
using Tandem.Core.Bonds;
using Tandem.Core.Options;
using Tandem.Linux.Bonds;
using Tandem.Linux.Interfaces;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;
using Tandem.Linux.Paths.Sockets;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Bonds;

public class BondHostTests
{
    [Fact]
    public void A_member_is_remembered_before_it_is_taken_and_forgotten_when_it_is_back()
    {
        Netns.Require();
        using var pair = new BondedPair();
        var before = pair.Link("m0");
        Assert.True(pair.Attach(0, mtu: 1450).IsOk);
        Assert.Equal(["remember m0"], pair.Journal);
        var taken = pair.Link("m0");
        Assert.Equal((1450, pair.Link("bond0").Address, true), (taken.Mtu, taken.Address, taken.IsUp));

        pair.Detach(0);
        Assert.Equal(["remember m0", "forget m0"], pair.Journal);
        var back = pair.Link("m0");
        Assert.Equal((before.Mtu, before.Address, false), (back.Mtu, back.Address, back.IsUp));
    }

    [Fact]
    public void A_member_is_known_by_the_address_that_it_was_given_last_and_comes_back_whatever_it_has()
    {
        Netns.Require();
        using var pair = new BondedPair();
        var before = pair.Link("m0");
        Assert.True(pair.Attach(0).IsOk);
        Assert.Equal(pair.Link("bond0").Address.ToString(), pair.Remembered[before.Ifindex].TakenAddress);
        Assert.True(pair.Host.SetMemberAddress(before.Ifindex, new MacAddress(0x0200_0000_0077)).IsOk);
        Assert.Equal("02:00:00:00:00:77", pair.Remembered[before.Ifindex].TakenAddress);
        pair.Here.Ip("link set m0 address 02:00:00:00:00:78");
        pair.Detach(0);
        Assert.Equal((before.Address, false), (pair.Link("m0").Address, pair.Link("m0").IsUp));
        Assert.Empty(pair.Remembered);
    }

    [Fact]
    public void A_member_that_cannot_be_given_back_whole_stays_remembered()
    {
        Netns.Require();
        using var pair = new BondedPair();
        Assert.True(pair.Attach(0).IsOk);
        pair.Here.Run(() =>
        {
            Capabilities.DropAll();
            pair.Host.Detach(pair.Link("m0").Ifindex, 0);
        });
        Assert.Equal(["remember m0", "owe m0"], pair.Journal);
        Assert.Single(pair.Events, e => e.Kind == EventKind.Fault);
    }

    [Fact]
    public void An_attach_that_fails_leaves_the_interface_as_it_was()
    {
        Netns.Require();
        using var pair = new BondedPair();
        pair.Here.Ip("addr add 10.5.0.1/24 dev m0");
        var before = pair.Link("m0");
        var result = pair.Attach(0, mtu: 10);
        Assert.False(result.IsOk);
        Assert.Contains("MTU", result.Problem, StringComparison.Ordinal);
        var after = pair.Link("m0");
        Assert.Equal((before.Mtu, before.Address, before.IsUp), (after.Mtu, after.Address, after.IsUp));
        Assert.Single(pair.Route.GetAddresses(before.Ifindex).Value!);
        Assert.Equal(["remember m0", "forget m0"], pair.Journal);
    }

    [Fact]
    public void An_interface_whose_entry_cannot_be_stored_stays_as_it_is()
    {
        Netns.Require();
        using var pair = new BondedPair();
        pair.Here.Ip("addr add 10.5.0.1/24 dev m0");
        var before = pair.Link("m0");
        pair.Full = "no space left";
        Assert.Equal("no space left", pair.Attach(0).Problem);
        var after = pair.Link("m0");
        Assert.Equal((before.Flags, before.Mtu, before.Address), (after.Flags, after.Mtu, after.Address));
        Assert.Single(pair.Route.GetAddresses(before.Ifindex).Value!);
        Assert.Empty(pair.Journal);
    }

    [Theory]
    [InlineData(DeviceKind.Veth)]
    [InlineData(DeviceKind.Tap)]
    public void The_copy_of_the_state_in_the_kernel_outlives_the_process_and_ends_with_the_bond(DeviceKind kind)
    {
        Netns.Require();
        byte[][] Memories(BondedPair pair) => pair.Here.Run(() => Leftovers.ReadMemories(pair.Route)).ToArray();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf, kind: kind);
        Assert.True(pair.Attach(0).IsOk);
        Assert.Empty(Memories(pair));
        pair.Host.Remember("first"u8.ToArray());
        pair.Host.Remember("then"u8.ToArray());
        Assert.Equal("then"u8.ToArray(), Assert.Single(Memories(pair)));
        // A copy that is too long is not truncated.
        pair.Host.Remember(new byte[1 << 20]);
        Assert.Empty(Memories(pair));
        pair.Host.Remember("then"u8.ToArray());
        // A member keeps the copy even if its bond has lost the device.
        if (kind == DeviceKind.Veth)
        {
            pair.Here.Ip("link del bond0");
            Assert.Equal("then"u8.ToArray(), Assert.Single(Memories(pair)));
        }
        pair.Detach(0);
        pair.Here.Run(pair.Host.Dispose);
        Assert.Empty(Memories(pair));
    }

    [Fact]
    public void Leftovers_on_interfaces_are_found_by_their_former_role()
    {
        Netns.Require();
        using var pair = new BondedPair(members: 2, path: DataPathChoice.Ebpf, kind: DeviceKind.Veth);
        IReadOnlyList<Leftover> Found(params int[] known) => pair.Here.Run(() => Leftovers.Find(pair.Route, known.ToHashSet()));
        Assert.True(pair.Attach(0).IsOk);
        var end = pair.Host.OtherEnd!.Value;
        // Nothing carries frames before there is a plan.
        Assert.Contains(Found(), found => found.Kind == LeftoverKind.IdleDevice);
        pair.Publish(BondedPair.PlanOf(1, 0));
        Assert.Equal(
            [(LeftoverKind.Member, "m0"), (LeftoverKind.Device, "tdm-bond0")],
            Found().Select(found => (found.Kind, found.Name)).OrderBy(found => found.Name)
        );
        Assert.Empty(Found(end, pair.Link("m0").Ifindex));
        pair.Here.Ip("link del m0");
        // The kernel may take the guard along.
        Assert.All(Found(end), found => Assert.Equal(LeftoverKind.Gone, found.Kind));
    }

    [Fact]
    public void Links_are_read_with_carrier_and_a_gone_one_is_gone()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        var ifindex = pair.Link("m0").Ifindex;
        var status = pair.Host.ReadLink(ifindex);
        Assert.True(status.IsRunning);
        Assert.Equal((10000u, Duplex.Full), (status.SpeedMbps, status.Duplex));
        pair.There.Ip("link set p0 down");
        Assert.Equal((true, false), (pair.Host.ReadLink(ifindex).IsUp, pair.Host.ReadLink(ifindex).HasCarrier));
        Assert.Equal(LinkStatus.Gone, pair.Host.ReadLink(9999));
    }

    [Fact]
    public void A_notification_reports_a_lost_carrier_only_if_it_is_newer_than_the_last_reading()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        var ifindex = pair.Link("m0").Ifindex;
        pair.Here.Run(() => pair.Host.ReadLink(ifindex));
        Assert.False(pair.Host.HasLostCarrier(pair.Link("m0")));
        pair.There.Ip("link set p0 down");
        Until.True(() => !pair.Link("m0").IsRunning, "m0 has no carrier");
        var report = pair.Link("m0");
        Assert.True(pair.Host.HasLostCarrier(report));
        // The carrier was read after the report, so the report is an echo.
        pair.Here.Run(() => pair.Host.ReadLink(ifindex));
        Assert.False(pair.Host.HasLostCarrier(report));
        pair.There.Ip("link set p0 up");
        Until.True(() => pair.Link("m0").IsRunning, "m0 has carrier");
        Assert.False(pair.Host.HasLostCarrier(pair.Link("m0")));
    }

    [Fact]
    public void Addresses_are_announced_on_the_slot()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        pair.Here.Ip("addr add fd00:8::1/64 dev bond0 nodad");
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        pair.Here.Run(() => pair.Host.AnnounceAddresses(0, ofOthers: false));
        var arp = peer.Receive(f => f[12] == 8 && f[13] == 6 && f[28] == 10 && f[38] == 10);
        Assert.Equal([10, 8, 0, 1], arp[28..32]);
        Assert.Equal([10, 8, 0, 1], arp[38..42]);
        var advertisement = peer.Receive(f => f.Length >= 86 && f[12] == 0x86 && f[20] == 58 && f[54] == 136);
        Assert.Equal(IPAddress.Parse("fd00:8::1").GetAddressBytes(), advertisement[62..78]);
    }

    [Fact]
    public void A_device_without_arp_announces_no_ip4_addresses()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        pair.Here.Ip("addr add fd00:8::1/64 dev bond0 nodad");
        pair.Here.Ip("link set bond0 arp off");
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        pair.Here.Run(() => pair.Host.AnnounceAddresses(0, ofOthers: false));
        var arps = 0;
        peer.Receive(f =>
        {
            arps += f[12] == 8 && f[13] == 6 ? 1 : 0;
            return f.Length >= 86 && f[12] == 0x86 && f[20] == 58 && f[54] == 136;
        });
        Assert.Equal(0, arps);
    }

    [Fact]
    public void A_link_is_as_it_was_while_the_kernel_does_not_tell()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add m0 type veth peer name p0");
        here.Ip("link set m0 up");
        here.Ip("link set p0 up");
        var route = here.Run(() => new RouteSocket());
        using var ethtool = here.Run(() => new Ethtool());
        var reader = new LinkReader(route.GetLink("m0").Value!.Ifindex);
        Until.True(() => reader.Read(route, ethtool).IsRunning, "m0 is up");
        using (route)
            here.Ip("link set p0 down");
        Assert.Equal(new LinkStatus(true, true, 10000, Duplex.Full), reader.Read(route, ethtool));
        using var again = here.Run(() => new RouteSocket());
        Assert.Equal(new LinkStatus(true, false, 10000, Duplex.Full), reader.Read(again, ethtool));
        here.Ip("link del m0");
        Assert.Equal(LinkStatus.Gone, reader.Read(again, ethtool));
    }

    [Fact]
    public void The_speed_of_an_interface_whose_name_is_no_text_is_unknown()
    {
        using var ethtool = new Ethtool();
        Assert.Equal((0u, Duplex.Unknown), ethtool.ReadSpeed(new string('\ufffd', 15)));
    }

    [Fact]
    public void A_fault_that_was_not_taken_is_told_again()
    {
        Netns.Require();
        using var here = new Netns();
        using var socket = here.Run(() => MemberSockets.Open(0, 1, MemberSockets.NoFilter)).Value!;
        var told = 0;
        var shared = new SharedState(_ => ++told > 1);
        for (var i = 0; i < 4; i++)
        {
            shared.ReportTransmitFault(socket, 7);
        }
        Assert.Equal(2, told);
        shared.ReportReceiveFault(socket, 7);
        shared.ReportReceiveFault(socket, 7);
        Assert.Equal(3, told);
    }

    [Fact]
    public void Groups_are_announced_on_the_slot()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        using var member = pair.Here.Run(() =>
        {
            var socket = new Socket(AddressFamily.InterNetwork, SocketType.Dgram, ProtocolType.Udp);
            var option = new MulticastOption(IPAddress.Parse("239.1.2.3"), IPAddress.Parse("10.8.0.1"));
            socket.SetSocketOption(SocketOptionLevel.IP, SocketOptionName.AddMembership, option);
            return socket;
        });
        using var peer = pair.There.Run(() => new RawSocket("p0"));
        pair.Here.Run(() => pair.Host.AnnounceGroups(0));
        // One record, "to exclude nothing"; the kernel's own report of the join looks the same or holds more.
        var report = peer.Receive(f => f.Length >= 54 && f[12] == 8 && f[23] == 2 && f[38] == 0x22);
        Assert.Equal([239, 1, 2, 3], report[50..54]);
    }

    [Fact]
    public void A_member_that_is_renamed_under_traffic_answers_each_ping_once()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        pair.There.Execute("ping", "-c 1 -W 2 10.8.0.1");
        var ifindex = pair.Link("m0").Ifindex;
        pair.Here.Ip("link set m0 name uplink");
        pair.Here.Run(() => pair.Host.MemberRenamed(ifindex, "uplink"));
        var answer = pair.There.Execute("ping", "-c 5 -i 0.1 -W 2 10.8.0.1");
        Assert.Contains(" 5 received", answer, StringComparison.Ordinal);
        Assert.DoesNotContain("DUP", answer, StringComparison.Ordinal);
        Assert.DoesNotContain(pair.Events, happened => happened.Kind != EventKind.DataPathChanged);
        pair.Here.Run(() => pair.Host.Detach(ifindex, 0));
        Assert.Equal("uplink", pair.Route.GetLink(ifindex).Value!.Name);
    }

    [Fact]
    public void Disposing_gives_everything_back_and_removes_the_device()
    {
        Netns.Require();
        using var pair = new BondedPair().Connect();
        pair.Here.Run(pair.Host.Dispose);
        Assert.False(pair.Route.GetLink("bond0").IsOk);
        Assert.False(pair.Link("m0").IsUp);
        Assert.Empty(pair.Remembered);
    }

    [Fact]
    public void A_promiscuous_flag_that_a_user_set_stays_whatever_the_bond_wants_meanwhile()
    {
        Netns.Require();
        using var pair = new BondedPair();
        pair.Here.Ip("link set m0 promisc on");
        Assert.True(pair.Attach(0).IsOk);
        foreach (var wanted in new[] { false, true, false })
        {
            Want(pair, wanted);
            Assert.True(IsPromiscuous(pair));
        }
        pair.Detach(0);
        Assert.True(IsPromiscuous(pair));
    }

    [Fact]
    public void A_promiscuous_flag_is_on_while_the_user_or_the_bond_wants_it_and_comes_back_as_the_user_left_it()
    {
        Netns.Require();
        using var pair = new BondedPair();
        Assert.True(pair.Attach(0).IsOk);
        Want(pair, true);
        User(pair, "off");
        Assert.True(IsPromiscuous(pair));
        Want(pair, false);
        Assert.False(IsPromiscuous(pair));
        User(pair, "on");
        Want(pair, true);
        Want(pair, false);
        Assert.True(IsPromiscuous(pair));
        pair.Detach(0);
        Assert.True(IsPromiscuous(pair));
    }

    [Fact]
    public void A_chain_at_the_egress_of_a_member_is_named_once_for_as_long_as_it_is_there()
    {
        Netns.Require();
        using var pair = new BondedPair(path: DataPathChoice.Ebpf).Connect();
        for (var round = 1; round <= 2; round++)
        {
            pair.Here.Execute("nft", "add table netdev mine");
            pair.Here.Execute("nft", "add chain netdev mine out { type filter hook egress device \"m0\" priority 0; }");
            Look();
            Look();
            Assert.Equal(round, pair.Events.Count(happened => happened.Kind == EventKind.Notice));
            pair.Here.Execute("nft", "delete table netdev mine");
            Look();
        }
        Assert.All(
            pair.Events.Where(happened => happened.Kind == EventKind.Notice),
            notice =>
                Assert.Contains("the chain out of the table mine at its egress sees no frame", notice.Reason, StringComparison.Ordinal)
        );

        void Look() => pair.Here.Run(pair.Host.FirewallChanged);
    }

    private static void Want(BondedPair pair, bool isPromiscuous) => pair.Here.Run(() => pair.Host.SetPromiscuous(isPromiscuous));

    // The service checks when the kernel reports the change.
    private static void User(BondedPair pair, string flag)
    {
        pair.Here.Ip($"link set m0 promisc {flag}");
        pair.Here.Run(() => pair.Host.MemberSeen(pair.Link("m0")));
    }

    private static bool IsPromiscuous(BondedPair pair) => pair.Link("m0").Flags.HasFlag(LinkFlags.Promiscuous);
}
