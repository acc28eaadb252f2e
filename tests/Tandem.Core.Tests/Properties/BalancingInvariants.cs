using Tandem.Core.Balancing;
using Tandem.Core.Bonds;
using Tandem.Core.Forwarding;
using Tandem.Core.Packets;
using Tandem.Simulation;
using Xunit;

namespace Tandem.Core.Tests.Properties;

/// <summary>Invariants of a bond in balance-tlb and balance-alb.</summary>
internal static class BalancingInvariants
{
    public static void Check(Station a)
    {
        var bond = a.Bond;
        var mode = (BalancingMode)bond.Mode;
        var usable = bond.Members.Where(member => member.CanTransmit).ToList();

        // Each member's address is unique, and the active member has the bond's.
        Assert.Equal(bond.Members.Count, bond.Members.Select(member => mode.Addresses[member]).Distinct().Count());
        Assert.Equal(bond.Members.Count, mode.Addresses.All.Count());
        if (bond.Active is not { } active)
        {
            Assert.Null(a.Plan.Balancing);
            return;
        }
        Assert.Equal(bond.Address, mode.Addresses[active]);
        CheckPlan(a, active, usable, mode);
        if (mode is AlbMode alb)
            CheckPeers(alb, usable);
    }

    private static void CheckPlan(Station a, Member active, List<Member> usable, BalancingMode mode)
    {
        var (plan, rule) = (a.Plan, a.Plan.Balancing!);
        Assert.Equal(usable.Append(active).Select(member => (byte)member.Slot).Distinct().Order(), plan.Transmit.Order());
        Assert.Equal(active.Slot, plan.Transmit[rule.Active]);
        Assert.Equal(1UL << active.Slot, plan.Deliver);
        Assert.Equal(a.Bond.Address, rule.Address);
        for (var place = 0; place < plan.Transmit.Length; place++)
            Assert.Equal(mode.Addresses[a.Bond.Members.Single(member => member.Slot == plan.Transmit[place])], rule.Sources[place]);
        foreach (var table in new[] { rule.Buckets, rule.Peers }.Where(table => !table.IsEmpty))
        {
            Assert.Equal(BucketRule.Size, table.Length);
            // Each bucket and peer belongs to a member that can carry it, if there is one.
            Assert.All(table, place => Assert.True(usable.Count == 0 || usable.Exists(member => member.Slot == plan.Transmit[place])));
        }
        Assert.Equal(mode.IsDynamic && usable.Count > 0, !rule.Buckets.IsEmpty);
        if (mode is AlbMode)
            Assert.Subset(rule.Stations.ToHashSet(), mode.Addresses.All.Where(address => address != a.Bond.Address).ToHashSet());
    }

    private static void CheckPeers(AlbMode mode, List<Member> usable) =>
        Assert.All(
            mode.Peers.Peers,
            peer =>
            {
                Assert.Equal(mode.Peers[peer.Bucket], peer.Member);
                Assert.Equal(usable.Count == 0, peer.Member is null);
                Assert.True(peer.Member is null || usable.Contains(peer.Member));
            }
        );

    /// <summary>A peer that asks for the host's address, on a port.</summary>
    public static byte[] Question(int peer)
    {
        var frame = new byte[EthernetHeader.Length + ArpPacket.Length];
        MacAddress.Broadcast.Write(frame);
        new MacAddress(0x0200_00aa_0000 + (ulong)peer).Write(frame.AsSpan(6));
        byte[] start = [0x08, 0x06, 0, 1, 8, 0, 6, 4, 0, 1];
        start.CopyTo(frame, 12);
        frame.AsSpan(6, 6).CopyTo(frame.AsSpan(22));
        byte[] addresses = [192, 0, (byte)(2 + peer / 200), (byte)(10 + peer % 200)];
        addresses.CopyTo(frame, 28);
        byte[] target = [192, 0, 2, 1];
        target.CopyTo(frame, 38);
        return frame;
    }
}
