using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain.Probing;

public sealed class HostileAnswersTests : ProbedHost
{
    private static readonly MacAddress Stranger = new(0x0200_0000_bb01);

    public static TheoryData<string> Forged =>
        [
            "reply of a target to another host",
            "reply to another address",
            "reply of a host that is no target",
            "reply of a target from the host's own station",
            "gratuitous ARP for the host's address",
            "gratuitous ARP of a target",
            "the host's request from a stranger",
            "a target's request for another",
            "cut off",
            "not Ethernet",
            "advertisement of a router far away",
        ];

    [Theory]
    [MemberData(nameof(Forged))]
    public void A_forged_frame_keeps_no_validated_member_up(string what)
    {
        ActiveBackup("arp_validate", "all", "arp_ip_target", Target, "ns_ip6_target", Target6);
        Pass(10);
        Host.IsAlive = Host6.IsAlive = false;
        var frame = Frame(what);
        for (var i = 0; i < 10; i++)
        {
            for (var port = 0; port < 2; port++)
                Lan.Send(port, frame);
            Pass(0.5);
        }
        Assert.True(First.LinkFailures > 0);
    }

    [Theory]
    [MemberData(nameof(Forged))]
    public void A_forged_frame_takes_no_validated_member_down(string what)
    {
        ActiveBackup("arp_validate", "all");
        var frame = Frame(what);
        for (var i = 0; i < 500; i++)
        {
            for (var port = 0; port < 2; port++)
                Lan.Send(port, frame);
            Pass(0.02);
        }
        Assert.All(A.Bond.Members, member => Assert.Equal(0u, member.LinkFailures));
        Assert.Empty(Notices);
    }

    [Fact]
    public void A_storm_of_arp_keeps_nothing_and_says_nothing()
    {
        ActiveBackup("arp_validate", "all");
        var events = A.Events.Count;
        for (var i = 0; i < 20_000; i++)
        {
            var sender = $"192.0.2.{i % 250}";
            Lan.Send(
                i % 2,
                Lan.Arp((ushort)(i % 5), new MacAddress(0x0200_0100_0000 + (ulong)i), sender, MacAddress.Broadcast, Stacks.Ip4)
            );
            if (i % 100 == 0)
                World.Run(1);
        }
        Pass(10);
        Assert.Equal(events, A.Events.Count);
    }

    [Fact]
    public void Two_stations_that_answer_for_one_target_change_nothing()
    {
        ActiveBackup("arp_validate", "all");
        for (var i = 0; i < 200; i++)
        {
            Lan.Send(0, Lan.Arp(2, new MacAddress(0x0200_0000_bb00 + (ulong)(i % 3)), Target, A.Address, Stacks.Ip4));
            Pass(0.1);
        }
        Assert.All(A.Bond.Members, member => Assert.Equal(0u, member.LinkFailures));
    }

    [Fact]
    public void One_station_that_answers_for_two_targets_is_named_once_where_all_are_to_answer()
    {
        ActiveBackup("arp_validate", "all", "arp_all_targets", "all", "arp_ip_target", $"{Target},{OtherTarget}");
        Pass(10);
        Assert.Empty(Notices);
        Other.IsAlive = false;
        for (var i = 0; i < 100; i++)
        {
            Lan.Send(0, Lan.Arp(2, Host.Mac, OtherTarget, A.Address, Stacks.Ip4));
            Pass(0.2);
        }
        Assert.Contains($"{Host.Mac} answers for both", Assert.Single(Notices), StringComparison.Ordinal);
        Assert.Equal(0u, First.LinkFailures);
    }

    [Fact]
    public void A_frame_is_taken_in_without_allocation()
    {
        ActiveBackup("arp_validate", "all", "arp_ip_target", Target, "ns_ip6_target", Target6);
        byte[][] frames =
        [
            Lan.Arp(2, Host.Mac, Target, A.Address, Stacks.Ip4),
            Lan.Arp(1, A.Address, Stacks.Ip4, MacAddress.Broadcast, Target),
            Lan.Advertisement(Host6.Mac, Target6, A.Address, Stacks.Ip6),
        ];
        Take();
        var before = GC.GetAllocatedBytesForCurrentThread();
        Take();
        Assert.Equal(0, GC.GetAllocatedBytesForCurrentThread() - before);

        void Take()
        {
            for (var i = 0; i < 3000; i++)
                A.Bond.FrameReceived(World.Now, i % 2 == 0 ? First.Ifindex : Second.Ifindex, frames[i % 3]);
        }
    }

    [Fact]
    public void Frames_of_any_content_and_length_are_borne()
    {
        ActiveBackup("arp_validate", "filter", "arp_ip_target", Target, "ns_ip6_target", Target6);
        var chance = new Random(3);
        var kinds = new[] { Frame("gratuitous ARP of a target"), Frame("advertisement of a router far away") };
        for (var i = 0; i < 20_000; i++)
        {
            var frame = kinds[i % 2].AsSpan(0, chance.Next(kinds[i % 2].Length + 1)).ToArray();
            if (frame.Length > 14)
                frame[chance.Next(12, frame.Length)] = (byte)chance.Next(256);
            A.Bond.FrameReceived(World.Now, First.Ifindex, frame);
        }
        Pass(10);
        Assert.True(A.Carrier);
    }

    private byte[] Frame(string what)
    {
        var to = First.Address;
        switch (what)
        {
            case "reply of a target to another host":
                return Lan.Arp(2, Host.Mac, Target, new MacAddress(0x0200_0000_cc01), Stacks.Ip4);
            case "reply to another address":
                return Lan.Arp(2, Host.Mac, Target, to, "192.0.2.200");
            case "reply of a host that is no target":
                return Lan.Arp(2, Stranger, "192.0.2.200", to, Stacks.Ip4);
            case "reply of a target from the host's own station":
                return Lan.Arp(2, to, Target, to, Stacks.Ip4);
            case "gratuitous ARP for the host's address":
                return Lan.Arp(1, Stranger, Stacks.Ip4, MacAddress.Broadcast, Stacks.Ip4);
            case "gratuitous ARP of a target":
                return Lan.Arp(1, Host.Mac, Target, MacAddress.Broadcast, Target);
            case "the host's request from a stranger":
                return Lan.Arp(1, Stranger, Stacks.Ip4, MacAddress.Broadcast, Target);
            case "a target's request for another":
                return Lan.Arp(1, Host.Mac, Target, MacAddress.Broadcast, OtherTarget);
            case "cut off":
                return Lan.Arp(2, Host.Mac, Target, to, Stacks.Ip4)[..40];
            case "not Ethernet":
                var odd = Lan.Arp(2, Host.Mac, Target, to, Stacks.Ip4);
                odd[15] = 6;
                return odd;
            default:
                var far = Lan.Advertisement(Stranger, Target6, to, Stacks.Ip6);
                far[21] = 64;
                return far;
        }
    }
}
