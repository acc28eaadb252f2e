using System.Text.Json;
using Tandem.Core;
using Tandem.Linux.Guards;
using Tandem.Linux.Members;
using Tandem.Linux.Netlink;
using Tandem.Linux.Tests.Real;

namespace Tandem.Linux.Tests.Members;

public class MemberKeeperTests
{
    [Fact]
    public void An_interface_comes_back_as_it_was_also_from_the_journal_of_another_process()
    {
        Netns.Require();
        using var here = new Netns();
        using var there = new Netns();
        here.AddVeth("m0", there, "p0");
        here.Ip("link set m0 mtu 1400 address 02:00:00:00:00:01");
        here.Ip("addr add 10.3.0.1/24 brd + dev m0");
        here.Ip("addr add 10.3.0.9/24 dev m0 label m0:x");
        here.Ip("addr add fd00:3::1/64 dev m0");
        var before = Describe(here);
        here.Run(() =>
        {
            using var route = new RouteSocket();
            var warnings = new List<string>();
            string journal;
            using (var keeper = new MemberKeeper(route))
            {
                var taken = new MacAddress(0x0200_0000_0099);
                var saved = keeper.Save(route.GetLink("m0").Value!.Ifindex).Value! with { TakenAddress = taken.ToString() };
                journal = JsonSerializer.Serialize(saved);
                Assert.True(keeper.Take(saved, warnings.Add).IsOk);
                var ifindex = saved.Ifindex;
                route.SetMtu(ifindex, 1500);
                route.SetAddress(ifindex, taken);
                route.SetUp(ifindex, true);
                Assert.Empty(route.GetAddresses(ifindex).Value!);
                Assert.Equal("1", File.ReadAllText("/proc/sys/net/ipv6/conf/m0/disable_ipv6").Trim());
            }
            Assert.Empty(warnings);
            using var next = new MemberKeeper(route);
            Assert.True(next.GiveBack(JsonSerializer.Deserialize<SavedMember>(journal)!).IsOk);
            Assert.Equal("0", File.ReadAllText("/proc/sys/net/ipv6/conf/m0/disable_ipv6").Trim());
            using var guard = new IngressGuard();
            Assert.Empty(guard.List().Value!);
        });
        Assert.Equal(before, Describe(here));
    }

    [Fact]
    public void Routes_come_back_when_the_interface_is_up_again()
    {
        Netns.Require();
        using var here = new Netns();
        using var there = new Netns();
        here.AddVeth("m0", there, "p0");
        here.Ip("addr add 10.3.0.1/24 dev m0");
        here.Ip("addr add fd00:3::1/64 dev m0 nodad");
        here.Ip("link set m0 up");
        there.Ip("link set p0 up");
        here.Ip("route add 10.99.0.0/16 via 10.3.0.254 metric 50 mtu 1300 src 10.3.0.1");
        here.Ip("route add 10.99.0.0/16 via 10.3.0.253 metric 60");
        here.Ip("route add 192.0.2.0/24 via 198.51.100.1 dev m0 onlink table 77 proto static");
        here.Ip("route add fd00:99::/48 via fd00:3::fe metric 512");
        here.Ip("route add default dev m0 scope link");
        // These two routes do not belong to the interface.
        here.Ip("route add unreachable 10.98.0.0/16");
        here.Ip("link set lo up");
        here.Ip("route add 10.97.0.0/16 dev lo");
        var before = Routes(here);
        here.Run(() =>
        {
            using var route = new RouteSocket();
            using var keeper = new MemberKeeper(route);
            var ifindex = route.GetLink("m0").Value!.Ifindex;
            var journal = JsonSerializer.Serialize(keeper.Save(ifindex).Value!);
            route.SetUp(ifindex, false);
            Assert.Null(keeper.Save(ifindex).Value!.Routes);
            var saved = JsonSerializer.Deserialize<SavedMember>(journal)!;
            Assert.Equal(5, saved.Routes!.Count);
            Assert.True(keeper.Take(saved, _ => { }).IsOk);
            Assert.True(keeper.GiveBack(saved).IsOk);
            var down = keeper.GiveBackRoutes(saved);
            Assert.Equal((5, false), (down.Missing.Count, down.IsFinal));
            route.SetUp(ifindex, true);
            Until.True(() => keeper.GiveBackRoutes(saved).Missing.Count == 0, "the routes are back");
            // Routes that exist are no error.
            Assert.Empty(keeper.GiveBackRoutes(saved).Missing);
        });
        Assert.Equal(before, Routes(here));

        here.Run(() =>
        {
            using var route = new RouteSocket();
            using var keeper = new MemberKeeper(route);
            var saved = keeper.Save(route.GetLink("m0").Value!.Ifindex).Value!;
            route.SetUp(saved.Ifindex, false);
            Assert.True(keeper.SetUpAgain(saved).IsOk);
        });
        Assert.Equal(before, Routes(here));
    }

