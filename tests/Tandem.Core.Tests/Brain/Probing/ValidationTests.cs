using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Brain.Probing;

/// <summary>The frames that keep a member up, for each value of arp_validate: the target is dead, and only other stations send.</summary>
public sealed class ValidationTests : ProbedHost
{
    [Theory]
    // Value; whether ARP of other stations keeps an active and a standby member up; whether other frames do so.
    [InlineData("none", true, true, true, true)]
    [InlineData("active", false, true, false, true)]
    [InlineData("backup", true, false, true, false)]
    [InlineData("all", false, false, false, false)]
    [InlineData("filter", true, true, false, false)]
    [InlineData("filter_active", false, true, false, false)]
    [InlineData("filter_backup", true, false, false, false)]
    public void Traffic_of_others_counts_as_the_value_says(string value, bool arpActive, bool arpBackup, bool anyActive, bool anyBackup)
    {
        Assert.Equal((arpActive, arpBackup), (Survives(value, isActive: true, Arp()), Survives(value, isActive: false, Arp())));
        Assert.Equal((anyActive, anyBackup), (Survives(value, isActive: true, Data()), Survives(value, isActive: false, Data())));
    }

    private static bool Survives(string value, bool isActive, byte[] frame)
    {
        var bench = new ValidationTests();
        bench.ActiveBackup("arp_validate", value);
        bench.Pass(5);
        // The switch returns no requests. The target answers only on the active member, and only while the standby member is tested.
        bench.Lan.Switch.Heard = (_, _) =>
        {
            if (!isActive)
                bench.Lan.Send(0, Lan.Arp(2, bench.Host.Mac, Target, bench.First.Address, Stacks.Ip4));
        };
        for (var i = 0; i < 6; i++)
        {
            bench.Lan.Send(isActive ? 0 : 1, frame);
            bench.Pass(1);
        }
        return (isActive ? bench.First : bench.Second).LinkFailures == 0;
    }

    [Fact]
    public void Answers_prove_the_active_member_and_returned_requests_a_standby_member()
    {
        ActiveBackup("arp_validate", "all");
        Pass(50);
        Assert.All(A.Bond.Members, member => Assert.Equal((LinkState.Up, 0u), (member.State, member.LinkFailures)));
    }

    [Fact]
    public void With_arp_all_targets_all_one_dead_target_takes_the_link_down()
    {
        ActiveBackup("arp_validate", "all", "arp_all_targets", "all", "arp_ip_target", $"{Target},{OtherTarget}");
        Pass(20);
        Assert.True(A.Carrier);
        Other.IsAlive = false;
        Pass(4);
        Assert.Equal(LinkState.Down, First.State);
    }

    [Fact]
    public void With_arp_all_targets_any_one_answering_target_keeps_the_link_up()
    {
        ActiveBackup("arp_validate", "all", "arp_ip_target", $"{Target},{OtherTarget}");
        Other.IsAlive = false;
        Pass(20);
        Assert.Equal(0u, First.LinkFailures);
    }

    [Fact]
    public void All_targets_without_validation_asks_no_more_than_any_and_says_so()
    {
        ActiveBackup("arp_all_targets", "all", "arp_ip_target", $"{Target},{OtherTarget}");
        Pass(20);
        Assert.Equal(0u, First.LinkFailures);
        Assert.Single(Notices, notice => notice.Contains("arp_all_targets all counts only", StringComparison.Ordinal));
    }

    [Fact]
    public void All_targets_means_those_of_both_families()
    {
        ActiveBackup("arp_validate", "all", "arp_all_targets", "all", "arp_ip_target", Target, "ns_ip6_target", Target6);
        Pass(20);
        Assert.True(A.Carrier);
        Host6.IsAlive = false;
        Pass(4);
        Assert.Equal(LinkState.Down, First.State);
    }

    [Fact]
    public void A_monitor_that_only_others_satisfy_says_so_once()
    {
        ActiveBackup();
        Pass(5);
        Host.IsAlive = false;
        Lan.Chatter(50, 5000);
        Pass(40);
        Assert.Equal(LinkState.Up, First.State);
        Assert.Single(Notices, notice => notice.StartsWith("eth0: only traffic of other hosts", StringComparison.Ordinal));
        Host.IsAlive = true;
        Pass(2);
        Host.IsAlive = false;
        Pass(7);
        Assert.Equal(2, Notices.Count(notice => notice.StartsWith("eth0: only traffic of other hosts", StringComparison.Ordinal)));
    }

    [Fact]
    public void A_monitor_whose_targets_answer_says_nothing()
    {
        ActiveBackup();
        Lan.Chatter(50, 5000);
        Pass(50);
        Assert.Empty(Notices);
    }

    private static byte[] Arp() => Lan.Arp(1, new MacAddress(0x0200_0000_bb01), "192.0.2.77", MacAddress.Broadcast, "192.0.2.78");

    private static byte[] Data()
    {
        var frame = Arp();
        frame[13] = unchecked((byte)EtherType.Ip4);
        return frame;
    }
}