    [Fact]
    public void A_damaged_record_of_a_route_is_an_error()
    {
        Netns.Require();
        using var here = new Netns();
        here.Run(() =>
        {
            using var route = new RouteSocket();
            var lo = route.GetLink("lo").Value!.Ifindex;
            foreach (
                var bytes in (byte[][])
                    [
                        [],
                        [2, 24],
                        new byte[12],
                        [.. Enumerable.Repeat((byte)0xff, 40)],
                        new byte[4096],
                    ]
            )
                Assert.False(route.AddRoute(lo, new SavedRoute(bytes)).IsOk);
        });
    }

    [Fact]
    public void An_address_with_a_lifetime_comes_back_for_what_is_left_of_it()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add m0 type veth peer name p0");
        here.Ip("addr add 10.3.0.1/24 dev m0 valid_lft 5000 preferred_lft 3000");
        here.Ip("addr add 10.4.0.1/24 dev m0 valid_lft 5000 preferred_lft 3000");
        here.Ip("addr add 10.5.0.1/24 dev m0");
        here.Run(() =>
        {
            using var route = new RouteSocket();
            using var keeper = new MemberKeeper(route);
            var saved = keeper.Save(route.GetLink("m0").Value!.Ifindex).Value!;
            Assert.True(keeper.Take(saved, _ => { }).IsOk);
            // As if 1000 s had passed, and the second address had expired.
            var addresses = saved.Addresses.Select(address =>
                address with
                {
                    PreferredUntil = address.PreferredUntil - 1000,
                    ValidUntil = address.ValidUntil - (address.Address == "10.4.0.1" ? 5001 : 1000),
                }
            );
            Assert.True(keeper.GiveBack(saved with { Addresses = [.. addresses] }).IsOk);
            var after = route.GetAddresses(saved.Ifindex).Value!;
            Assert.Equal(["10.3.0.1", "10.5.0.1"], after.Select(address => address.Address.ToString()));
            Assert.InRange(after[0].ValidSeconds, 3900u, 4000u);
            Assert.InRange(after[0].PreferredSeconds, 1900u, 2000u);
            Assert.Equal((uint.MaxValue, uint.MaxValue), (after[1].ValidSeconds, after[1].PreferredSeconds));
        });
    }

    [Fact]
    public void An_interface_with_a_changed_address_is_recognized_by_its_guard_or_program()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add m0 type veth peer name p0");
        here.Run(() =>
        {
            using var route = new RouteSocket();
            using var keeper = new MemberKeeper(route);
            var saved = keeper.Save(route.GetLink("m0").Value!.Ifindex).Value!;
            Assert.True(keeper.Take(saved, _ => { }).IsOk);
            here.Ip("link set m0 address 02:00:00:00:00:55");
            Assert.True(keeper.IsStillTaken(saved).IsOk);
            Assert.True(keeper.GiveBack(saved).IsOk);
            Assert.Equal(saved.Address, route.GetLink("m0").Value!.Address.ToString());
            // Once given back, other programs may change the interface.
            here.Ip("link set m0 address 02:00:00:00:00:55");
            Assert.False(keeper.IsStillTaken(saved).IsOk);
        });
    }

    [Fact]
    public void An_interface_that_is_gone_is_no_error()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add m0 type veth peer name p0");
        here.Run(() =>
        {
            using var route = new RouteSocket();
            using var keeper = new MemberKeeper(route);
            var saved = keeper.Save(route.GetLink("m0").Value!.Ifindex).Value!;
            Assert.True(keeper.Take(saved, _ => { }).IsOk);
            here.Ip("link del m0");
            Assert.True(keeper.GiveBack(saved).IsOk);
            using var guard = new IngressGuard();
            Assert.Empty(guard.List().Value!);
        });
    }

    [Fact]
    public void Another_interface_of_the_same_number_and_name_is_left_alone()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add m0 type veth peer name p0");
        here.Run(() =>
        {
            using var route = new RouteSocket();
            using var keeper = new MemberKeeper(route);
            var link = route.GetLink("m0").Value!;
            var saved = keeper.Save(link.Ifindex).Value! with
            {
                Address = "02:00:00:00:00:01",
                TakenAddress = "02:00:00:00:00:02",
                Mtu = 1400,
            };
            route.SetUp(link.Ifindex, true);
            Assert.True(keeper.GiveBack(saved).IsOk);
            var after = route.GetLink("m0").Value!;
            Assert.Equal((link.Mtu, link.Address, true), (after.Mtu, after.Address, after.IsUp));
            Assert.True(keeper.GiveBack(saved with { TakenAddress = link.Address.ToString() }).IsOk);
            after = route.GetLink("m0").Value!;
            Assert.Equal((1400, "02:00:00:00:00:01", false), (after.Mtu, after.Address.ToString(), after.IsUp));
        });
    }

    [Fact]
    public void The_guard_keeps_frames_from_the_stack_but_not_from_packet_sockets()
    {
        Netns.Require();
        using var here = new Netns();
        using var there = new Netns();
        here.AddVeth("m0", there, "p0");
        here.Ip("link set m0 up");
        here.Ip("addr add 10.3.0.1/24 dev m0");
        there.Ip("link set p0 up");
        there.Ip("addr add 10.3.0.2/24 dev p0");
        there.Execute("ping", "-c 1 -W 2 10.3.0.1");
        using var guard = here.Run(() => new IngressGuard());
        using var route = here.Run(() => new RouteSocket());
        var ifindex = route.GetLink("m0").Value!.Ifindex;
        Assert.True(guard.Add(ifindex, "m0").IsOk);
        Assert.True(guard.Add(ifindex, "m0").IsOk);
        Assert.Equal([new(ifindex, "m0")], guard.List().Value!);

        using var seen = here.Run(() => new RawSocket("m0"));
        Assert.Throws<InvalidOperationException>(() => there.Execute("ping", "-c 1 -W 1 10.3.0.1"));
        seen.Receive(f => f.Length > 23 && f[12] == 8 && f[13] == 0 && f[23] == 1);

        Assert.True(guard.Remove(ifindex).IsOk);
        Assert.True(guard.Remove(ifindex).IsOk);
        Assert.Empty(guard.List().Value!);
        there.Execute("ping", "-c 1 -W 2 10.3.0.1");
    }

    [Fact]
    public void The_guard_of_a_renamed_interface_takes_its_name_and_lets_the_next_of_the_old_name_live()
    {
        Netns.Require();
        using var here = new Netns();
        using var there = new Netns();
        here.AddVeth("m0", there, "p0");
        here.Run(() =>
        {
            using var route = new RouteSocket();
            using var keeper = new MemberKeeper(route);
            using var guard = new IngressGuard();
            var saved = keeper.Save(route.GetLink("m0").Value!.Ifindex).Value!;
            Assert.True(keeper.Take(saved, _ => { }).IsOk);
            here.Ip("link set m0 name uplink");
            Assert.True(keeper.Reguard(saved, out var wasGone).IsOk);
            Assert.False(wasGone);
            Assert.Equal([new(saved.Ifindex, "uplink")], guard.List().Value!);

            here.AddVeth("m0", there, "p1");
            Assert.True(keeper.Reguard(saved, out wasGone).IsOk);
            Assert.Equal([new(saved.Ifindex, "uplink")], guard.List().Value!);
            Assert.True(guard.RemoveTable().IsOk);
            Assert.True(keeper.Reguard(saved, out wasGone).IsOk);
            Assert.True(wasGone);
        });
        here.Ip("link set uplink up");
        here.Ip("addr add 10.3.0.1/24 dev uplink");
        here.Ip("link set m0 up");
        here.Ip("addr add 10.3.1.1/24 dev m0");
        there.Ip("link set p0 up");
        there.Ip("addr add 10.3.0.2/24 dev p0");
        there.Ip("link set p1 up");
        there.Ip("addr add 10.3.1.2/24 dev p1");
        there.Execute("ping", "-c 1 -W 2 10.3.1.1");
        Assert.Throws<InvalidOperationException>(() => there.Execute("ping", "-c 1 -W 1 10.3.0.1"));
    }

    [Fact]
    public void Without_the_right_to_guard_the_answer_comes_at_once()
    {
        Netns.Require();
        using var here = new Netns();
        here.Ip("link add m0 type veth peer name p0");
        here.Run(() =>
        {
            Capabilities.DropAll();
            using var guard = new IngressGuard();
            var clock = System.Diagnostics.Stopwatch.StartNew();
            Assert.Equal(1, guard.Add(2, "m0").Errno);
            Assert.Equal(1, guard.Move(2, "m0").Errno);
            Assert.Equal(1, guard.Remove(2).Errno);
            Assert.True(clock.Elapsed < TimeSpan.FromSeconds(3), $"refused after {clock.Elapsed}");
        });
    }

    // All routes, except those that the kernel makes itself.
    private static string Routes(Netns place) =>
        string.Join(
            '\n',
            new[] { "-4", "-6" }
                .SelectMany(family => place.Ip($"{family} route show table all dev m0").Split('\n'))
                .Where(line => line.Length > 0 && !line.Contains("proto kernel", StringComparison.Ordinal))
        );

    private static string Describe(Netns place) =>
        string.Join(
            '\n',
            place
                .Ip("addr show dev m0")
                .Split('\n')
                .Select(l => l.Trim())
                // Duplicate address detection starts again with each address.
                .Select(l => l.Replace(" tentative", "", StringComparison.Ordinal))
                .Select(l => l.Replace("qdisc noqueue", "qdisc noop", StringComparison.Ordinal))
        );
}
